import { createSubscriber } from 'svelte/reactivity'

const eachSecond = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** The current time in milliseconds. What is shown of it changes every second. */
export function now(): number {
  eachSecond()
  return Date.now()
}
