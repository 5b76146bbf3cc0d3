// Follows a job by server-sent events, and by requests with `?wait=` if events do not arrive.
import { isOver, type Job, type JobEvent, send, ServiceError } from '../api'
import { session } from '../session.svelte'

const AGAIN = 1000

export class Live {
  job = $state<Job | null>(null)
  problem = $state<unknown>(null)
  lost = $state(false)
  /** The job was deleted, here or elsewhere. */
  gone = $state(false)
  /** Names of the job's stages so far, by number. */
  stages = $state<Record<number, string>>({})
  /** The first estimate of the run time in seconds. */
  estimate = $state<number | null>(null)
  #source: EventSource | null = null
  #asking = new AbortController()

  constructor(readonly id: string) {
    void this.load(0).then(() => this.follow())
  }

  get over() {
    return this.gone || isOver(this.job?.state ?? '')
  }

  async load(wait: number) {
    try {
      const response = await send(`/jobs/${this.id}?wait=${wait}`, { signal: this.#asking.signal })
      this.#learn((await response.json()) as Job)
      this.problem = null
      this.lost = false
    } catch (error) {
      if (this.#asking.signal.aborted) return
      if (this.job && error instanceof ServiceError && error.problem.status === 404) this.gone = true
      else if (this.job && !(error instanceof ServiceError && error.problem.status === 401)) this.lost = true
      else this.problem = error
    }
  }

  #learn(job: Job) {
    this.job = job
    const { queue, progress, remaining_seconds: remaining, elapsed_seconds: elapsed } = job
    if (progress && progress.stage_number) this.stages[progress.stage_number] = progress.stage
    if (this.estimate !== null) return
    if (queue?.expected_start && queue.expected_end) {
      this.estimate = (Date.parse(queue.expected_end) - Date.parse(queue.expected_start)) / 1000
    } else if (remaining != null && elapsed != null) this.estimate = elapsed + remaining
  }

  follow() {
    if (this.over || !this.job || this.problem || this.#asking.signal.aborted) return
    const source = new EventSource(session.inAddress(`/api/v1/jobs/${this.id}/events`))
    this.#source = source
    const take = (message: MessageEvent<string>) => {
      const { progress, ...event } = JSON.parse(message.data) as JobEvent
      this.lost = false
      if (!this.job) return
      // The stream starts with old events. They name the stages, but must not reset the state.
      if (progress?.stage_number) this.stages[progress.stage_number] = progress.stage
      if (event.at < this.job.updated) return
      const began = this.job.state !== 'running' && event.state === 'running'
      this.#learn({ ...this.job, estimate: undefined, ...event, updated: event.at, ...(progress ? { progress } : {}) })
      if (this.over || began) void this.load(0)
      if (this.over) source.close()
    }
    for (const name of ['state', 'progress', 'estimate']) source.addEventListener(name, take)
    source.onerror = () => {
      source.close()
      void this.heal()
    }
  }

  /** Repeats requests until the service responds, and then follows the events again. */
  async heal() {
    await this.load(0)
    while (this.lost && !this.over && !this.#asking.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
      await this.load(0)
    }
    // If events do not arrive at all, this shows the changes.
    if (!this.over && !this.#asking.signal.aborted) await this.load(10)
    this.follow()
  }

  close() {
    this.#asking.abort()
    this.#source?.close()
  }
}
