// The files uploaded in this tab. They are kept while the page changes, and after a reload once they are uploaded.
import { type Dataset, list, one, upload } from './datasets'
import { hasAlignment, hasTree } from './datasets'
import { belong, nearestFirst, type Reason } from './pairs'

const KEY = 'datamonkey.brought'
export interface Item {
  key: number
  name: string
  done: number
  set?: Dataset
  /** The number of the drop with which it came. */
  drop: number
  /** Ids of the trees whose leaves are the alignment's sequences, the one that goes with it first. */
  fits: string[]
  /** Why the first of these goes with the alignment; null if another may be meant. */
  why: Reason | null
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
  drop: number
  tree: string | null
}

class Brought {
  items = $state<Item[]>([])
  /** Trees of earlier visits. */
  earlier = $state.raw<Dataset[]>([])
  #next = 0
  #drops = 0

  constructor() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Kept[]
    for (const { id, name, drop, tree } of kept) {
      this.#drops = Math.max(this.#drops, drop)
      const item = this.#add(name, drop)
      item.tree = tree
      one(id).then(
        (set) => this.#arrived(item, set),
        () => this.drop(item),
      )
    }
  }

  #add(name: string, drop: number): Item {
    this.items.push({
      key: this.#next++,
      name,
      drop,
      done: 0,
      fits: [],
      why: null,
      tree: null,
      cancel: () => {},
    })
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
  #pairing: Promise<unknown> = Promise.resolve()
  /** Looks for the trees of alignments that have none, once for all files that have arrived. */
  #pair(): Promise<unknown> {
    // One after the other: an earlier look knows less, and must not have the last word.
    this.#pairing = this.#pairing.then(() => this.#look())
    return this.#pairing
  }
  async #look() {
    for (const item of this.items) {
      const { set } = item
      if (!set || hasTree(set)) continue
      const fits: Dataset[] = []
      for (const tree of this.trees) if (await this.#fits(set, tree)) fits.push(tree)
      const alone = this.items.filter((one) => one.drop === item.drop && one.set && hasAlignment(one.set)).length === 1
      const isWith = this.#isWith(item)
      const { trees, why } = nearestFirst(item.name, fits, (tree) => alone && isWith(tree))
      item.fits = trees.map(({ id }) => id)
      item.why = why
    }
  }
  /** Tells which trees came with a file. */
  #isWith(item: Item): (tree: Dataset) => boolean {
    const together = new Set(this.items.filter(({ drop }) => drop === item.drop).map(({ set }) => set?.id))
    return ({ id }) => together.has(id)
  }

  bring(files: Iterable<File>, arrived: () => void) {
    // The reader tries again: what was refused before says nothing any more.
    this.items = this.items.filter(({ error, set }) => !error || set)
    const drop = ++this.#drops
    for (const file of files) {
      const item = this.#add(file.name, drop)
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
    const kept: Kept[] = this.items.flatMap(({ set, name, drop, tree }) =>
      set ? [{ id: set.id, name, drop, tree }] : [],
    )
    sessionStorage.setItem(KEY, JSON.stringify(kept))
  }

  /** Files with only a tree, each once, the current ones first. */
  get trees(): Dataset[] {
    const now = this.items.flatMap(({ set }) => (set && hasTree(set) && !hasAlignment(set) ? [set] : []))
    return [...new Map([...now, ...this.earlier].map((set) => [set.id, set])).values()]
  }
  /** The trees to offer for an alignment: those that fit it, and those that came with it. */
  treesFor(item: Item): Dataset[] {
    const isWith = this.#isWith(item)
    return this.trees.filter((tree) => isWith(tree) || item.fits.includes(tree.id) || tree.id === item.tree)
  }
  paired(item: Item): string {
    const [best = ''] = item.fits
    return item.why && this.trees.some(({ id }) => id === best) ? best : ''
  }
  /** How the tree of an alignment was found; null if the reader chose it, or there is none. */
  pairing(item: Item): Reason | 'earlier' | null {
    const best = this.paired(item)
    if (!best || this.treeOf(item) !== best) return null
    return item.why === 'only' && !this.items.some(({ set }) => set?.id === best) ? 'earlier' : item.why
  }
  treeOf = (item: Item) => item.tree ?? this.paired(item)
}

export const brought = new Brought()
