// What a report's numbers mean for analyses, shown next to the service's findings.
import type { Finding, Report } from './datasets'
import { findings } from '../words/upload'

type Fact = Pick<Finding, 'level' | 'message' | 'remedy'>

export function factsOf(report: Report): Fact[] {
  const { kind, sites, aligned, genetic_codes: codes, what } = report
  if (!what.startsWith('alignment') || kind === 'protein' || !kind) return []
  const facts: Fact[] = []
  if (aligned && sites % 3)
    facts.push({
      level: 'warning',
      message: findings.outOfFrame.message(sites),
      remedy: findings.outOfFrame.remedy,
    })
  else if (aligned && kind === 'nucleotide')
    facts.push({
      level: 'warning',
      ...findings.stops,
    })
  else if (aligned && codes.length && !codes.includes('Universal'))
    facts.push({
      level: 'warning',
      message: findings.otherCode.message(codes),
      remedy: findings.otherCode.remedy,
    })
  return facts
}
