// What a result says was found: the rows of its table that have a class, the strongest first.
import type { Schemas, Summary } from '../api'
import { probability } from './read'

type Selection = NonNullable<Schemas['RowClass']['selection']>
export interface Found {
  /** Position of its row in the table. */
  row: number
  /** The site or branch, or the first site of a pair. */
  key: string | number
  /** What the row is about, such as `22`, or `5–9` for a pair of sites. */
  label: string
  /** What decides about it, such as `p 0.061`; empty if no column does. */
  evidence: string
}
export interface FoundClass {
  name: string
  meaning: string
  selection: Selection | null
  role: 'site' | 'branch'
  rows: Found[]
}

export function foundIn({ table, classes }: Summary): FoundClass[] {
  const place = (role: string) => table.columns.findIndex((column) => column.role === role)
  const role = place('site') >= 0 ? 'site' : 'branch'
  const [key, other] = [place(role), place('other_site')]
  if (key < 0) return []
  const rows = table.rows as (string | number | null)[][]
  return classes.map(({ name, meaning, selection, column, rows: own }) => {
    const k = table.columns.findIndex((one) => one.name === column)
    const decides = table.columns[k]
    const found = (row: number) => {
      const cells = rows[row] ?? []
      const label = `${cells[key]}`
      return {
        row,
        key: cells[key] ?? '',
        label: other < 0 ? label : `${label}–${cells[other]}`,
        evidence: decides ? `${symbol(decides)} ${probability(cells[k])}` : '',
      }
    }
    return { name, meaning, selection: selection ?? null, role, rows: own.map(found) }
  })
}

/** What a value is, as a chip has room for it. */
const SYMBOLS: Record<string, string> = { 'p-value': 'p', 'corrected p-value': 'p', 'posterior probability': 'P' }
const symbol = ({ name, statistic }: Schemas['Column']) => SYMBOLS[statistic ?? ''] ?? statistic ?? name
