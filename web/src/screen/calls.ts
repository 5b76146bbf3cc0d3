// What analyses say about codons, in words and as a table.
import type { Schemas, ScreenReport } from '../api'
import { readable } from '../results/read'

type Call = Schemas['SiteCall'] | null | undefined

/** What an analysis says about a codon: its class, if it is found, and the value that decides. */
export const callText = (call: Call): string =>
  call ? `${call.class ? `${call.class}, ` : ''}${readable(call.value)}` : 'not analysed'

/** The codons that any analysis counts as found. */
export function foundTable({ site_analyses: analyses, sites }: ScreenReport): Schemas['Table'] {
  const found = sites.filter(({ positive, negative }) => positive + negative > 0)
  return {
    columns: [
      { name: 'codon', description: 'Number of the codon in the alignment, from 1', role: 'site' },
      { name: 'direction', description: 'Direction of selection; empty if analyses contradict each other' },
      { name: 'agree', description: 'Number of analyses that agree on a direction' },
      ...analyses.flatMap(({ name, threshold }) => [
        { name: `${name} ${threshold.of}`, description: `The value that decides; the threshold is ${threshold.value}` },
        { name: `${name} class`, description: 'What the analysis finds' },
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
