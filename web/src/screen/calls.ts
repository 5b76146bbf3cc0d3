// What analyses say about codons, in words and as a table.
import type { Schemas, ScreenReport } from '../api'
import { readable } from '../results/read'
import { calls as words } from '../words/screen'

type Call = Schemas['SiteCall'] | null | undefined

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
      ...analyses.flatMap(({ name, threshold }) => [
        words.columns.value(name, threshold.of, threshold.value),
        words.columns.class(name),
      ]),
    ],
    rows: found.map(({ site, calls, direction, agree }) => [
      site,
      direction ?? null,
      agree,
      ...calls.flatMap((call) => [call?.value ?? null, call?.class ?? null]),
    ]),
  }
}
