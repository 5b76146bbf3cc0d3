// A job as it changes: by server-sent events, and by asking when these break off.
import { BASE, answer, api, send, type Job } from '../api'
import { sentence } from '../lib'
import { session } from '../session.svelte'

const FINAL = ['completed', 'failed', 'cancelled']

export class Live {
  job = $state<Job | null>(null)
  log = $state('')
  error = $state('')
  #events: EventSource | null = null
  #timer = 0

  constructor(readonly id: string) {}

  get over() {
    return this.job !== null && FINAL.includes(this.job.state)
  }

  async look() {
    try {
      this.job = await answer(api.GET('/jobs/{job_id}', { params: { path: { job_id: this.id } } }))
      this.log = await (await send(`/jobs/${this.id}/log`)).text().catch(() => this.log)
      this.error = ''
    } catch (e) {
      this.error = sentence(e)
    }
    if (this.over) this.close()
  }

  open() {
    void this.look()
    this.#events = new EventSource(session.inAddress(`${BASE}/jobs/${this.id}/events`))
    for (const kind of ['state', 'progress']) this.#events.addEventListener(kind, () => void this.look())
    this.#timer = window.setInterval(() => void this.look(), 10_000)
  }

  close() {
    this.#events?.close()
    clearInterval(this.#timer)
  }
}
