// One sentence about each job of a list: what it found, or why it failed. Results are read one after the other.
import { type Job, send, type Summary } from '../api'

export class Findings {
  #known = $state<Record<string, string>>({})
  #before: Promise<unknown> = Promise.resolve()

  /** The sentence; empty until it is known. Does not ask the service. */
  of = (job: Job): string => this.#known[job.job_id] ?? job.error_message ?? ''

  /** Reads the results of those jobs that have one. */
  read(jobs: Job[]) {
    for (const job of jobs.filter(({ state, job_id: id }) => state === 'completed' && !(id in this.#known))) {
      this.#known[job.job_id] = ''
      this.#before = this.#before
        .then(() => send(`/jobs/${job.job_id}/summary?rows=false`))
        .then((response) => response.json() as Promise<Summary>)
        .then(
          ({ finding }) => (this.#known[job.job_id] = finding),
          // The job's own page says why it cannot be read.
          () => {},
        )
    }
  }
}
