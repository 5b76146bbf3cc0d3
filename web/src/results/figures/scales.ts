// Scales and their ticks, and marks combined into one path, which keeps thousands of sites fast.
import { scaleLinear, scaleLog, scalePow, scaleSymlog } from 'd3-scale'

export type Kind = 'linear' | 'sqrt' | 'log' | 'symlog'
export interface Scale {
  (value: number): number
  invert(value: number): number
  ticks(count?: number): number[]
  domain(): number[]
  /** Only log scales have a base. */
  base?: unknown
}

export function scale(kind: Kind, domain: [number, number], range: [number, number]): Scale {
  if (kind === 'log')
    return scaleLog()
      .domain([round(Math.max(domain[0], 1e-12), Math.floor), round(domain[1], Math.ceil)])
      .range(range)
      .clamp(true) as unknown as Scale
  // Negative numbers are allowed: the ends of an axis may be on both sides of 0.
  if (kind === 'sqrt') return scalePow().exponent(0.5).domain(domain).range(range).clamp(true) as unknown as Scale
  if (kind === 'symlog') return scaleSymlog().domain(domain).range(range).clamp(true) as unknown as Scale
  return scaleLinear().domain(domain).range(range).clamp(true) as unknown as Scale
}

// The ends of a log axis are 1, 2 or 5 times a power of ten, so there is a tick at each end.
function round(value: number, towards: (x: number) => number): number {
  const steps = Math.log10(value) * 3
  const third = towards(Math.abs(steps - Math.round(steps)) < 0.1 ? Math.round(steps) : steps)
  return Number(`${[1, 2, 5][((third % 3) + 3) % 3]}e${Math.floor(third / 3)}`)
}

/** Returns a few ticks, without those that would overlap. On a log axis, powers of ten come first. */
export function ticks(of: Scale, count: number, apart = 14, whole = false): number[] {
  const placed: number[] = []
  const candidates = of.base ? of.ticks(1000).sort((a, b) => round125(a) - round125(b)) : of.ticks(count)
  for (const tick of candidates) {
    if (whole && !Number.isInteger(tick)) continue
    if (of.base && round125(tick) > 2) continue
    if (placed.every((other) => Math.abs(of(other) - of(tick)) >= apart)) placed.push(tick)
  }
  return placed
}
/** 0 for powers of ten, 1 and 2 for five times and twice a power of ten, and 3 for other numbers. */
function round125(value: number): number {
  const place = ['1', '5', '2'].indexOf(value.toExponential().split('e')[0] ?? '')
  return place < 0 ? 3 : place
}

export const tickText = (value: number) =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)
    ? value.toExponential(0).replace('e+', 'e')
    : String(Number(value.toPrecision(4)))

export type Shape = 'dot' | 'square' | 'up' | 'down' | 'diamond' | 'bar'
/** The outline of a mark around (x, y). A bar extends to `zero`. */
export function mark(shape: Shape, x: number, y: number, r: number, zero: number): string {
  const [X, Y] = [x.toFixed(1), y.toFixed(1)]
  switch (shape) {
    case 'bar':
      return `M${(x - r).toFixed(1)} ${zero.toFixed(1)}H${(x + r).toFixed(1)}V${Y}H${(x - r).toFixed(1)}Z`
    case 'square':
      return `M${(x - r).toFixed(1)} ${(y - r).toFixed(1)}h${2 * r}v${2 * r}h${-2 * r}Z`
    case 'up':
      return `M${X} ${(y - 1.2 * r).toFixed(1)}l${1.2 * r} ${2.2 * r}h${-2.4 * r}Z`
    case 'down':
      return `M${X} ${(y + 1.2 * r).toFixed(1)}l${1.2 * r} ${-2.2 * r}h${-2.4 * r}Z`
    case 'diamond':
      return `M${X} ${(y - 1.4 * r).toFixed(1)}l${1.2 * r} ${1.4 * r}l${-1.2 * r} ${1.4 * r}l${-1.2 * r} ${-1.4 * r}Z`
    case 'dot':
      return `M${(x - r).toFixed(1)} ${Y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
  }
}

/** Bins of a diverging scale around 1, from far below to far above: `--low-3` … `--high-3`. */
export const DIVERGING = [
  'var(--low-3)',
  'var(--low-2)',
  'var(--low-1)',
  'var(--even)',
  'var(--high-1)',
  'var(--high-2)',
  'var(--high-3)',
]
export const DIVERGING_LABELS = ['< 0.1', '0.1–0.5', '0.5–0.9', '0.9–1.1', '1.1–2', '2–10', '> 10']
const EDGES = [0.1, 0.5, 0.9, 1.1, 2, 10]
export const diverging = (ratio: number) => EDGES.filter((edge) => ratio > edge).length
export const SEQUENTIAL = ['var(--grade-1)', 'var(--grade-2)', 'var(--grade-3)', 'var(--grade-4)', 'var(--grade-5)']

/** Positions of the items of a legend: [x, line]. */
export function legendPlaces(items: { label: string }[], width: number): [number, number][] {
  let at = 0
  let line = 0
  return items.map(({ label }) => {
    const wide = 28 + label.length * 7.2
    if (at > 0 && at + wide > width) {
      at = 0
      line++
    }
    at += wide
    return [at - wide, line]
  })
}
const LINE = 18
export const legendHeight = (items: { label: string }[], width: number) =>
  items.length ? ((legendPlaces(items, width).at(-1)?.[1] ?? 0) + 1) * LINE : 0
