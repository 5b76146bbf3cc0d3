// What a report's numbers mean for analyses, shown next to the service's findings.
import type { Finding, Report } from './datasets'

type Fact = Pick<Finding, 'level' | 'message' | 'remedy'>

export function factsOf(report: Report): Fact[] {
  const { kind, sites, aligned, genetic_codes: codes, what } = report
  if (!what.startsWith('alignment') || kind === 'protein' || !kind) return []
  const facts: Fact[] = []
  if (aligned && sites % 3)
    facts.push({
      level: 'warning',
      message: `The length, ${sites}, is not a multiple of three, so the sequences are not codons in frame.`,
      remedy:
        'For codon analyses, align the sequences by codon and remove sites that are out of frame. GARD, BGM, LEISR and NRM accept nucleotides.',
    })
  else if (aligned && kind === 'nucleotide')
    facts.push({
      level: 'warning',
      message: 'The sequences contain internal stop codons under every genetic code.',
      remedy: 'Check that the alignment starts at the first position of a codon, and mask or remove the stop codons.',
    })
  else if (aligned && codes.length && !codes.includes('Universal'))
    facts.push({
      level: 'warning',
      message: `The sequences contain internal stop codons under the Universal code. They are in frame under ${codes.length === 1 ? codes[0] : `${codes.slice(0, 4).join(', ')}${codes.length > 4 ? ` and ${codes.length - 4} more` : ''}`}.`,
      remedy:
        "If that is the organism's genetic code, select it in the form. Otherwise, check the reading frame and mask or remove the stop codons.",
    })
  return facts
}
