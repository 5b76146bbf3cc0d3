// The shape in which a tree is shown: which vertices, in which order, and where. It never changes the tree.
import type { Node } from './tree'

export interface Vertex {
  node: Node
  /** The node whose branch is drawn above this vertex; null for the root. Re-rooting can turn branches around. */
  branch: Node | null
  length: number
  parent: Vertex | null
  children: Vertex[]
  /** How many leaves are at or below it, collapsed ones included. */
  leaves: number
  level: number
  /** Distance from the root, in the unit of the lengths or in branches. */
  x: number
  /** The row, from 0. */
  y: number
  /** The distance of the furthest leaf below. */
  far: number
  collapsed: boolean
}
export interface Shape {
  /** The vertices shown, in preorder. */
  vertices: Vertex[]
  rows: number
  far: number
  /** Whether branches have lengths. */
  measured: boolean
}
export interface Arrangement {
  /** Whether small clades come first. */
  ladder: boolean
  collapsed: ReadonlySet<string>
  /** Places of leaves in another tree, which this one follows as far as it can. */
  order?: ReadonlyMap<string, number>
}

/** Rows that a collapsed clade takes. */
const CLADE = 2

function vertex(node: Node, branch: Node | null, length: number, parent: Vertex | null): Vertex {
  const level = parent ? parent.level + 1 : 1
  return { node, branch, length, parent, children: [], leaves: 1, level, x: 0, y: 0, far: 0, collapsed: false }
}

/** All vertices in preorder, from the root of the tree or from the middle of the branch above a node. */
function grown(tree: Node, above: Node | null): Vertex[] {
  const none: Node = { name: '', label: '', support: '', length: NaN, children: [], parent: null }
  const root = above?.parent ? vertex(none, null, NaN, null) : vertex(tree, null, NaN, null)
  const stack: Vertex[] = [root]
  const all: Vertex[] = []
  for (let at = stack.pop(); at; at = stack.pop()) {
    all.push(at)
    if (at.node === none && above?.parent)
      at.children = [above, above.parent].map((node) => vertex(node, above, above.length / 2, at))
    else {
      // Every neighbour but the one from which the walk came.
      const { node, branch } = at
      const down = node.children.filter((child) => child !== branch || branch === node)
      at.children = down.map((child) => vertex(child, child, child.length, at))
      if (branch && branch !== node && node.parent) at.children.push(vertex(node.parent, node, node.length, at))
    }
    stack.push(...at.children.toReversed())
  }
  return all
}

/** The shape of a tree, with the root in the branch above a node if there is one. */
export function shaped(tree: Node, above: Node | null, { ladder, collapsed, order }: Arrangement): Shape {
  const all = grown(tree, above)
  const measured = all.some(({ length }) => length > 0)
  for (const at of all) at.x = at.parent ? at.parent.x + (measured ? Math.max(0, at.length || 0) : 1) : 0
  // The mean place of the leaves below.
  const place = new Map<Vertex, number>()
  for (const at of all.toReversed()) {
    if (at.children.length) at.leaves = at.children.reduce((sum, child) => sum + child.leaves, 0)
    at.far = at.children.reduce((most, child) => Math.max(most, child.far), at.x)
    if (order && !ladder) {
      const own = order.get(at.node.name) ?? 0
      place.set(
        at,
        at.children.reduce((sum, child) => sum + (place.get(child) ?? 0) * child.leaves, 0) / at.leaves || own,
      )
      at.children.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
    }
    if (ladder) at.children.sort((a, b) => a.leaves - b.leaves)
    at.collapsed = at.children.length > 0 && at.parent !== null && collapsed.has(at.node.name)
  }
  const root = all[0] as Vertex
  const vertices: Vertex[] = []
  let rows = 0
  const stack = [root]
  for (let at = stack.pop(); at; at = stack.pop()) {
    vertices.push(at)
    if (at.collapsed || !at.children.length) {
      const high = at.collapsed ? CLADE : 1
      at.y = rows + (high - 1) / 2
      rows += high
    } else stack.push(...at.children.toReversed())
  }
  for (const at of vertices.toReversed())
    if (!at.collapsed && at.children.length)
      at.y = ((at.children[0] as Vertex).y + (at.children.at(-1) as Vertex).y) / 2
  return { vertices, rows, far: root.far || 1, measured }
}

/** Whether children of a vertex are drawn. */
export const isTip = (at: Vertex) => at.collapsed || !at.children.length
