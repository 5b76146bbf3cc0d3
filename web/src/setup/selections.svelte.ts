// Selections of branches that the reader has saved in this browser. They fit every tree that has all their branches.
const KEY = 'datamonkey.selections'

export interface Selection {
  name: string
  branches: string[]
}

class Selections {
  all = $state.raw<Selection[]>(JSON.parse(localStorage.getItem(KEY) ?? '[]') as Selection[])

  #keep(all: Selection[]) {
    this.all = all
    localStorage.setItem(KEY, JSON.stringify(all))
  }
  /** Saves a selection in place of the one with the same name. */
  save(one: Selection) {
    this.#keep([...this.all.filter(({ name }) => name !== one.name), one])
  }
  drop(name: string) {
    this.#keep(this.all.filter((one) => one.name !== name))
  }
}

export const selections = new Selections()
