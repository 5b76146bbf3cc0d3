// The sequences of a file for the viewer: FASTA, and the matrix of NEXUS. The service keeps files as
// they were uploaded and has no other form of them.
export interface Sequence { name: string; sites: string }

export function sequencesIn(text: string): Sequence[] {
  const matrix = /\bmatrix\b([\s\S]*?);/i.exec(/^\s*#nexus/i.test(text) ? text : '')?.[1]
  if (matrix !== undefined) return fromMatrix(matrix, /matchchar\s*=\s*(\S)/i.exec(text)?.[1])
  if (!/^\s*[>#]/.test(text)) return []
  return text
    .split(/^[>#]/m)
    .slice(1)
    .map((entry) => {
      const [name = '', ...lines] = entry.split('\n')
      // A tree may follow the last sequence.
      return { name: name.trim(), sites: lines.filter((line) => !/^\s*[(#]/.test(line)).join('').replace(/\s/g, '') }
    })
}

/** Blocks of `name sites`, one or several for each name. */
function fromMatrix(matrix: string, same: string | undefined): Sequence[] {
  const found = new Map<string, string[]>()
  for (const line of matrix.replace(/\[[^\]]*\]/g, '').split('\n')) {
    const [, quoted, plain, sites = ''] = /^\s*(?:'([^']*)'|(\S+))\s+(.*)$/.exec(line) ?? []
    const name = quoted ?? plain
    if (name) found.set(name, [...(found.get(name) ?? []), sites.replace(/\s/g, '')])
  }
  const all = [...found].map(([name, pieces]) => ({ name, sites: pieces.join('') }))
  const first = all[0]?.sites ?? ''
  if (same) for (const one of all.slice(1)) one.sites = [...one.sites].map((letter, k) => (letter === same ? first[k] : letter)).join('')
  return all
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
      if (first) { places.push(k); break }
      first = here
    }
  }
  return places
}
