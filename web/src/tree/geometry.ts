// Where the parts of a tree are drawn, in pixels: in rows from left to right, or around a circle.
import { isTip, type Shape, type Vertex } from './shape'

export type Layout = 'rectangular' | 'radial'
export interface Geometry {
  width: number
  height: number
  /** How many pixels a unit of length has. */
  unit: number
  /** The distance between neighbouring tips. */
  apart: number
  /** The line of a branch, with the part that connects it to its parent. */
  whole: (at: Vertex) => string
  /** Only the part that connects it. */
  joint: (at: Vertex) => string
  /** A part of a branch, from 0 at the parent to 1. */
  stem: (at: Vertex, from: number, to: number) => string
  point: (at: Vertex, part?: number) => { x: number; y: number }
  /** Where a tip's name begins; `turned` names read from the other side. */
  name: (at: Vertex, aligned: boolean) => { x: number; y: number; angle: number; turned: boolean }
  /** From the tip to its aligned name. */
  leader: (at: Vertex) => string
  /** The triangle of a collapsed clade. */
  clade: (at: Vertex) => string
  /** Whether the vertex or its connection is within a window. */
  within: (at: Vertex, window: Window) => boolean
}
export interface Window {
  left: number
  top: number
  right: number
  bottom: number
}
const EDGE = 10
const GAP = 6
/** Part of the circle that is open, so that the first and last tip stay apart. */
const OPEN = 0.03
const n = (value: number) => value.toFixed(1)

export function rectangular(shape: Shape, width: number, names: number, row: number, top: number): Geometry {
  const long = Math.max(60, width - 2 * EDGE - names)
  const unit = long / shape.far
  const X = (x: number) => EDGE + x * unit
  const Y = (at: Vertex) => top + (at.y + 0.75) * row
  const from = (at: Vertex) => (at.parent ? X(at.parent.x) : X(at.x))
  const part = (at: Vertex, t: number) => from(at) + (X(at.x) - from(at)) * t
  return {
    width: long + 2 * EDGE + names,
    height: top + (shape.rows + 0.5) * row,
    unit,
    apart: row,
    whole: (at) => (at.parent ? `M${n(from(at))} ${n(Y(at.parent))}V${n(Y(at))}H${n(X(at.x))}` : ''),
    joint: (at) => (at.parent ? `M${n(from(at))} ${n(Y(at.parent))}V${n(Y(at))}` : ''),
    stem: (at, a, b) => `M${n(part(at, a))} ${n(Y(at))}H${n(part(at, b))}`,
    point: (at, t = 1) => ({ x: part(at, t), y: Y(at) }),
    name: (at, aligned) => ({
      x: X(aligned ? shape.far : at.collapsed ? at.far : at.x) + GAP,
      y: Y(at),
      angle: 0,
      turned: false,
    }),
    leader: (at) => `M${n(X(at.collapsed ? at.far : at.x) + 3)} ${n(Y(at))}H${n(X(shape.far) + 3)}`,
    clade: (at) => {
      const half = row * 0.7
      return `M${n(X(at.x))} ${n(Y(at))}L${n(X(at.far))} ${n(Y(at) - half)}V${n(Y(at) + half)}Z`
    },
    within: (at, { top, bottom }) => {
      const ends = [Y(at), at.parent ? Y(at.parent) : Y(at)]
      return Math.max(...ends) >= top && Math.min(...ends) <= bottom
    },
  }
}

/** The largest drawing that fits a box. `names`: how long a tip's name is; `aligned`: names are around a circle. */
export function radial(
  shape: Shape,
  box: { width: number; height: number },
  names: (at: Vertex) => number,
  top: number,
  aligned: boolean,
): Geometry {
  const turn = ((1 - OPEN) * 2 * Math.PI) / Math.max(1, shape.rows)
  const angle = (at: Vertex) => at.y * turn - Math.PI / 2
  const tips = shape.vertices.filter(isTip).map((at) => ({
    across: Math.cos(angle(at)),
    down: Math.sin(angle(at)),
    far: aligned ? shape.far : at.far,
    name: names(at) + EDGE,
  }))
  /** How far the drawing goes from the root, to both sides of an axis. */
  function extent(axis: 'across' | 'down', unit: number) {
    let [least, most] = [-EDGE, EDGE]
    for (const tip of tips) {
      const reach = tip[axis] * (tip.far * unit + tip.name)
      least = Math.min(least, reach)
      most = Math.max(most, reach)
    }
    return { least, size: most - least }
  }
  const fits = (unit: number) => extent('across', unit).size <= box.width && extent('down', unit).size <= box.height
  let [unit, most] = [60 / shape.far, (box.width + box.height) / shape.far]
  for (let k = 0; k < 30; k++) {
    const middle = (unit + most) / 2
    if (fits(middle)) unit = middle
    else most = middle
  }
  const radius = shape.far * unit
  const [across, down] = [extent('across', unit), extent('down', unit)]
  const [cx, cy] = [-across.least, top - down.least]
  const polar = (r: number, a: number) => ({ x: cx + r * Math.cos(a), y: cy + r * Math.sin(a) })
  const P = (r: number, a: number) => `${n(cx + r * Math.cos(a))} ${n(cy + r * Math.sin(a))}`
  const inner = (at: Vertex) => (at.parent ? at.parent.x * unit : 0)
  const along = (at: Vertex, t: number) => inner(at) + (at.x * unit - inner(at)) * t
  const arc = (r: number, from: number, to: number) =>
    r < 0.5
      ? `L${P(r, to)}`
      : `A${n(r)} ${n(r)} 0 ${Math.abs(to - from) > Math.PI ? 1 : 0} ${to > from ? 1 : 0} ${P(r, to)}`
  return {
    width: across.size,
    height: top + down.size,
    unit,
    apart: radius * turn,
    whole: (at) =>
      at.parent
        ? `M${P(inner(at), angle(at.parent))}${arc(inner(at), angle(at.parent), angle(at))}L${P(at.x * unit, angle(at))}`
        : '',
    joint: (at) =>
      at.parent ? `M${P(inner(at), angle(at.parent))}${arc(inner(at), angle(at.parent), angle(at))}` : '',
    stem: (at, a, b) => `M${P(along(at, a), angle(at))}L${P(along(at, b), angle(at))}`,
    point: (at, t = 1) => polar(along(at, t), angle(at)),
    name: (at, aligned) => {
      const r = (aligned ? radius : (at.collapsed ? at.far : at.x) * unit) + GAP
      const turned = Math.cos(angle(at)) < 0
      return { ...polar(r, angle(at)), angle: (angle(at) * 180) / Math.PI + (turned ? 180 : 0), turned }
    },
    leader: (at) => `M${P((at.collapsed ? at.far : at.x) * unit + 3, angle(at))}L${P(radius + 3, angle(at))}`,
    clade: (at) => {
      const [r, half] = [at.far * unit, turn * 0.7]
      return `M${P(at.x * unit, angle(at))}L${P(r, angle(at) - half)}${arc(r, angle(at) - half, angle(at) + half)}Z`
    },
    // Arcs can cross the window with both of their ends outside, and all branches are only a few paths.
    within: () => true,
  }
}

/** The vertex whose branch, name or end is nearest to a point, and whether it is its end. */
export function nearest(
  vertices: Vertex[],
  geometry: Geometry,
  x: number,
  y: number,
): { at: Vertex; end: boolean } | null {
  let best: Vertex | null = null
  let least = Math.max(8, Math.min(12, geometry.apart * 0.6))
  for (const at of vertices) {
    if (!at.parent) continue
    const [a, b] = [geometry.point(at, 0), geometry.point(at)]
    const [dx, dy] = [b.x - a.x, b.y - a.y]
    const long = Math.hypot(dx, dy)
    // A name is part of its tip: the line is as if it went on.
    const reach = isTip(at) ? 1 + 80 / Math.max(long, 1) : 1
    const t = long ? Math.min(reach, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / long ** 2)) : 0
    const away = Math.hypot(x - a.x - t * dx, y - a.y - t * dy)
    if (away < least) [best, least] = [at, away]
  }
  for (const at of vertices) {
    const { x: px, y: py } = geometry.point(at)
    if (at.children.length && Math.hypot(x - px, y - py) <= 6) return { at, end: true }
  }
  return best && { at: best, end: false }
}

/** A round length for a scale bar of at most a fifth of the tree. */
export function scaleBar(shape: Shape, geometry: Geometry): { text: string; long: number } {
  const most = shape.far / 5
  const power = 10 ** Math.floor(Math.log10(most))
  const step = ([5, 2, 1].find((one) => one * power <= most) ?? 1) * power
  return { text: String(Number(step.toPrecision(2))), long: step * geometry.unit }
}
