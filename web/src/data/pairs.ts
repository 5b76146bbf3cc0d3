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
/**
 * Trees that fit an alignment, the one that goes with it first: one that came with it (`together`), and of these the one
 * whose file is named most like the alignment's (`34-aln`, `34-tree`). `certain`: whether nothing else goes as well.
 */
export function nearestFirst(
  name: string,
  trees: Dataset[],
  together: (tree: Dataset) => boolean,
): { trees: Dataset[]; certain: boolean } {
  const near = (tree: Dataset) => common(name, tree.name ?? '')
  const sorted = trees.toSorted((a, b) => Number(together(b)) - Number(together(a)) || near(b) - near(a))
  const [first, second] = sorted
  const isNearer = first && second && near(first) >= SIMILAR && near(first) > near(second)
  const certain = !!first && (!second || together(first) || isNearer === true)
  return { trees: sorted, certain }
}
