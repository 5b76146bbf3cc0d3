// Which tree belongs to which alignment: the one whose leaves are its sequences. Reports name the
// leaves of trees; the names of sequences are read from their file.
import { type Dataset, hasAlignment, hasTree, one } from './datasets'
import { sequencesIn } from './sequences'

/** Larger files are not read for their names. */
const LARGEST = 20_000_000
// Programs write names with what they do not allow replaced; such names are still the same.
const form = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_')

const read = new Map<string, Promise<Set<string>>>()
/** The names of an alignment's sequences, with and without what follows a space. */
export function namesOf(set: Dataset): Promise<Set<string>> {
  let names = read.get(set.id)
  if (!names) {
    names =
      set.size > LARGEST || !hasAlignment(set)
        ? Promise.resolve(new Set<string>())
        : one(set.id, true).then(
            ({ content }) =>
              new Set(sequencesIn(content ?? '').flatMap(({ name }) => [form(name), form(name.split(/\s/)[0] ?? '')])),
          )
    read.set(set.id, names)
    names.catch(() => read.delete(set.id))
  }
  return names
}

/** Whether all leaves of the tree are sequences of the alignment, and there are as many. */
export function belongs(alignment: Dataset, names: Set<string>, tree: Dataset): boolean {
  if (!hasAlignment(alignment) || !hasTree(tree) || tree.id === alignment.id) return false
  const leaves = tree.report?.tree?.leaf_names ?? []
  return (
    leaves.length > 0 &&
    tree.report?.tree?.leaves === alignment.report?.sequences &&
    leaves.every((leaf) => names.has(form(leaf)))
  )
}

/** Leaves without a sequence and sequences without a leaf. */
export function strangers(names: Set<string>, tree: Dataset): string[] {
  return (tree.report?.tree?.leaf_names ?? []).filter((leaf) => !names.has(form(leaf)))
}
