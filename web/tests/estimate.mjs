// An estimate: the native engine's answer on the page while HyPhy runs, and HyPhy's result in its place.
// usage: node tests/estimate.mjs PROGRAM
import assert from 'node:assert/strict'
import { fasta, simulate } from './simulate.mjs'
import { look, serve, test, watched } from './service.mjs'

const service = await serve({ USER_TOKEN_ENABLED: 'false', ESTIMATE_MAX_SECS: '60' })
const api = `${service.address}/api/v1`

async function ask(path, init) {
  const response = await fetch(api + path, init)
  const answer = await response.json()
  assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`)
  return answer
}
async function upload(text) {
  const form = new FormData()
  form.append('meta', '{"type":"test"}')
  form.append('file', new Blob([text]), 'data')
  return (await ask('/datasets', { method: 'POST', body: form })).id
}

await test('an estimate is shown while HyPhy runs, and its result says whether the engines agree', async (browser) => {
  const { sequences, newick } = simulate(5, 3, 60, () => 0.4)
  const request = { alignment: await upload(fasta(sequences)), tree: await upload(newick) }
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request) }
  const { job_id: id } = await ask('/methods/fel-start', init)
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await page.goto(`${service.address}/jobs/${id}`)
  await page.getByRole('heading', { name: 'Preliminary results, native engine' }).waitFor()
  await page.getByText("HyPhy's result will replace it.").waitFor()
  await page.locator('figure').first().waitFor()
  assert.equal((await ask(`/jobs/${id}`)).state, 'running')
  await look(page, 'estimate')
  await page.getByRole('heading', { name: 'Results', exact: true }).waitFor()
  await page.getByText("The native engine's preliminary estimate detected the same codons.").waitFor()
  assert.equal(await page.getByRole('heading', { name: 'Preliminary results' }).count(), 0)
  quiet()
})

await service.remove()
