// Genetic codes, from the service.
import { answer, api, type Schemas } from './api'

export type Code = Schemas['CodeTable']
const ORDER = 'TCAG'

let asked: Promise<Code[]> | undefined
export function geneticCodes(): Promise<Code[]> {
  asked ??= answer(api.GET('/genetic-codes')).then((all) => all.genetic_codes)
  asked.catch(() => (asked = undefined))
  return asked
}

/** The amino acid of a codon; null for an ambiguous codon, `-` for gaps. */
export function aminoAcid(codon: string, { amino_acids }: Code): string | null {
  if (/^[-.~?]+$/.test(codon)) return '-'
  const places = [...codon.toUpperCase().replaceAll('U', 'T')].map((base) => ORDER.indexOf(base))
  if (places.length !== 3 || places.some((place) => place < 0)) return null
  return amino_acids[places.reduce((sum, place) => sum * 4 + place, 0)] ?? null
}
