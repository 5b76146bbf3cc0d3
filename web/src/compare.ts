// Results side by side: which sites each of them finds, by the summary's table and threshold.
import type { Job, Summary } from './api'

export interface Side {
  job: Job
  summary: Summary
  /** Value of the column that the threshold is of, by site. */
  values: Map<number, number>
  found: Set<number>
  /** How far into the found a value is: 0 at none, 1 at the threshold or beyond. */
  height: (site: number) => number
}

/** Null where the analysis does not tell of sites. */
export function side(job: Job, summary: Summary): Side | null {
  const { threshold, table } = summary
  const names = table.columns.map(({ name }) => name)
  const site = names.findIndex((name) => /^(site|codon)$/i.test(name))
  const column = threshold ? names.findIndex((name) => name.toLowerCase() === threshold.of.toLowerCase()) : -1
  if (!threshold || site < 0) return null
  const rows = table.rows as unknown as (number | string | null)[][]
  // Small p-values and q-values count; of posteriors and Bayes factors, large ones.
  const small = /^[pq]\b|p-value|q-value/i.test(threshold.of)
  const values = new Map<number, number>()
  rows.forEach((row, k) => {
    const value = column < 0 ? bestOf(row, names, small) : row[column]
    if (typeof value === 'number') values.set(siteOf(row, site, k), value)
  })
  const found = new Set([...values].filter(([, value]) => (small ? value <= threshold.value : value >= threshold.value)).map(([at]) => at))
  const height = (at: number) => {
    const value = values.get(at)
    if (value === undefined) return 0
    const part = small ? Math.log(Math.max(value, 1e-6)) / Math.log(Math.min(threshold.value, 0.999)) : value / threshold.value
    return Math.min(1, Math.max(0, part))
  }
  return { job, summary, values, found, height }
}

const siteOf = (row: (number | string | null)[], column: number, k: number) => (typeof row[column] === 'number' ? row[column] : k + 1)

/** The strongest of several columns of the kind, where the threshold names the kind and not one of them. */
function bestOf(row: (number | string | null)[], names: string[], small: boolean): number | undefined {
  const kind = small ? /p-value|^p$/i : /prob|posterior|bayes|P\[/i
  const all = row.filter((value, k): value is number => typeof value === 'number' && kind.test(names[k] ?? ''))
  if (!all.length) return undefined
  return small ? Math.min(...all) : Math.max(...all)
}

/** Parameters in which jobs are not alike, with the value in each. */
export function differences(jobs: Job[]): { name: string; values: string[] }[] {
  const names = [...new Set(jobs.flatMap(({ parameters }) => Object.keys(parameters)))].sort()
  return names
    .map((name) => ({ name, values: jobs.map(({ parameters }) => said((parameters as Record<string, unknown>)[name])) }))
    .filter(({ values }) => new Set(values).size > 1)
}

const said = (value: unknown) => (value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value))
