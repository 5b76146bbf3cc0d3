/** The state of a long list: sort column, page and selection. */
export class Listing<Item, Column extends string> {
  static readonly SHOWN = 50
  down = $state(true)
  page = $state(0)
  /** Ids of the selected items. */
  selected = $state.raw<Set<string>>(new Set())
  #by = $state() as Column
  #sorted = $derived.by(() => {
    const group = this.groups()
    const inOrder = (a: Item, b: Item) => this.order(a, b, this.#by) * (this.down ? -1 : 1)
    return [...this.matching()].sort((a, b) => (group && group(a).localeCompare(group(b))) || inOrder(a, b))
  })

  /**
   * `matching` returns the filtered items. The list is initially sorted by `first`, in descending order. Items that
   * `groups` gives the same name stay together.
   */
  constructor(
    first: Column,
    readonly id: (item: Item) => string,
    readonly matching: () => Item[],
    readonly order: (a: Item, b: Item, by: Column) => number,
    readonly groups: () => ((item: Item) => string) | null = () => null,
  ) {
    this.#by = first
  }

  get by() {
    return this.#by
  }
  get pages() {
    return Math.max(1, Math.ceil(this.#sorted.length / Listing.SHOWN))
  }
  /** The current page, from 0. */
  get at() {
    return Math.min(this.page, this.pages - 1)
  }
  get shown() {
    return this.#sorted.slice(this.at * Listing.SHOWN, (this.at + 1) * Listing.SHOWN)
  }
  /** Whether all matching items are selected. */
  get whole() {
    return this.matching().length > 0 && this.matching().every((item) => this.selected.has(this.id(item)))
  }

  sort(column: Column) {
    this.down = this.#by === column ? !this.down : false
    this.#by = column
  }
  toggle(id: string) {
    const next = new Set(this.selected)
    if (!next.delete(id)) next.add(id)
    this.selected = next
  }
  toggleAll() {
    this.selected = this.whole ? new Set() : new Set(this.matching().map(this.id))
  }
}
