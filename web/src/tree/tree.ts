// A tree as it is drawn, from the service's list of nodes.
import type { Schemas } from '../api'

export interface Node {
  name: string
  label: string
  /** Support of the branch as the file gives it; empty without one. */
  support: string
  length: number
  children: Node[]
  parent: Node | null
}

/** The root of a tree; null if it has no nodes. */
export function rootOf({ nodes }: Schemas['Phylogeny']): Node | null {
  const all: Node[] = []
  for (const { name, label, support, length, parent } of nodes) {
    const above = parent == null ? null : (all[parent] ?? null)
    const node: Node = {
      name,
      label: label ?? '',
      support: support ?? '',
      length: length ?? NaN,
      children: [],
      parent: above,
    }
    above?.children.push(node)
    all.push(node)
  }
  return all[0] ?? null
}

/** The nodes of a tree in preorder. */
export function nodes(root: Node): Node[] {
  const found: Node[] = []
  const stack = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    found.push(node)
    for (const child of [...node.children].reverse()) stack.push(child)
  }
  return found
}
