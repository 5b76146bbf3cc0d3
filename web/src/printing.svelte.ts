import { flushSync } from 'svelte'

/** Whether the page is being printed. The media query `print` matches too late: by then the browser has counted the
 * pages. The event `beforeprint` comes before that. */
class Printing {
  current = $state(false)

  constructor() {
    addEventListener('beforeprint', () => flushSync(() => (this.current = true)))
    addEventListener('afterprint', () => (this.current = false))
  }
}

export const printing = new Printing()
