// What a result says was found: the rows of its table that have a class, the strongest first.
import type { Schemas, Summary } from '../api'
import { readable } from './read'

type Selection = NonNullable<Schemas['RowClass']['selection']>
export interface Found {
  /** The site or branch. */
  name: string | number
  /** What decides about it, such as `p-value 0.061`; empty if the table does not say. */
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
  const kind = place('class')
  const role = place('site') >= 0 ? 'site' : 'branch'
  const key = place(role)
  if (kind < 0 || key < 0) return []
  return classes.map(({ name, meaning, selection }) => {
    const k = table.columns.findIndex((c) => c.direction && (!c.class || c.class === name))
    const column = table.columns[k]
    const sign = column?.direction === 'at_least' ? -1 : 1
    const rows = (table.rows as (string | number | null)[][])
      .filter((row) => row[kind] === name)
      .sort((a, b) => sign * (Number(a[k] ?? NaN) - Number(b[k] ?? NaN)))
    return {
      name,
      meaning,
      selection: selection ?? null,
      role,
      rows: rows.map((row) => ({
        name: row[key] ?? '',
        evidence: column ? `${short(column.name)} ${readable(row[k])}` : '',
      })),
    }
  })
}

/** The name of a deciding column, as a chip has room for it. */
const short = (name: string) => (/^(corrected )?p-value|^P \[/i.test(name) ? 'p' : /^Prob/.test(name) ? 'P' : name)
