// The genetic codes that HyPhy knows, by the service's names: the universal one and what differs.
const BASES = 'TCAG'
const UNIVERSAL = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG'

export const CODES: Record<string, string> = {
  Universal: '',
  'Vertebrate-mtDNA': 'AGA* AGG* ATAM TGAW',
  'Yeast-mtDNA': 'ATAM CTTT CTCT CTAT CTGT TGAW',
  'Mold-Protozoan-mtDNA': 'TGAW',
  'Invertebrate-mtDNA': 'AGAS AGGS ATAM TGAW',
  'Ciliate-Nuclear': 'TAAQ TAGQ',
  'Echinoderm-mtDNA': 'AAAN AGAS AGGS TGAW',
  'Euplotid-Nuclear': 'TGAC',
  'Alt-Yeast-Nuclear': 'CTGS',
  'Ascidian-mtDNA': 'AGAG AGGG ATAM TGAW',
  'Flatworm-mtDNA': 'AAAN AGAS AGGS TAAY TGAW',
  'Blepharisma-Nuclear': 'TAGQ',
  'Chlorophycean-mtDNA': 'TAGL',
  'Trematode-mtDNA': 'TGAW ATAM AGAS AGGS AAAN',
  'Scenedesmus-obliquus-mtDNA': 'TCA* TAGL',
  'Thraustochytrium-mtDNA': 'TTA*',
  'Pterobranchia-mtDNA': 'AGAS AGGK TGAW',
  'SR1-and-Gracilibacteria': 'TGAG',
  'Pachysolen-Nuclear': 'CTGA',
  'Mesodinium-Nuclear': 'TAAY TAGY',
  'Peritrich-Nuclear': 'TAAE TAGE',
  'Cephalodiscidae-mtDNA': 'TAAY TGAW AGAS AGGK',
}

/** Translates codons by a code: `-` for gaps, `X` for what is ambiguous. */
export function translator(code: string): (codon: string) => string {
  const table = new Map([...UNIVERSAL].map((aa, k) => [`${BASES[k >> 4]}${BASES[(k >> 2) & 3]}${BASES[k & 3]}`, aa]))
  for (const change of (CODES[code] ?? '').split(' ')) if (change) table.set(change.slice(0, 3), change.slice(3))
  return (codon) => table.get(codon.toUpperCase().replaceAll('U', 'T')) ?? (/^[-.~?]+$/.test(codon) ? '-' : 'X')
}
