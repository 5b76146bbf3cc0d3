// HyPhy's JSON, read by names: headers and models differ between its versions.
import type { Schemas, Summary } from '../api'
import { type Node, nodes } from '../tree/tree'
import { facts, thresholds } from '../words/results'

type RowClass = Schemas['RowClass']
export type Cell = number | null
export type Result = Record<string, unknown>
type Tree = { [key: string]: Tree } & unknown

/** Returns the value at a path of keys, or undefined. */
export function at<T>(result: unknown, ...path: (string | number)[]): T | undefined {
  let value = result
  for (const key of path)
    value = value && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
  return value as T | undefined
}

/** Returns the keys of an alignment's partitions in order. */
export const partitions = (object: unknown) =>
  Object.keys((object as Tree) ?? {})
    .filter((key) => /^\d+$/.test(key))
    .sort((a, b) => Number(a) - Number(b))

/** Returns the numbers of a partition's sites in the alignment, from 1. */
export const siteNumbers = (result: Result, partition: string) =>
  (at<number[]>(result, 'data partitions', partition, 'coverage', 0) ?? []).map((site) => site + 1)

export interface Site {
  site: number
  partition: string
  index: number
  cells: Cell[]
}
export interface Sites {
  headers: string[]
  rows: Site[]
}

const ENTITIES: Record<string, string> = {
  '&alpha;': 'alpha',
  '&beta;': 'beta',
  '&omega;': 'omega',
  '&lambda;': 'lambda',
  '&gt;': '>',
  '&lt;': '<',
  '&amp;': '&',
}
const plain = (html: string) =>
  html
    .replace(/<\/?(?:sup|sub|em|emph)>/g, '')
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll('–', '-')

export const headers = (result: Result) =>
  (at<[string, string][]>(result, 'MLE', 'headers') ?? []).map(([name]) => plain(name))

/** Returns the rows of all partitions in the order of the alignment. `deeper` finds the rows of a partition. */
export function sites(
  result: Result,
  deeper: (content: unknown) => Cell[][] | undefined = (content) => content as Cell[][],
): Sites {
  const content = at<Record<string, unknown>>(result, 'MLE', 'content') ?? {}
  const rows = partitions(content).flatMap((partition) => {
    const numbers = siteNumbers(result, partition)
    return (deeper(content[partition]) ?? []).map((cells, index) => ({
      site: numbers[index] ?? index + 1,
      partition,
      index,
      cells,
    }))
  })
  return { headers: headers(result), rows: rows.sort((a, b) => a.site - b.site) }
}

/** Returns a reader for the first column whose header matches. If none does, all values are null. */
export function column(table: { headers: string[] }, ...names: (string | RegExp)[]): (row: { cells: Cell[] }) => Cell {
  for (const name of names) {
    const index = table.headers.findIndex((header) => (typeof name === 'string' ? header === name : name.test(header)))
    if (index >= 0) return (row) => row.cells[index] ?? null
  }
  return () => null
}

export type Attributes = Record<string, unknown>
export const branchesOf = (result: Result, partition = '0') =>
  at<Record<string, Attributes>>(result, 'branch attributes', partition) ?? {}
/** Returns the posterior probability of the class with the highest ω by site, for each branch that has one. */
export const posteriorsOf = (result: Result, partition: string) =>
  Object.entries(branchesOf(result, partition)).flatMap(([branch, attributes]) => {
    const posterior = (attributes['Posterior prob omega class by site'] as Cell[][] | undefined)?.at(-1)
    return posterior ? [{ branch, posterior }] : []
  })
/** Returns the set of a branch, or null for background branches. */
export function setOf(result: Result, branch: string, partition = '0'): string | null {
  const set = at<string>(result, 'tested', partition, branch)
  return !set || set === 'background' ? null : set
}

/** The class of each site or branch that the summary counts as found. */
export function classesIn({ table, classes }: Summary, role: 'site' | 'branch' = 'site'): Map<unknown, RowClass> {
  const place = (wanted: string) => table.columns.findIndex((column) => column.role === wanted)
  const [key, kind] = [place(role), place('class')]
  const known = new Map(classes.map((one) => [one.name, one]))
  const found = new Map<unknown, RowClass>()
  for (const row of table.rows as unknown[][]) {
    const of = known.get(String(row[kind]))
    if (of) found.set(row[key], of)
  }
  return found
}

/** Returns a distribution of rates over classes, from any of HyPhy's forms. */
export interface Class {
  rate: number
  weight: number
}
export function classes(distribution: unknown): Class[] {
  if (Array.isArray(distribution))
    return (distribution as [Cell, Cell][]).map(([rate, weight]) => ({ rate: rate ?? Infinity, weight: weight ?? 0 }))
  const all = Object.values((distribution ?? {}) as Record<string, { omega?: Cell; rate?: Cell; proportion?: Cell }>)
  return all.map((one) => ({ rate: one.omega ?? one.rate ?? Infinity, weight: one.proportion ?? 0 }))
}

/** Posterior probabilities by site, a row for each of these classes. Some versions of HyPhy list the rows backwards: the
 * mean of a row is the weight of its class. */
export function ofClasses(rows: Cell[][], classes: Class[]): Cell[][] {
  const mean = (row: Cell[]) => row.reduce((sum: number, one) => sum + (one ?? 0), 0) / Math.max(1, row.length)
  const misfit = (rows: Cell[][]) => rows.reduce((sum, row, k) => sum + (mean(row) - (classes[k]?.weight ?? 0)) ** 2, 0)
  const backwards = rows.toReversed()
  return misfit(backwards) < misfit(rows) ? backwards : rows
}

export const readable = (value: unknown): string =>
  typeof value !== 'number'
    ? value == null
      ? '–'
      : value === true
        ? facts.yes
        : value === false
          ? facts.no
          : String(value)
    : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
      ? value.toExponential(2)
      : String(Number(value.toPrecision(4)))

/** A p-value or a posterior probability, where there is little room. */
export const probability = (value: unknown): string =>
  typeof value !== 'number'
    ? readable(value)
    : value !== 0 && value < 1e-3
      ? value.toExponential(1)
      : value > 0.9994 && value < 1
        ? '> 0.999'
        : String(Number(value.toPrecision(value > 0.9 ? 3 : 2)))

/** Estimates below this differ from 0 only because a search ends somewhere. */
const NOTHING = 1e-4
/** Whether a value of a column is a rate that is estimated as 0, or the ratio of two equal likelihoods. */
export const isZero = (column: string, value: unknown) =>
  typeof value === 'number' &&
  Math.abs(value) < NOTHING &&
  /^(alpha|beta|omega|α|β|ω|dN|rate|mean|LRT)|dN\/dS|rate$/i.test(column)

/** Estimates above this say only that they are large: they have no bound. */
const LARGE = 1e4
/** A value of a column, as tables and the inspector show it. Scores may be as large as the data. */
export function cellText({ name, role }: { name: string; role?: string | null }, value: unknown): string {
  if (typeof value !== 'number') return readable(value)
  if (isZero(name, value)) return '0'
  if (value > LARGE && !role && !/AIC|log|likelihood|length/i.test(name)) return '> 10⁴'
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(4)))
}

/** A rate as a figure says it: an estimate without a bound says only that it is large. */
export const rate = (value: unknown) => (typeof value === 'number' && value > LARGE ? '> 10⁴' : readable(value))

/** The meaning of a threshold in words. */
export const thresholdName = (of: string): string => thresholds.names[of] ?? of

/** Returns the codon of each node at a site, by number, from HyPhy's sparse substitutions. A branch without an
 * entry has its parent's state. */
export function states(tree: Node, sparse: Record<string, string> | null | undefined): Map<string, string> {
  const found = new Map<string, string>()
  for (const node of nodes(tree)) {
    const state = sparse?.[node.name] ?? (node.parent ? found.get(node.parent.name) : sparse?.root)
    if (state) found.set(node.name, state)
  }
  return found
}

/** HyPhy's names of columns in the words of the page. */
const PLAIN: Record<string, string> = {
  '# branches under selection': 'branches under selection',
  'alpha=beta': 'α = β under the null model',
  'its weight': 'weight of that class',
  'p-asmp': 'asymptotic p-value',
  'FEL LogL': 'log L with one rate',
  'MEME LogL': 'log L of the mixture',
}
const SYMBOLS: Record<string, string> = { alpha: 'α', beta: 'β', omega: 'ω', lambda: 'λ' }
/** A name of HyPhy with the symbols of the field: `Prob[alpha<beta]` is P(α < β). */
export const symbols = (name: string) =>
  PLAIN[name] ??
  name
    .replaceAll(/(?<![a-z])(alpha|beta|omega|lambda)(?![a-z])/g, (word) => SYMBOLS[word] ?? word)
    .replace(/^(Prob|BayesFactor)\[(.+)\]$/, (_, of: string, event: string) =>
      (of === 'Prob' ? (event: string) => `P(${event})` : (event: string) => `Bayes factor, ${event}`)(
        event.replace(/[<>=]/, ' $& '),
      ),
    )

/** The order of columns: what a row is about, what was found there, and what decides about it come first. */
export const rank = ({ role, direction }: Schemas['Column']) =>
  role === 'site' || role === 'other_site' || role === 'branch' ? 0 : role === 'class' ? 1 : direction ? 2 : 3
