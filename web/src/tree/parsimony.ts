// The states of inner nodes with the fewest changes (Fitch 1971, Syst Zool 20:406; Hartigan 1973, Biometrics 29:53).
import { type Node, nodes } from './tree'

/** Returns the state of each node, from those of leaves; undefined ones may be any. Where several are as good, a node
 * has that of its parent, and the root the most frequent one. */
export function parsimonious(root: Node, stateOf: (leaf: Node) => string | undefined): Map<Node, string> {
  const all = nodes(root)
  const possible = new Map<Node, Set<string>>()
  const frequency = new Map<string, number>()
  for (const node of [...all].reverse()) {
    if (!node.children.length) {
      const state = stateOf(node)
      if (state === undefined) continue
      possible.set(node, new Set([state]))
      frequency.set(state, (frequency.get(state) ?? 0) + 1)
      continue
    }
    const counts = new Map<string, number>()
    for (const child of node.children)
      for (const state of possible.get(child) ?? []) counts.set(state, (counts.get(state) ?? 0) + 1)
    const most = Math.max(...counts.values())
    if (counts.size) possible.set(node, new Set([...counts].flatMap(([state, count]) => (count === most ? state : []))))
  }
  const found = new Map<Node, string>()
  for (const node of all) {
    const own = possible.get(node)
    const above = node.parent && found.get(node.parent)
    const state =
      above && (!own || own.has(above))
        ? above
        : [...(own ?? [])].sort((a, b) => (frequency.get(b) ?? 0) - (frequency.get(a) ?? 0))[0]
    if (state !== undefined) found.set(node, state)
  }
  return found
}
