import { flushSync } from 'svelte'

/** Whether the page is being printed. The media query `print` changes only while the browser lays out the pages, whose
 * number it has counted by then; its event `beforeprint` comes before. */
class Printing {
  current = $state(false)

  constructor() {
    addEventListener('beforeprint', () => flushSync(() => (this.current = true)))
    addEventListener('afterprint', () => (this.current = false))
  }
}

export const printing = new Printing()
