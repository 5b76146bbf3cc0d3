// The comparison of results.
import { first, number } from './common'

export const comparing = {
  title: 'Compare',
  job: (letter: string, analysis: string, engine: string, name: string) =>
    `${letter}. ${analysis}${engine ? ` by ${engine}` : ''}${name ? ` (${name})` : ''}`,
  of: (dataset: string) => (dataset ? ` of ${dataset}` : ''),
  tooFew: { before: 'Select two or more completed jobs in ', link: 'Jobs', after: ', then choose Compare.' },
  loading: 'Loading the results…',
  statement: (statement: string) => `: ${statement}`,
  noSites: ': this analysis has no results by site.',
  alignments: 'These jobs analysed different alignments, so the same number may refer to different sites.',
  detected: 'Detected sites',
  byAll: 'By all analyses that can detect this direction',
  opposed: 'In opposite directions',
  onlyBy: (name: string) => `Only by ${name}`,
  none: 'none',
  /** A parameter that is a list, such as that of the branches to test. */
  list: (names: string[], emptyIsAll: boolean) =>
    names.length ? `${number(names.length)}: ${first(names, 4)}` : emptyIsAll ? 'all' : 'none selected',
  along: 'Sites along the alignment',
  caption:
    'One row per analysis. The taller a bar, the closer the site is to the threshold; bars of detected sites have the full height. Markers show the direction of selection.',
  kinds: {
    positive: 'Detected: positive selection',
    negative: 'Detected: negative selection',
    none: 'Detected: no direction',
  },
  described: (analyses: { name: string; count: number }[]) =>
    `Sites along the alignment. ${analyses.map(({ name, count }) => `${name} detects ${number(count)}`).join(', ')}`,
  row: (name: string, count: number) => `${name}: ${number(count)} detected`,
  table: 'Sites detected by any analysis',
  threshold: (of: string, threshold: number | undefined) => `${of}, threshold ${threshold}`,
  noneDetected: 'No analysis detected any sites.',
  firstOnly: (shown: number, all: number) =>
    `These are the first ${number(shown)} of ${number(all)} sites. The figure and the CSV have all of them.`,
  parameters: 'Parameters that differ',
  parameter: 'Parameter',
  noParameters: 'None.',
  csv: { site: 'site', class: 'class' },
}
