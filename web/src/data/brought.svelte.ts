// The files uploaded in this tab. They are kept while the page changes, and after a reload once they are uploaded.
import { type Dataset, list, one, upload } from './datasets'
import { hasAlignment, hasTree } from './datasets'
import { belong, nearestFirst } from './pairs'

const KEY = 'datamonkey.brought'
export interface Item {
  key: number
  name: string
  done: number
  set?: Dataset
  /** Ids of the trees whose leaves are the alignment's sequences, the one with the most similar name first. */
  fits: string[]
  /** Id of the tree that goes with an alignment; null until the reader chooses it. */
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
    this.items.push({ key: this.#next++, name, done: 0, fits: [], tree: null, cancel: () => {} })
    return this.items[this.items.length - 1] as Item
  }
  #arrived(item: Item, set: Dataset) {
    item.again = this.items.some((other) => other !== item && other.set?.id === set.id)
    item.set = set
    this.keep()
    void this.#pair()
    if (hasAlignment(set) && !hasTree(set) && !this.earlier.length)
      void list().then(
        (sets) => {
          this.earlier = sets.filter(hasTree)
          return this.#pair()
        },
        () => {},
      )
  }
  /** What is known of pairs of an alignment and a tree. */
  #asked = new Map<string, Promise<boolean>>()
  #fits(set: Dataset, tree: Dataset): Promise<boolean> {
    const key = `${set.id} ${tree.id}`
    const asked = this.#asked.get(key) ?? belong(set, tree)
    this.#asked.set(key, asked)
    return asked.catch(() => {
      // It may be answered the next time.
      this.#asked.delete(key)
      return false
    })
  }
  /** Looks for the trees of alignments that have none: among those of this visit, or else one of earlier ones. */
  async #pair() {
    for (const item of this.items) {
      const { set } = item
      if (!set || hasTree(set)) continue
      const earlier = new Set(this.earlier.map(({ id }) => id))
      const fits: Dataset[] = []
      for (const tree of this.trees) {
        if (fits.length && earlier.has(tree.id)) break
        if (await this.#fits(set, tree)) fits.push(tree)
      }
      item.fits = nearestFirst(item.name, fits).map(({ id }) => id)
    }
  }

  bring(files: Iterable<File>, arrived: () => void) {
    // The reader tries again: what was refused before says nothing any more.
    this.items = this.items.filter(({ error, set }) => !error || set)
    for (const file of files) {
      const item = this.#add(file.name)
      const sending = upload(file, (done) => (item.done = done))
      item.cancel = () => {
        sending.cancel()
        this.drop(item)
      }
      sending.done
        .then((set) => {
          this.#arrived(item, set)
          arrived()
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
  /** The trees to offer for an alignment: the one that fits it, and those of this visit. */
  treesFor(item: Item): Dataset[] {
    const earlier = new Set(this.earlier.map(({ id }) => id))
    return this.trees.filter(({ id }) => !earlier.has(id) || item.fits.includes(id) || id === item.tree)
  }
  paired(item: Item): string {
    const [best = ''] = item.fits
    return this.trees.some(({ id }) => id === best) ? best : ''
  }
  treeOf = (item: Item) => item.tree ?? this.paired(item)
}

export const brought = new Brought()
