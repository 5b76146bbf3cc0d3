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

/** How many characters two names begin with in common. */
function common(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  let k = 0
  while (k < a.length && a[k] === b[k]) k++
  return k
}
/** Trees that fit an alignment, the one whose file is named most like the alignment's first: `34-aln`, `34-tree`. */
export const nearestFirst = (name: string, trees: Dataset[]): Dataset[] =>
  trees.toSorted((a, b) => common(name, b.name ?? '') - common(name, a.name ?? ''))
