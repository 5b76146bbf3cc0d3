// Example data made here: a gene that changes along a tree of eight taxa, a few codons of it fast.
const CODONS = ['GCT', 'AAA', 'GAC', 'CTG', 'TCC', 'GGA', 'ACC', 'CGT', 'TTC', 'CAG']

export function example(): File {
  let seed = 20
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const pick = () => CODONS[Math.floor(random() * CODONS.length)] as string
  const evolve = (gene: string[]) => gene.map((codon, k) => (random() < (k % 20 === 7 ? 0.5 : 0.05) ? pick() : codon))
  let genes = [Array.from({ length: 60 }, pick)]
  for (let round = 0; round < 3; round++) genes = genes.flatMap((gene) => [evolve(gene), evolve(gene)])
  const names = genes.map((_, k) => `taxon_${k + 1}`)
  const pair = (k: number) => `(${names[k]}:0.1,${names[k + 1]}:0.1):0.1`
  const tree = `((${pair(0)},${pair(2)}):0.1,${pair(4)},${pair(6)});`
  const text = `${genes.map((gene, k) => `>${names[k]}\n${gene.join('')}\n`).join('')}${tree}\n`
  return new File([text], 'example.fasta')
}
