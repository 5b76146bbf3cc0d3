// What people wait for: bytes of the first load, from opening / to usable, from a job's end to its picture,
// from Start to the native engine's estimate.
// usage: node measure.mjs PROGRAM
import { chromium } from 'playwright-core'
import { run } from './tests/jobs.mjs'
import { serve } from './tests/service.mjs'
import { fasta, simulate } from './tests/simulate.mjs'

const ROUNDS = 5
const service = await serve({ USER_TOKEN_ENABLED: 'false', ESTIMATE_MAX_SECS: '60' })
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

// An estimate of FEL on 64 sequences x 107 codons, with its figures.
async function upload(name, text) {
  const form = new FormData()
  form.append('meta', JSON.stringify({ name, type: 'auto' }))
  form.append('file', new Blob([text]), name)
  return (await (await fetch(`${service.address}/api/v1/datasets`, { method: 'POST', body: form })).json()).id
}
const { sequences, newick } = simulate(6, 1, 107, () => 0.4)
const [alignment, tree] = [await upload('simulated.fasta', fasta(sequences)), await upload('simulated.nwk', newick)]
await page.goto(`${service.address}/new?method=fel&alignment=${alignment}&tree=${tree}`)
const start = page.getByRole('button', { name: 'Start', exact: true })
await start.waitFor()
const pressed = Date.now()
await start.click()
await page.getByRole('heading', { name: 'Preliminary results, native engine' }).waitFor({ timeout: 120_000 })
await page.locator('figure[data-figure="fel-p"] svg').waitFor()
console.log(`from Start to the estimate of FEL, 64 x 107: ${((Date.now() - pressed) / 1000).toFixed(1)} s`)
await browser.close()
await service.remove()
