// Follows a screen by requests that wait for a change, and loads its report whenever there is a new finding.
import { type Screen, type ScreenReport, send, ServiceError } from '../api'

const AGAIN = 1000
/** Seconds that a request waits for a change. */
const WAIT = 30

export class LiveScreen {
  screen = $state.raw<Screen | null>(null)
  report = $state.raw<ScreenReport | null>(null)
  problem = $state<unknown>(null)
  lost = $state(false)
  #asking = new AbortController()
  /** What the report was made of. */
  #reported = ''

  constructor(readonly id: string) {
    void this.#follow()
  }

  get over() {
    return this.screen?.state === 'completed'
  }

  close() {
    this.#asking.abort()
  }

  async #follow() {
    const { signal } = this.#asking
    let version = ''
    while (!signal.aborted && !this.over) {
      try {
        const known = version ? { headers: { 'If-None-Match': version } } : {}
        const response = await send(`/screens/${this.id}${version && `?wait=${WAIT}`}`, { signal, ...known })
        const screen = (await response.json()) as Screen
        await this.#load(screen)
        version = response.headers.get('ETag') ?? ''
        this.screen = screen
        this.lost = false
        this.problem = null
      } catch (error) {
        if (signal.aborted || (error instanceof ServiceError && error.problem.status === 304)) continue
        if (error instanceof ServiceError && error.problem.status < 500) {
          this.problem = error
          return
        }
        this.lost = true
        await new Promise((resolve) => setTimeout(resolve, AGAIN))
      }
    }
  }

  /** Loads the report if an analysis has a new state or finding. */
  async #load({ steps }: Screen) {
    const now = JSON.stringify(steps.map(({ state, note, statement }) => [state, note, statement]))
    if (now === this.#reported) return
    const response = await send(`/screens/${this.id}/report`, { signal: this.#asking.signal })
    this.report = (await response.json()) as ScreenReport
    this.#reported = now
  }
}
