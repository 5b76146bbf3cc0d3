// Scales and their ticks, and marks combined into one path, which keeps thousands of sites fast.
import { scaleLinear, scaleLog, scalePow, scaleSymlog } from 'd3-scale'

/** `p` is for p-values: −log₁₀, so small ones are at the top. */
export type Kind = 'linear' | 'sqrt' | 'log' | 'symlog' | 'p'
export interface Scale {
  (value: number): number
  invert(value: number): number
  ticks(count?: number): number[]
  domain(): number[]
  /** Only log scales have a base. */
  base?: unknown
  /** Only scales that are linear near 0 and logarithmic far from it have a constant. */
  constant?: unknown
}

export function scale(kind: Kind, domain: [number, number], range: [number, number]): Scale {
  if (kind === 'log')
    return scaleLog()
      .domain([round(Math.max(domain[0], 1e-12), Math.floor), round(Math.max(domain[1], 1e-12), Math.ceil)])
      .range(range)
      .clamp(true) as unknown as Scale
  if (kind === 'p')
    return scaleLog()
      .domain([1, Math.min(0.1, Math.max(domain[0], 1e-300))])
      .range(range)
      .clamp(true) as unknown as Scale
  // Negative numbers are allowed: the ends of an axis may be on both sides of 0.
  if (kind === 'sqrt') return scalePow().exponent(0.5).domain(domain).range(range).clamp(true) as unknown as Scale
  if (kind === 'symlog') return scaleSymlog().domain(domain).range(range).clamp(true) as unknown as Scale
  return scaleLinear().domain(domain).range(range).clamp(true) as unknown as Scale
}

// The ends of a log axis are powers of ten, so there is a tick at each end.
function round(value: number, towards: (x: number) => number): number {
  const power = Math.log10(value)
  return Number(`1e${towards(Math.abs(power - Math.round(power)) < 0.02 ? Math.round(power) : power)}`)
}

/** Returns a few ticks, without those that would overlap. On a log axis, they are powers of ten. */
export function ticks(of: Scale, count: number, apart = 14, whole = false): number[] {
  const placed: number[] = []
  const tens = of.base ? powers(of.domain()) : of.constant ? [0, ...powers([1, Math.max(...of.domain())])] : null
  for (const tick of tens ?? of.ticks(count)) {
    if (whole && !Number.isInteger(tick)) continue
    if (placed.every((other) => Math.abs(of(other) - of(tick)) >= apart)) placed.push(tick)
  }
  return placed
}
/** The powers of ten within a domain, evenly thinned if there are many. */
function powers(domain: number[]): number[] {
  const ends = [Math.min(...domain), Math.max(...domain)].map(Math.log10) as [number, number]
  const [low, high] = [Math.ceil(ends[0] - 1e-9), Math.floor(ends[1] + 1e-9)]
  const step = Math.max(1, Math.ceil((high - low) / 8))
  const found: number[] = []
  // 1 is among them wherever it is within.
  for (let power = Math.ceil(low / step) * step; power <= high; power += step) found.push(Number(`1e${power}`))
  return found
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹'
/** 10⁵, 2·10⁻⁴. */
function scientific(value: number): string {
  const [digits, power = '0'] = value.toExponential().split('e')
  const raised = [...String(Number(power))].map((one) => (one === '-' ? '⁻' : RAISED[Number(one)])).join('')
  return digits === '1' ? `10${raised}` : `${Number(Number(digits).toPrecision(3))}·10${raised}`
}
export const tickText = (value: number) =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)
    ? scientific(value)
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
