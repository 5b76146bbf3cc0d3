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

/** The seconds since a time; updates every second. */
export const secondsSince = (time: string) => (now() - Date.parse(time)) / 1000
