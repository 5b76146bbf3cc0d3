// Codon alignments whose selection is known: evolved under the MG94 model (Muse and Gaut 1994)
// with one ω for each branch and site, transitions twice as fast, on a balanced tree.
const BASES = [...'ACGT']
const STOPS = new Set(['TAA', 'TAG', 'TGA'])
const AMINO_ACIDS = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG'
const LENGTH = 0.12

export const translate = (codon) => AMINO_ACIDS[[...codon].reduce((sum, base) => sum * 4 + 'TCAG'.indexOf(base), 0)]

// Mulberry32: the same numbers in every run.
function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let z = Math.imul(state ^ (state >>> 15), state | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The codons one nucleotide away, but stops, with their rates. */
function changes(codon, omega) {
  const found = []
  for (let position = 0; position < 3; position++)
    for (const base of BASES) {
      const other = codon.slice(0, position) + base + codon.slice(position + 1)
      if (base === codon[position] || STOPS.has(other)) continue
      const transition = ['AG', 'GA', 'CT', 'TC'].includes(codon[position] + base)
      found.push([other, ((transition ? 2 : 1) * (translate(codon) === translate(other) ? 1 : omega)) / 3])
    }
  return found
}

function evolved(codon, omega, random) {
  for (let time = 0; ;) {
    const all = changes(codon, omega)
    const total = all.reduce((sum, [, rate]) => sum + rate, 0)
    time -= Math.log(1 - random()) / total
    if (time > LENGTH) return codon
    let at = random() * total
    codon = (all.find(([, rate]) => (at -= rate) <= 0) ?? all[0])[0]
  }
}

/** `2 ** depth` sequences as [name, codons], and the tree; `label(name)` goes behind a branch. */
export function simulate(depth, seed, sites, omega, label = () => '') {
  const random = randomOf(seed)
  const sense = () => {
    const codon = [0, 0, 0].map(() => BASES[Math.floor(random() * 4)]).join('')
    return STOPS.has(codon) ? sense() : codon
  }
  let level = [['t', Array.from({ length: sites }, sense)]]
  for (let k = 0; k < depth; k++)
    level = level.flatMap(([name, codons]) =>
      ['a', 'b'].map((side) => [
        name + side,
        codons.map((codon, site) => evolved(codon, omega(name + side, site), random)),
      ]),
    )
  const subtree = (name, left) =>
    left
      ? `(${['a', 'b'].map((side) => `${subtree(name + side, left - 1)}${label(name + side)}:${LENGTH}`).join(',')})`
      : name
  return { sequences: level, newick: `${subtree('t', depth)};` }
}

export const fasta = (sequences, write = (codon) => codon) =>
  sequences.map(([name, codons]) => `>${name}\n${codons.map(write).join('')}\n`).join('')
