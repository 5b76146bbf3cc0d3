// Which tree belongs to which alignment: the one with which the service has no problem.
import { suitabilities } from '../setup/needs'
import { type Dataset, hasAlignment, hasTree } from './datasets'

/** Any analysis that takes an alignment and a tree: only problems of the tree count here. */
const METHOD = 'fel'

/** Whether the leaves of a tree are the sequences of an alignment. */
export async function belong(alignment: Dataset, tree: Dataset): Promise<boolean> {
  if (!hasAlignment(alignment) || !hasTree(tree) || tree.id === alignment.id) return false
  const checked = await suitabilities({ alignment: alignment.id, tree: tree.id, method: METHOD })
  return !checked.get(METHOD)?.problems.some(({ field }) => field === 'tree')
}

/** Names that have at least so many characters in common at their beginnings are similar: `34-aln`, `34-tree`. */
const SIMILAR = 2

/** How many characters two names begin with in common. */
function common(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  let k = 0
  while (k < a.length && a[k] === b[k]) k++
  return k
}
/** Why a tree goes with an alignment: nothing else fits, it came with it, or its file has a similar name. */
export type Reason = 'only' | 'together' | 'names'

/**
 * Trees that fit an alignment, the one that goes with it first, and why that one does; null if others may be meant.
 * `together`: whether a tree came with the alignment, and with no other.
 */
export function nearestFirst(
  name: string,
  trees: Dataset[],
  together: (tree: Dataset) => boolean,
): { trees: Dataset[]; why: Reason | null } {
  const near = (tree: Dataset) => common(name, tree.name ?? '')
  const sorted = trees.toSorted((a, b) => near(b) - near(a) || Number(together(b)) - Number(together(a)))
  const [first, second] = sorted
  if (!first || !second) return { trees: sorted, why: first ? 'only' : null }
  if (near(first) >= SIMILAR && near(first) > near(second)) return { trees: sorted, why: 'names' }
  const own = sorted.filter(together)
  if (own.length !== 1) return { trees: sorted, why: null }
  return { trees: [...own, ...sorted.filter((tree) => !together(tree))], why: 'together' }
}
