import { untrack } from 'svelte'
import { go, place } from '../router.svelte'

/** The reader's selection, which the figures and tables of a result share. */
export class Chosen {
  /** The site, counted from 1 over all partitions. */
  site = $state<number | null>(null)
  /** The name of the node below the branch. */
  branch = $state<string | null>(null)

  /** Starts with what an address says. */
  constructor(query?: URLSearchParams) {
    if (query) this.read(query)
  }

  /** Selects what an address says. */
  read(query: URLSearchParams) {
    const site = Number(query.get('site') ?? NaN)
    this.site = Number.isInteger(site) && site > 0 ? site : null
    this.branch = query.get('branch')
  }

  /** Selects a site or branch, or clears it if it is selected. */
  toggle(role: 'site' | 'branch', name: string | number) {
    if (role === 'site') this.site = this.site === name ? null : Number(name)
    else this.branch = this.branch === name ? null : String(name)
  }

  /** Adds the selection to an address. */
  write(query: URLSearchParams) {
    const set = (name: string, value: string | number | null) =>
      value === null ? query.delete(name) : query.set(name, String(value))
    set('site', this.site)
    set('branch', this.branch)
  }
}

/** A selection that starts with what the page's address says, and is part of it. Back undoes it. */
export function addressed(): Chosen {
  const chosen = new Chosen(place.query)
  $effect(() => {
    const { query } = place
    untrack(() => chosen.read(query))
  })
  $effect(() => {
    const query = new URLSearchParams(untrack(() => place.search))
    const before = query.has('site') || query.has('branch')
    chosen.write(query)
    untrack(() => {
      if (`?${query}` !== place.search && (query.size || place.search))
        // Only the first selection is a step back in the history, not each of many.
        go(`${place.path}${query.size ? `?${query}` : ''}`, before)
    })
  })
  return chosen
}
