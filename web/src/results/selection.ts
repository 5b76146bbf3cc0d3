// Sites by the direction of selection that a result found at them, as series of a figure.
import type { Summary } from '../api'
import { capital } from '../words/common'
import { figures } from '../words/figures'
import { fel as words } from '../words/views/fel'
import type { Point, Series } from './figures/SitePlot.svelte'
import { classesIn } from './read'

const CLASSES = [
  { is: 'positive', label: figures.diversifying, colour: 'var(--diversifying)', shape: 'up' },
  { is: 'negative', label: figures.purifying, colour: 'var(--purifying)', shape: 'down' },
  { is: 'neutral', label: words.neutral, colour: 'var(--neutral)', shape: 'dot' },
  { is: 'invariable', label: words.invariable, colour: 'var(--line)', shape: 'square' },
] as const

/** Size of the marks of what was found, as a multiple of others. */
const FOUND = 1.5

/** A series for each class. `varies`: whether there are substitutions at the site. */
export function byClass<Row extends { site: number }>(
  summary: Summary,
  rows: Row[],
  varies: (row: Row) => boolean,
  point: (row: Row) => Point,
): Series[] {
  const found = classesIn(summary)
  const classOf = (row: Row) => {
    const selection = found.get(row.site)?.selection
    return selection ?? (varies(row) ? 'neutral' : 'invariable')
  }
  // Classes have the names that the answer gives them.
  const named = (is: string) => summary.classes.find(({ selection }) => selection === is)?.name
  return CLASSES.map(({ is, label, ...marks }) => ({
    ...marks,
    label: capital(named(is) ?? label),
    // What was found stands out.
    points: rows
      .filter((row) => classOf(row) === is)
      .map((row) => ({ size: is === 'positive' || is === 'negative' ? FOUND : 1, ...point(row) })),
  }))
}
