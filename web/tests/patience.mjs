// Waiting that ends when progress stops. A test cannot know how fast the machine is.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds without progress after which waiting fails. */
const STILL = 120_000
/**
 * Ticks of CPU time (hundredths of a second) within `STILL` that are work: a fifth of a processor. Idle services take
 * less, and so do pages in which Playwright looks for something at every frame.
 */
const WORK = 2400
/** A longer round was delayed by the machine, which may also delay what the test waits for. */
const LONGEST_ROUND = 1000

/** CPU time in ticks of every process that this one has begun, by process: proc_pid_stat(5). */
function ticks() {
  const all = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name, in parentheses, may have spaces.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      all.set(Number(pid), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) })
    } catch {
      // It has ended.
    }
  }
  const isOurs = (pid) => pid === process.pid || (all.has(pid) && isOurs(all.get(pid).parent))
  return new Map([...all].filter(([pid]) => pid !== process.pid && isOurs(pid)).map(([pid, one]) => [pid, one.ticks]))
}

/** One wait. `look` fails after `STILL` milliseconds without progress. */
export class Patience {
  #what
  #seen
  #still = 0
  #work = 0
  #last = Date.now()
  #ticks = ticks()

  /** `what` names the awaited event in the failure message. */
  constructor(what) {
    this.#what = what
  }

  /** Call this after each unsuccessful look, with what was seen. */
  look(seen) {
    this.#still += Math.min(Date.now() - this.#last, LONGEST_ROUND)
    this.#last = Date.now()
    const now = ticks()
    for (const [pid, count] of now) this.#work += Math.max(0, count - (this.#ticks.get(pid) ?? 0))
    this.#ticks = now
    if (seen !== this.#seen || this.#work >= WORK) {
      this.#seen = seen
      this.#still = 0
      this.#work = 0
    }
    if (this.#still >= STILL)
      throw new Error(`still waiting: ${this.#what}. Nothing has moved for ${STILL / 1000} s. Last seen: ${seen}`)
  }
}

/** Awaits `body`, and rejects after `STILL` milliseconds without progress. `seen` returns the observed value. */
export async function whileItMoves(what, body, seen = () => '') {
  const patience = new Patience(what)
  const over = new AbortController()
  const watching = (async () => {
    for (;;) {
      await sleep(500, undefined, { signal: over.signal })
      patience.look(seen())
    }
  })()
  try {
    return await Promise.race([body, watching])
  } finally {
    over.abort()
    watching.catch(() => {})
  }
}
