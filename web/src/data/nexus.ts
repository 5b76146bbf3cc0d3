// The matrix of NEXUS (Maddison, Swofford and Maddison 1997): names plain or quoted, sequences on one
// line, over several, or in blocks, with or without names.
import type { Sequence } from './sequences'

/** Without comments, which may stand anywhere but in quotes. */
function uncommented(text: string): string {
  let depth = 0
  let quoted = false
  let kept = ''
  for (const letter of text) {
    if (letter === "'" && !depth) quoted = !quoted
    if (letter === '[' && !quoted) depth++
    if (!depth) kept += letter
    if (letter === ']' && depth) depth--
  }
  return kept
}

/** The commands of a text: what ends with a semicolon outside of quotes. */
const commands = (text: string) => (text.match(/(?:'(?:[^']|'')*'|[^';])+/g) ?? []).map((command) => command.trim())
const NAME = /'(?:[^']|'')*'|\S+/y
const plain = (name: string) => (name.startsWith("'") ? name.slice(1, -1).replaceAll("''", "'") : name)
const names = (list: string) => (list.match(/'(?:[^']|'')*'|\S+/g) ?? []).map(plain)
// Several letters in brackets are one site.
const bare = (sites: string) => sites.replace(/\s/g, '').replace(/\([^)]*\)|\{[^}]*\}/g, '?')

export function nexusSequences(text: string): Sequence[] {
  const all = commands(uncommented(text))
  const command = (word: string) =>
    all.find((one) => new RegExp(`^${word}\\b`, 'i').test(one))?.replace(/^\S+\s*/, '') ?? ''
  const [matrix, format] = [command('matrix'), command('format')]
  const length = Math.max(
    0,
    ...all.filter((one) => /^dimensions\b/i.test(one)).map((one) => Number(/nchar\s*=\s*(\d+)/i.exec(one)?.[1] ?? 0)),
  )
  const taxa = names(command('taxlabels'))
  const fits = (found: Sequence[]) =>
    found.length > 0 && found.every(({ sites }) => sites.length === (length || found[0]?.sites.length))
  const ways = /\bnolabels\b/i.test(format)
    ? [() => unnamed(matrix, taxa, length)]
    : [() => byLine(matrix), () => byLength(matrix, length)]
  if (!/\binterleave\b(?!\s*=\s*no)/i.test(format)) ways.reverse()
  const tried = ways.map((way) => way())
  const found = tried.find(fits) ?? tried[0] ?? []
  const same = /matchchar\s*=\s*['"]?([^\s'"])/i.exec(format)?.[1]
  const first = found[0]?.sites ?? ''
  if (same)
    for (const one of found.slice(1))
      one.sites = [...one.sites].map((letter, k) => (letter === same ? (first[k] ?? letter) : letter)).join('')
  return found
}

/** A name and letters on each line; the same name again goes on. */
function byLine(matrix: string): Sequence[] {
  const found = new Map<string, string[]>()
  for (const line of matrix.split('\n')) {
    const [, quoted, word, sites = ''] = /^\s*(?:('(?:[^']|'')*')|(\S+))\s*(.*)$/.exec(line) ?? []
    const name = quoted ?? word
    if (name) found.set(plain(name), [...(found.get(plain(name)) ?? []), bare(sites)])
  }
  return [...found].map(([name, pieces]) => ({ name, sites: pieces.join('') }))
}

/** A name, then as many letters as there are sites, over however many lines. */
function byLength(matrix: string, length: number): Sequence[] {
  const found: Sequence[] = []
  if (!length) return found
  let at = 0
  const skip = () => {
    while (at < matrix.length && /\s/.test(matrix[at] ?? '')) at++
  }
  for (skip(); at < matrix.length; skip()) {
    NAME.lastIndex = at
    const name = NAME.exec(matrix)?.[0] ?? ''
    at += name.length
    let sites = ''
    while (sites.length < length && at < matrix.length) {
      const end = { '(': ')', '{': '}' }[matrix[at] ?? '']
      const close = end ? matrix.indexOf(end, at) : -1
      if (close > 0) {
        sites += '?'
        at = close + 1
        continue
      }
      const letter = matrix[at++] ?? ''
      if (!/\s/.test(letter)) sites += letter
    }
    found.push({ name: plain(name), sites })
  }
  return found
}

/** Letters alone: whose they are is said by TAXLABELS. */
function unnamed(matrix: string, taxa: string[], length: number): Sequence[] {
  const lines = matrix.split('\n').map(bare).filter(Boolean)
  if (length && lines.length % taxa.length === 0 && lines.length > taxa.length)
    return taxa.map((name, k) => ({ name, sites: lines.filter((_, n) => n % taxa.length === k).join('') }))
  const letters = lines.join('')
  return taxa.map((name, k) => ({ name, sites: letters.slice(k * length, (k + 1) * length) }))
}
