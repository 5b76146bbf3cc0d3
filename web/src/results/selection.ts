// Sites by the direction of selection that a result found at them, as series of a figure.
import type { Summary } from '../api'
import { figures } from '../words/figures'
import { fel as words } from '../words/views/fel'
import type { Point, Series } from './figures/SitePlot.svelte'
import { classesIn } from './read'

const CLASSES = [
  { label: figures.diversifying, colour: 'var(--diversifying)', shape: 'up' },
  { label: figures.purifying, colour: 'var(--purifying)', shape: 'down' },
  { label: words.neutral, colour: 'var(--neutral)', shape: 'dot' },
  { label: words.invariable, colour: 'var(--line)', shape: 'square' },
] as const

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
    if (selection) return selection === 'positive' ? figures.diversifying : figures.purifying
    return varies(row) ? words.neutral : words.invariable
  }
  return CLASSES.map((one) => ({ ...one, points: rows.filter((row) => classOf(row) === one.label).map(point) }))
}
