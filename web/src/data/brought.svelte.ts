// The files uploaded in this tab. They are kept while the page changes, and after a reload once they are uploaded.
import { type Dataset, list, one, upload } from './datasets'
import { hasAlignment, hasTree } from './datasets'
import { belongs, namesOf } from './pairs'
import { unpacked } from './unpack'

const KEY = 'datamonkey.brought'
export interface Item {
  key: number
  name: string
  done: number
  set?: Dataset
  names: Set<string>
  /** Id of the tree paired with an alignment; null until the reader chooses one. */
  tree: string | null
  error?: unknown
  /** The same file was uploaded before. */
  again?: boolean
  cancel: () => void
}
interface Kept {
  id: string
  name: string
  tree: string | null
}

class Brought {
  items = $state<Item[]>([])
  /** Trees of earlier visits. */
  earlier = $state.raw<Dataset[]>([])
  #next = 0

  constructor() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Kept[]
    for (const { id, name, tree } of kept) {
      const item = this.#add(name)
      item.tree = tree
      one(id).then(
        (set) => this.#arrived(item, set),
        () => this.drop(item),
      )
    }
  }

  #add(name: string): Item {
    this.items.push({ key: this.#next++, name, done: 0, names: new Set(), tree: null, cancel: () => {} })
    return this.items[this.items.length - 1] as Item
  }
  #arrived(item: Item, set: Dataset) {
    item.again = this.items.some((other) => other !== item && other.set?.id === set.id)
    item.set = set
    this.keep()
    if (!hasAlignment(set)) return
    void namesOf(set).then(
      (names) => (item.names = names),
      () => {},
    )
    if (!hasTree(set) && !this.earlier.length)
      void list().then(
        (sets) => (this.earlier = sets.filter(hasTree)),
        () => {},
      )
  }

  bring(files: Iterable<File>, arrived: () => void) {
    for (const file of files) {
      const item = this.#add(file.name)
      let gone = false
      item.cancel = () => {
        gone = true
        this.drop(item)
      }
      unpacked(file)
        .then((plain) => {
          if (gone) return
          const sending = upload(plain, (done) => (item.done = done))
          item.cancel = () => {
            sending.cancel()
            this.drop(item)
          }
          return sending.done.then((set) => {
            this.#arrived(item, set)
            arrived()
          })
        })
        .catch((error: unknown) => (item.error = error))
    }
  }
  drop(item: Item) {
    this.items = this.items.filter((other) => other.key !== item.key)
    this.keep()
  }
  keep() {
    const kept: Kept[] = this.items.flatMap(({ set, name, tree }) => (set ? [{ id: set.id, name, tree }] : []))
    sessionStorage.setItem(KEY, JSON.stringify(kept))
  }

  /** Files with only a tree, each once, the current ones first. */
  get trees(): Dataset[] {
    const now = this.items.flatMap(({ set }) => (set && hasTree(set) && !hasAlignment(set) ? [set] : []))
    return [...new Map([...now, ...this.earlier].map((set) => [set.id, set])).values()]
  }
  paired(item: Item): string {
    const { set, names } = item
    return (set && !hasTree(set) ? this.trees.find((tree) => belongs(set, names, tree))?.id : undefined) ?? ''
  }
  treeOf = (item: Item) => item.tree ?? this.paired(item)
}

export const brought = new Brought()
