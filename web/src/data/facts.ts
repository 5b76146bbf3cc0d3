// What a report's numbers mean for analyses, said beside the service's own findings.
import type { Finding, Report } from './datasets'

type Fact = Pick<Finding, 'level' | 'message' | 'remedy'>

export function factsOf(report: Report): Fact[] {
  const { kind, sites, aligned, genetic_codes: codes, what } = report
  if (!what.startsWith('alignment') || kind === 'protein' || !kind) return []
  const facts: Fact[] = []
  if (aligned && sites % 3)
    facts.push({
      level: 'warning',
      message: `The length, ${sites}, is not a multiple of three: these are not codons in frame.`,
      remedy:
        'For analyses of codons, align by codons and remove what is out of frame. GARD, BGM, LEISR and NRM take nucleotides as they are.',
    })
  else if (aligned && kind === 'nucleotide')
    facts.push({
      level: 'warning',
      message: 'There are stop codons within sequences under every genetic code.',
      remedy: 'Check that the alignment begins at the first place of a codon, and mask or remove the stop codons.',
    })
  else if (aligned && codes.length && !codes.includes('Universal'))
    facts.push({
      level: 'warning',
      message: `There are stop codons within sequences under the Universal code. It is in frame under ${codes.length === 1 ? codes[0] : `${codes.slice(0, 4).join(', ')}${codes.length > 4 ? ` and ${codes.length - 4} more` : ''}`}.`,
      remedy:
        'If that is the code of the organism, choose it in the form; else check the frame and mask or remove the stop codons.',
    })
  return facts
}
