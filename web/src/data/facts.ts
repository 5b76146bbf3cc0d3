// What a report's numbers mean for analyses, said beside the service's own findings.
import type { Finding, Report } from './datasets'

type Fact = Pick<Finding, 'level' | 'message' | 'remedy'>

export function factsOf(report: Report): Fact[] {
  const { kind, sites, aligned, genetic_codes: codes, what } = report
  if (!what.startsWith('alignment') || kind === 'protein' || !kind) return []
  const facts: Fact[] = []
  if (aligned && sites % 3) facts.push({ level: 'warning', message: `The length, ${sites}, is not a multiple of three: these are not codons in frame.`, remedy: 'For analyses of codons, align by codons and remove what is out of frame. GARD, BGM, LEISR and NRM take nucleotides as they are.' })
  else if (aligned && kind === 'nucleotide') facts.push({ level: 'warning', message: 'There are stop codons within sequences under every genetic code.', remedy: 'Check that the alignment begins at the first place of a codon, and mask or remove the stop codons.' })
  else if (aligned && codes.length && !codes.includes('Universal')) facts.push({ level: 'warning', message: `There are stop codons within sequences under the Universal code. It is in frame under ${codes.length === 1 ? codes[0] : `${codes.slice(0, 4).join(', ')}${codes.length > 4 ? ` and ${codes.length - 4} more` : ''}`}.`, remedy: 'Choose the genetic code of the organism in the form; the page suggests one that fits.' })
  return facts
}

/** The genetic code that a form begins with: the universal one if it fits. */
export const codeFor = (report: Report | null | undefined): string =>
  !report?.genetic_codes?.length || report.genetic_codes.includes('Universal') ? '' : (report.genetic_codes[0] ?? '')
