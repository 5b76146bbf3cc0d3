// Which tree belongs to which alignment: the one whose leaves are its sequences.
import { type Dataset, hasAlignment, hasTree } from './datasets'

/** Larger files are not read for their names. */
const LARGEST = 20_000_000

/** The words of a file, among which are the names of its sequences, in whatever format. */
export async function wordsOf(file: File): Promise<Set<string>> {
  return new Set(file.size > LARGEST ? [] : (await file.text()).split(/[\s>'",;()]+/))
}

/** Whether all leaves of the tree are sequences of the alignment, and there are as many. */
export function belongs(alignment: Dataset, words: Set<string>, tree: Dataset): boolean {
  if (!hasAlignment(alignment) || !hasTree(tree) || tree.id === alignment.id) return false
  const leaves = tree.report?.tree?.leaf_names ?? []
  return leaves.length > 0 && leaves.length === alignment.report?.sequences && leaves.every((leaf) => words.has(leaf))
}
