// Substitutions on the branches of a tree at one site.
import type { Node } from '../tree/tree'

export type Kind = 'none' | 'synonymous' | 'nonsynonymous'
export const COLOURS: Record<Kind, string> = {
  none: 'var(--neutral)',
  synonymous: 'var(--set-3)',
  nonsynonymous: 'var(--diversifying)',
}

/** The kind of change along a branch. `translated` is the amino acid of a codon, null if it is none. */
export function kindOf(
  node: Node,
  stateOf: (node: Node) => string,
  translated: (state: string) => string | null,
): Kind {
  const [from, to] = [node.parent ? stateOf(node.parent) : '', stateOf(node)]
  if (!from || !to || from === to) return 'none'
  const [before, after] = [translated(from), translated(to)]
  return before !== null && before === after ? 'synonymous' : 'nonsynonymous'
}
