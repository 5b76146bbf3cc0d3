// The view of an alignment.
import { number } from './common'

const units = (codons: boolean, count: number) => (codons ? 'codon' : 'site') + (count === 1 ? '' : 's')

export const alignments = {
  title: 'Alignment',
  view: 'View',
  views: { nucleotides: 'nucleotides', sites: 'sites', codons: 'codons', translated: 'amino acids' },
  variable: 'Variable sites only',
  dots: (most: number | null) =>
    most === null ? 'Consensus as dots' : `Consensus of the first ${number(most)} sequences as dots`,
  byTree: 'Sort by tree',
  numbering: 'Number by',
  ownNumbers: 'the alignment',
  jump: 'Go to',
  nameWidth: 'Name width',
  shown: (columns: number, all: number, codons: boolean) =>
    `${number(columns)} of ${number(all)} ${units(codons, all)}`,
  region: (sequences: number) =>
    `Alignment of ${number(sequences)} sequences. Scroll with the arrow keys, Home and End.`,
  pointed: (name: string, codons: boolean, column: number, partition: string | undefined) =>
    `${name}, ${units(codons, 1)} ${column}${partition === undefined ? '' : `, partition ${partition}`}`,
  hint: 'Hover over a row to see its full name, or widen the names.',
  detected: 'Detected',
  head: (codons: boolean) => (codons ? 'Codon' : 'Site'),
}
