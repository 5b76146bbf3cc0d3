// The parameters of an analysis that select branches.
import type { Method } from './api'

/** The parameters that are lists of branches, or of sets of them. */
export const branchLists = (method: Method) =>
  method.parameters.filter((p) => p.role === 'branches' || p.role === 'branch_sets')

/** Whether the reader names sets of branches. */
export const namesSets = (method: Method) => method.parameters.some((p) => p.role === 'branch_sets')

/** Whether a list is that of the reference branches. */
export const isReference = ({ name }: { name: string }) => /reference/.test(name)

/** The list of reference branches, which takes all other branches if none are selected for it. */
export const referenceList = (method: Method) =>
  method.input?.branches === 'test_and_reference' ? branchLists(method).find(isReference) : undefined
