// The assistant on the page, with a scripted language model.
// usage: node tests/chat.mjs PROGRAM
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { fasta, simulate } from './simulate.mjs'
import { look, serve, test, watched } from './service.mjs'

/** A server with OpenAI's protocol. `script` decides from the messages what the model says or calls. */
function model(script) {
  const server = createServer(async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const { messages } = JSON.parse(Buffer.concat(pieces))
    const { says = '', calls = [] } = script(messages)
    const chunk = (delta, finish_reason = null) =>
      response.write(`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    for (const word of says.split(/(?<= )/)) chunk({ content: word })
    const call = ([name, input], index) => ({
      index,
      id: `call_${index}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    })
    if (calls.length) chunk({ tool_calls: calls.map(call) })
    chunk({}, calls.length ? 'tool_calls' : 'stop')
    response.end('data: [DONE]\n\n')
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

let job
const server = await model((messages) => {
  const { role, content } = messages.at(-1)
  const asked = messages.findLast((message) => message.role === 'user').content
  if (asked.includes('Delete')) {
    if (role === 'user') return { calls: [['getDatasetsList', {}]] }
    const { datasets } = JSON.parse(content)
    return { calls: [['deleteDataset', { dataset_id: datasets[0].id, force: true }]] }
  }
  if (role === 'user') {
    if (asked !== 'Is my gene under positive selection?') return { says: 'As you wish.' }
    return { calls: [['getDatasetsList', {}]] }
  }
  const returned = JSON.parse(content)
  if (returned.datasets) return { calls: [['startFELJob', { alignment: returned.datasets[0].id, engine: 'native' }]] }
  if (returned.statement) return { says: `No <b>markup</b> here. ${returned.statement}` }
  if (returned.state === 'completed') return { calls: [['getJobSummary', { job_id: job }]] }
  job = returned.job_id
  return { calls: [['getJobById', { job_id: job, wait: 60 }]] }
})
const address = `http://127.0.0.1:${server.address().port}/v1`
const service = await serve({ MODEL_PROVIDER: 'openai', MODEL_NAME: 'scripted', OPENAI_BASE_URL: address })

await test('the assistant answers from the data, and asks before it deletes', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await page.goto(`${service.address}/data`)
  const { sequences } = simulate(5, 3, 20, () => 0.4)
  const file = service.file('gene.fasta', fasta(sequences))
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.getByRole('link', { name: 'gene.fasta' }).first().waitFor()
  await page.getByRole('link', { name: 'Assistant' }).click()
  await page.getByRole('button', { name: 'Is my gene under positive selection?' }).click()
  await page.getByText('No <b>markup</b> here. FEL found').waitFor()
  await page.getByText('Used 4 operations of the service').waitFor()
  assert.match(page.url(), /\/chat\/conv-/)
  await look(page, 'chat')

  await page.getByLabel('Message').fill('Delete everything')
  await page.keyboard.press('Enter')
  await page.getByText('Answer yes to confirm.').waitFor()
  await look(page, 'chat-confirm')
  await page.getByRole('button', { name: 'Do not do it' }).click()
  await page.getByText('As you wish.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Confirm', exact: true }).count(), 0)
  await page.reload()
  await page.getByText('As you wish.').waitFor()
  await page.goto(`${service.address}/data`)
  await page.getByRole('link', { name: 'gene.fasta' }).first().waitFor()
  quiet()
})

await service.remove()
server.close()

const without = await serve()
await test('without a model, the page has no assistant', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), without.address)
  await page.goto(without.address)
  await page.getByRole('link', { name: 'About' }).waitFor()
  await page.waitForLoadState('networkidle')
  assert.equal(await page.getByRole('link', { name: 'Assistant' }).count(), 0)
  quiet()
})
await without.remove()
