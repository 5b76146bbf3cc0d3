// Compares results: which sites each of them finds. The summary decides what is found: the column `class` of its
// table is empty for other sites.
import type { Job, Schemas, Summary } from './api'
import { symbols, thresholdName } from './results/read'
import { common } from './words/common'
import { comparing } from './words/compare'

type Cell = number | string | null
export interface Side {
  job: Job
  summary: Summary
  /** The value that decides about each site. */
  values: Map<number, number>
  /** The class of each site found, such as `diversifying`. */
  found: Map<number, string>
  /** How close a value is to its threshold: 0 is far away, 1 is at or beyond it. */
  height: (site: number) => number
  /** What `values` contains, such as p-values. */
  of: string
}

/** Returns null if the analysis has no results by site. */
export function side(job: Job, summary: Summary): Side | null {
  const { threshold, table } = summary
  const role = (wanted: string) => table.columns.findIndex((column) => column.role === wanted)
  const [site, kind] = [role('site'), role('class')]
  if (!threshold || site < 0 || kind < 0) return null
  const columns = table.columns.flatMap(({ direction }, k) => (direction ? [k] : []))
  if (!columns.length) return null
  const small = threshold.direction === 'at_most'
  const values = new Map<number, number>()
  const found = new Map<number, string>()
  for (const row of table.rows as unknown as Cell[][]) {
    const at = row[site]
    if (typeof at !== 'number') continue
    const of = row[kind]
    if (typeof of === 'string' && of) found.set(at, of)
    // Of a site that is found, the value of its direction; else the one that is nearer to the threshold.
    const own = columns.find((k) => of && table.columns[k]?.class === of)
    const all = (own === undefined ? columns : [own]).map((k) => row[k]).filter((value) => typeof value === 'number')
    const best = small ? Math.min(...all) : Math.max(...all)
    // FADE has one row for each amino acid of a site.
    const before = values.get(at)
    if (all.length && (before === undefined || (small ? best < before : best > before))) values.set(at, best)
  }
  const height = (at: number) => {
    if (found.has(at)) return 1
    const value = values.get(at)
    if (value === undefined) return 0
    const part = small
      ? Math.log(Math.max(value, 1e-6)) / Math.log(Math.min(Math.max(threshold.value, 1e-6), 0.999))
      : value / threshold.value
    return Math.min(1, Math.max(0, part))
  }
  return { job, summary, values, found, height, of: symbols(thresholdName(threshold.of)) }
}

/** The direction of selection at a site, where its class has one: analyses can contradict each other. */
export const direction = ({ summary, found }: Side, site: number): Schemas['Selection'] | null =>
  summary.classes.find(({ name }) => name === found.get(site))?.selection ?? null

/** Whether an analysis can find selection in a direction: MEME finds positive selection only. */
const can = ({ summary }: Side, wanted: Schemas['Selection']) =>
  summary.classes.some(({ selection }) => !selection || selection === wanted)

/** Sites that any analysis finds, those found by all that can, and those found in opposite directions. */
export function sitesOf(sides: Side[]) {
  const all = [...new Set(sides.flatMap(({ found }) => [...found.keys()]))].sort((a, b) => a - b)
  const directions = (site: number) => new Set(sides.map((one) => direction(one, site)).filter((one) => one !== null))
  const opposed = all.filter((site) => directions(site).size > 1)
  const shared = all.filter((site) => {
    const able = sides.filter((one) => [...directions(site)].every((wanted) => can(one, wanted)))
    return !opposed.includes(site) && able.length > 1 && able.every(({ found }) => found.has(site))
  })
  const only = (one: Side) =>
    [...one.found.keys()]
      .filter((site) => sides.every((other) => other === one || !other.found.has(site)))
      .sort((a, b) => a - b)
  return { all, opposed, shared, only }
}

/** The comparison as CSV. */
export function csvOf(sides: Side[], labels: string[]): string {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const { site, class: kind } = comparing.csv
  const head = [site, ...sides.flatMap((one, k) => [`${labels[k]}: ${one.of}`, `${labels[k]}: ${kind}`])]
  const sites = [...new Set(sides.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  const rows = sites.map((site) => [
    String(site),
    ...sides.flatMap((one) => [String(one.values.get(site) ?? ''), one.found.get(site) ?? '']),
  ])
  return [head, ...rows].map((row) => row.map(quoted).join(',')).join('\n') + '\n'
}

/** Parameters and engines that differ between jobs, with the value of each job. Datasets are shown by name. */
export function differences(
  jobs: Job[],
  nameOf: (id: string) => string,
  labelOf: (parameter: string) => string,
  /** Whether an empty list of a job's branches means all of them. */
  testsAll: (job: Job) => boolean,
): { name: string; values: string[] }[] {
  const given = jobs.map(({ engine, parameters }): Record<string, unknown> => ({ engine, ...parameters }))
  const names = [...new Set(given.flatMap((one) => Object.keys(one)))].sort()
  return names
    .filter((name) => given.filter((one) => name in one).length > 1)
    .map((name) => ({ name, values: given.map((one, k) => said(one[name], testsAll(jobs[k] as Job))) }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ name, values }) => ({
      name: name === 'engine' ? common.engine : labelOf(name),
      values: values.map((value) => {
        if (name === 'engine') return common.engines[value] ?? value
        return name === 'alignment' || name === 'tree' ? nameOf(value) : value
      }),
    }))
}

function said(value: unknown, emptyIsAll: boolean): string {
  if (value === undefined) return '–'
  if (!Array.isArray(value)) return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
  const names = value.map((one) => (one as { name?: string }).name ?? String(one))
  return comparing.list(names, emptyIsAll)
}
