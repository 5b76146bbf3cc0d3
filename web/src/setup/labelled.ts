// The branches that the labels of a tree put into lists or sets.
import type { Method } from '../api'
import { isReference } from '../branches'
import { type Node, nodes } from '../tree/tree'

export interface BranchSet {
  name: string
  label?: string
  branches: string[]
}

/** The selection that the labels of a tree mean for an analysis with these lists or sets; empty if they mean none. */
export function byLabels(tree: Node, method: Method, sets: BranchSet[]): BranchSet[] {
  const labelled = (is: (label: string) => boolean) =>
    nodes(tree).flatMap(({ name, label, parent }) => (parent && label && is(label) ? [name] : []))
  const found = (): BranchSet[] => {
    if (method.input?.branches === 'test_and_reference')
      return sets.map((one) => {
        const wanted = isReference(one) ? 'reference' : 'test'
        return { ...one, branches: labelled((label) => label.toLowerCase() === wanted) }
      })
    if (method.input?.branches !== 'sets') return []
    const labels = new Set(nodes(tree).flatMap(({ label, parent }) => (parent && label ? [label] : [])))
    return [...labels].map((name) => ({ name, branches: labelled((label) => label === name) }))
  }
  const own = found()
  return own.some(({ branches }) => branches.length) ? own : []
}
