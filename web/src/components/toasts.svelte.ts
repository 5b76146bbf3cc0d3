// Short messages about what has just happened.
interface Toast {
  key: number
  text: string
}
/** Milliseconds for which a message is shown. */
const SHOWN = 6000

class Toasts {
  items = $state.raw<Toast[]>([])
  #next = 0

  show(text: string) {
    const key = this.#next++
    this.items = [...this.items, { key, text }]
    setTimeout(() => this.drop(key), SHOWN)
  }
  drop(key: number) {
    this.items = this.items.filter((item) => item.key !== key)
  }
}
export const toasts = new Toasts()
