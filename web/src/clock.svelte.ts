import { createSubscriber } from 'svelte/reactivity'

const eachSecond = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** The current time in milliseconds; updates every second where it is shown. */
export function now(): number {
  eachSecond()
  return Date.now()
}

/** The seconds between two times. */
export const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000

/** The seconds since a time; updates every second. */
export const secondsSince = (time: string) => (now() - Date.parse(time)) / 1000
