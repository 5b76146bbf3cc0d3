// What people wait for: bytes of the first load, from opening / to usable, from a job's end to its picture.
// usage: node measure.mjs PROGRAM
import { chromium } from 'playwright-core'
import { run } from './tests/jobs.mjs'
import { serve } from './tests/service.mjs'

const ROUNDS = 5
const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const { ids } = await run(service.address, ['fel'])
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** Opens a page in a browser that has nothing kept; milliseconds until `ready`, and bytes that came. */
async function open(path, ready) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  let bytes = 0
  client.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  const began = performance.now()
  await page.goto(service.address + path)
  await ready(page)
  const time = performance.now() - began
  await page.waitForLoadState('networkidle')
  await context.close()
  return { time, bytes }
}
for (const [name, path, ready] of [
  ['/', '/', (page) => page.getByRole('button', { name: 'Use example data' }).waitFor()],
  ['a result', `/jobs/${ids.fel}`, (page) => page.locator('figure[data-figure="fel-p"] svg').waitFor()],
]) {
  const rounds = []
  for (let k = 0; k < ROUNDS; k++) rounds.push(await open(path, ready))
  console.log(
    `${name}: ${rounds[0].bytes} bytes compressed, usable after ${Math.round(median(rounds.map(({ time }) => time)))} ms (median of ${ROUNDS})`,
  )
}

// A job that is watched: from its last event to the first figure.
const page = await browser.newPage()
await page.goto(`${service.address}/`)
await page.getByRole('button', { name: 'Use example data' }).click()
await page.getByRole('link', { name: 'Run an analysis' }).click()
await page.getByRole('button', { name: 'SLAC', exact: true }).click()
const started = page.waitForResponse(/slac-start/)
await page.getByRole('button', { name: 'Start', exact: true }).click()
const { job_id: id } = await (await started).json()
let ended
for (;;) {
  const job = await (await fetch(`${service.address}/api/v1/jobs/${id}?wait=20`)).json()
  if (!['completed', 'failed'].includes(job.state)) continue
  ended = Date.parse(job.ended)
  break
}
await page.locator('figure[data-figure="slac-difference"] svg').waitFor()
console.log(`from a job's end to the picture: ${Date.now() - ended} ms`)
await browser.close()
await service.remove()
