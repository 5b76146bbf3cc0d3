// The analyses of the service, requested once.
import { answer, api, type Job, type Method } from './api'

let asked: Promise<Method[]> | undefined
export function methods(): Promise<Method[]> {
  asked ??= answer(api.GET('/methods')).then((all) => all.methods)
  asked.catch(() => (asked = undefined))
  return asked
}

/** Returns an analysis, or undefined if the service does not have it or does not answer. */
export const methodOf = (id: string): Promise<Method | undefined> =>
  methods().then(
    (all) => all.find((one) => one.id === id),
    () => undefined,
  )

/** Whether an analysis is one of codons. That depends on the analysis, or on a parameter of the job. */
export function ofCodons(method: Method | undefined, job: Job): boolean {
  const data = method?.input?.data ?? ('genetic_code' in job.parameters ? 'codon' : null)
  return data === 'by_type' ? String(job.parameters.data_type).toLowerCase() === 'codon' : data === 'codon'
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
