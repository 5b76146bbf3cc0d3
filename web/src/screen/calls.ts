// What analyses say about codons, in words and as a table.
import type { Schemas, ScreenReport } from '../api'
import { readable, symbols, thresholdName } from '../results/read'
import { calls as words } from '../words/report'

type Call = Schemas['SiteCall'] | null | undefined

/** The name of an analysis. */
export const nameIn = ({ analyses }: ScreenReport, method: string) =>
  analyses.find((one) => one.method === method)?.name ?? method

/** What decides whether an analysis counts a codon as found: `FEL: p-value`. */
export const decides = ({ name, threshold }: Schemas['SiteAnalysis']) =>
  words.value(name, symbols(thresholdName(threshold.of)))

/** What an analysis says about a codon: its class, if it is found, and the value that decides. */
export const callText = (call: Call): string =>
  call ? `${call.class ? `${call.class}, ` : ''}${readable(call.value)}` : words.notAnalysed

/** The codons that any analysis counts as found. */
export function foundTable({ site_analyses: analyses, sites }: ScreenReport): Schemas['Table'] {
  // Positive selection first, then by the number of analyses that agree.
  const order = (direction: string | null | undefined) => (direction === 'positive' ? 0 : direction ? 2 : 1)
  const found = sites
    .filter(({ positive, negative }) => positive + negative > 0)
    .sort((a, b) => order(a.direction) - order(b.direction) || b.agree - a.agree)
  return {
    columns: [
      { ...words.columns.codon, role: 'site' },
      words.columns.direction,
      words.columns.agree,
      words.columns.by,
      ...analyses.map((one) => ({ name: decides(one), description: words.columns.value(one.threshold.value) })),
    ],
    rows: found.map(({ site, calls, direction, agree }) => [
      site,
      direction ?? null,
      agree,
      analyses
        .filter((_, k) => calls[k]?.class)
        .map(({ name }) => name)
        .join(', '),
      ...calls.map((call) => call?.value ?? null),
    ]),
  }
}

/** Warnings of several analyses, each once: those of the same data have warnings in common. */
export function warningsOf(analyses: { name: string; warnings?: string[] }[]): string[] {
  const found = new Map<string, string[]>()
  for (const { name, warnings = [] } of analyses)
    for (const warning of warnings) found.set(warning, [...(found.get(warning) ?? []), name])
  return [...found].map(([warning, names]) => words.warning(names, warning))
}
