// A job as it goes: by server-sent events, and by asking with `?wait=` where these do not come.
import { type Job, type JobEvent, send } from '../api'
import { session } from '../session.svelte'

export class Live {
  job = $state<Job | null>(null)
  problem = $state('')
  lost = $state(false)
  #source: EventSource | null = null
  #asking = new AbortController()

  constructor(readonly id: string) {
    void this.load(0).then(() => this.follow())
  }

  get over() {
    return ['completed', 'failed', 'cancelled'].includes(this.job?.state ?? '')
  }

  async load(wait: number) {
    try {
      const response = await send(`/jobs/${this.id}?wait=${wait}`, { signal: this.#asking.signal })
      this.job = (await response.json()) as Job
      this.problem = ''
      this.lost = false
    } catch (error) {
      if (this.#asking.signal.aborted) return
      if (this.job) this.lost = true
      else this.problem = (error as Error).message
    }
  }

  follow() {
    if (this.over || !this.job || this.#asking.signal.aborted) return
    this.#source = new EventSource(session.inAddress(`/api/v1/jobs/${this.id}/events`))
    const take = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as JobEvent
      this.lost = false
      if (this.job) Object.assign(this.job, event)
      if (this.over) { this.#source?.close(); void this.load(0) }
    }
    this.#source.onmessage = take
    for (const name of ['state', 'progress']) this.#source.addEventListener(name, take)
    this.#source.onerror = () => { this.#source?.close(); void this.poll() }
  }

  async poll() {
    while (!this.over && !this.#asking.signal.aborted) {
      await this.load(20)
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }

  close() {
    this.#asking.abort()
    this.#source?.close()
  }
}
