// Runs work in one tab at a time, for work that must not run twice in this browser.
const LEASE = 'datamonkey.busy'
/** Milliseconds after which another tab's lease counts as abandoned. */
const STALE = 15_000
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

export async function alone<T>(work: () => Promise<T>): Promise<T> {
  // Browsers have locks only in secure contexts: https, or this machine.
  if (navigator.locks) return (await navigator.locks.request(LEASE, work)) as T
  const own = `${Date.now()} ${Math.random()}`
  for (;;) {
    const held = localStorage.getItem(LEASE)
    if (!held || Date.now() - Number(held.split(' ')[0]) > STALE) {
      localStorage.setItem(LEASE, own)
      await pause(60)
      if (localStorage.getItem(LEASE) === own) break
    }
    await pause(100)
  }
  try {
    return await work()
  } finally {
    if (localStorage.getItem(LEASE) === own) localStorage.removeItem(LEASE)
  }
}
