// Translates codons with the job's genetic code. The codes are those of NCBI, under HyPhy's names.
const ORDER = 'TCAG'
const UNIVERSAL = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG'
// Differences from the universal code.
const CODES: Record<string, Record<string, string>> = {
  Universal: {},
  'Vertebrate-mtDNA': { AGA: '*', AGG: '*', ATA: 'M', TGA: 'W' },
  'Yeast-mtDNA': { ATA: 'M', CTT: 'T', CTC: 'T', CTA: 'T', CTG: 'T', TGA: 'W' },
  'Mold-Protozoan-mtDNA': { TGA: 'W' },
  'Invertebrate-mtDNA': { AGA: 'S', AGG: 'S', ATA: 'M', TGA: 'W' },
  'Ciliate-Nuclear': { TAA: 'Q', TAG: 'Q' },
  'Echinoderm-mtDNA': { AAA: 'N', AGA: 'S', AGG: 'S', TGA: 'W' },
  'Euplotid-Nuclear': { TGA: 'C' },
  'Alt-Yeast-Nuclear': { CTG: 'S' },
  'Ascidian-mtDNA': { AGA: 'G', AGG: 'G', ATA: 'M', TGA: 'W' },
  'Flatworm-mtDNA': { AAA: 'N', AGA: 'S', AGG: 'S', TAA: 'Y', TGA: 'W' },
  'Blepharisma-Nuclear': { TAG: 'Q' },
}

/** Returns the amino acid of a codon, or null for an unknown code or an ambiguous codon. */
export function aminoAcid(codon: string, code = 'Universal'): string | null {
  const changed = CODES[code]
  if (!changed) return null
  const places = [...codon].map((base) => ORDER.indexOf(base.toUpperCase().replace('U', 'T')))
  if (places.length !== 3 || places.some((place) => place < 0)) return null
  return changed[codon.toUpperCase()] ?? UNIVERSAL[places.reduce((sum, place) => sum * 4 + place, 0)] ?? null
}
