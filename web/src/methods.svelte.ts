// The analyses of the service, requested once.
import { answer, api, type Method } from './api'

let asked: Promise<Method[]> | undefined
export function methods(): Promise<Method[]> {
  asked ??= answer(api.GET('/methods')).then((all) => all.methods)
  asked.catch(() => (asked = undefined))
  return asked
}

/** Returns the name of an analysis, such as contrast-FEL, or its id until the names are loaded. */
class Names {
  #known = $state<Record<string, string>>({})
  #begun = false
  of(id: string | undefined): string {
    if (!this.#begun) {
      this.#begun = true
      void methods().then(
        (all) => (this.#known = Object.fromEntries(all.map(({ id, name }) => [id, name]))),
        () => (this.#begun = false),
      )
    }
    return id === undefined ? '' : (this.#known[id] ?? id)
  }
}
export const names = new Names()
