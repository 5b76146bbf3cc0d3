// The sequences of a file for the viewer. The service keeps files as they were uploaded and has no
// other form of them, so whatever it reads is read here, too: FASTA, NEXUS, PHYLIP, Clustal.
import { nexusSequences } from './nexus'

export interface Sequence {
  name: string
  sites: string
}

export function sequencesIn(raw: string): Sequence[] {
  const text = raw.replace(/\r\n?/g, '\n').replace(/^\uFEFF/, '')
  if (/^\s*#nexus/i.test(text)) return nexusSequences(text)
  if (/^\s*clustal/i.test(text)) return clustal(text)
  if (/^\s*\d+\s+\d+/.test(text)) return phylip(text)
  return /^\s*[>#]/.test(text) ? fasta(text) : []
}

const bare = (sites: string) => sites.replace(/[\s;]/g, '')

function fasta(text: string): Sequence[] {
  return text
    .split(/^[>#]/m)
    .slice(1)
    .map((entry) => {
      const [name = '', ...lines] = entry.split('\n')
      // A tree may follow the last sequence.
      const tree = lines.findIndex((line) => /^\s*\(/.test(line))
      return { name: name.trim(), sites: bare((tree < 0 ? lines : lines.slice(0, tree)).join('')) }
    })
    .filter(({ sites }) => sites)
}

function clustal(text: string): Sequence[] {
  const found = new Map<string, string[]>()
  for (const line of text.split('\n').slice(1)) {
    // Lines of conservation begin with a space; a count may follow the residues.
    const [, name, sites] = /^(\S+)\s+(\S+)(?:\s+\d+)?\s*$/.exec(line) ?? []
    if (name && sites) found.set(name, [...(found.get(name) ?? []), sites])
  }
  return [...found].map(([name, pieces]) => ({ name, sites: pieces.join('') }))
}

/** Names end at a space or after ten letters, sequences come whole or in blocks: what fits the numbers
 * of the first line is it. */
function phylip(text: string): Sequence[] {
  const [first = '', ...rest] = text.trim().split('\n')
  const [, taxa = 0, length = 0] = (/(\d+)\s+(\d+)/.exec(first) ?? []).map(Number)
  const lines = rest.filter((line) => line.trim())
  const relaxed = (line: string) => /^\s*(\S+)\s+(.*)$/.exec(line)?.slice(1) ?? [line.trim(), '']
  const strict = (line: string) => [line.slice(0, 10).trim(), line.slice(10)]
  for (const split of [relaxed, strict]) {
    for (const read of [whole, blocks]) {
      const found = read(lines, taxa, length, split as (line: string) => [string, string])
      if (found.length === taxa && found.every(({ sites }) => sites.length === length)) return found
    }
  }
  return []
}

type Split = (line: string) => [string, string]

function whole(lines: string[], taxa: number, length: number, split: Split): Sequence[] {
  const found: Sequence[] = []
  for (const line of lines) {
    const last = found.at(-1)
    if (last && last.sites.length < length) last.sites += bare(line)
    else if (found.length < taxa) {
      const [name, sites] = split(line)
      found.push({ name, sites: bare(sites) })
    }
  }
  return found
}

function blocks(lines: string[], taxa: number, _: number, split: Split): Sequence[] {
  const pieces = lines.slice(0, taxa).map((line) => {
    const [name, sites] = split(line)
    return { name, sites: [bare(sites)] }
  })
  for (const [k, line] of lines.slice(taxa).entries()) {
    const own = pieces[k % taxa]
    // Some programs write the names again.
    if (own) own.sites.push(bare(line.trim().startsWith(`${own.name} `) ? line.trim().slice(own.name.length) : line))
  }
  return pieces.map(({ name, sites }) => ({ name, sites: sites.join('') }))
}

/** Places (each of `step` letters) where not all sequences are alike; gaps do not count. */
export function variable(sequences: Sequence[], step: number): number[] {
  const length = Math.floor((sequences[0]?.sites.length ?? 0) / step)
  const places: number[] = []
  for (let k = 0; k < length; k++) {
    let first = ''
    for (const { sites } of sequences) {
      const here = step === 1 ? (sites[k] ?? '-') : sites.slice(k * step, (k + 1) * step)
      if (here.includes('-') || here === first) continue
      if (first) {
        places.push(k)
        break
      }
      first = here
    }
  }
  return places
}
