// Simulated example data: a gene of 90 codons that evolves along a tree of 12 taxa. Most sites are conserved, some
// evolve neutrally, and a few are under positive selection.
import { translator } from './codes'

const TREE =
  '((((H1:0.06,H2:0.05):0.08,(H3:0.07,H4:0.06):0.07):0.05,((P1:0.09,P2:0.08):0.06,P3:0.14):0.07):0.06,((R1:0.1,R2:0.09):0.08,(R3:0.12,R4:0.1):0.05):0.06,B1:0.25);'
const CODONS = 90
/** Number of proposed changes per codon and unit of branch length. */
const TRIES = 9
const SELECTED = new Set([12, 27, 44, 61, 78])
const omega = (site: number) => (SELECTED.has(site) ? 1 : site % 9 === 4 ? 0.45 : 0.06)
/** Rate of synonymous changes, relative to favoured ones. */
const silent = (site: number) => (SELECTED.has(site) ? 0.15 : 0.6)

export function example(): File {
  let seed = 20
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const base = () => 'ACGT'[Math.floor(random() * 4)] as string
  const translate = translator('Universal')
  const fresh = (): string => {
    const codon = base() + base() + base()
    return translate(codon) === '*' ? fresh() : codon
  }
  const evolve = (gene: string[], length: number) =>
    gene.map((codon, site) => {
      let present = codon
      const tries = Math.floor(length * TRIES + random())
      for (let k = 0; k < tries; k++) {
        const at = Math.floor(random() * 3)
        const next = present.slice(0, at) + base() + present.slice(at + 1)
        const kept = translate(next) === translate(present)
        if (translate(next) !== '*' && random() < (kept ? silent(site) : omega(site))) present = next
      }
      return present
    })

  // Follows the written tree: `(` continues from the gene above, and a branch length evolves the gene read so far.
  const leaves: string[] = []
  function grow(newick: string, gene: string[]) {
    const [, inner, name, length] = /^(?:\((.*)\))?([^():]*)(?::([\d.]+))?$/.exec(newick) ?? []
    const own = length ? evolve(gene, Number(length)) : gene
    if (!inner) leaves.push(`>${name}\n${own.join('')}\n`)
    let depth = 0
    let begin = 0
    for (let k = 0; inner && k <= inner.length; k++) {
      if (inner[k] === '(') depth++
      else if (inner[k] === ')') depth--
      else if ((inner[k] === ',' || k === inner.length) && depth === 0) {
        grow(inner.slice(begin, k), own)
        begin = k + 1
      }
    }
  }
  grow(TREE.slice(0, -1), Array.from({ length: CODONS }, fresh))
  return new File([`${leaves.join('')}${TREE}\n`], 'example.fasta')
}
