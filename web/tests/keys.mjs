// The key of a session: pasted wrong, expired, and in two tabs at once.
// usage: node tests/keys.mjs PROGRAM
import assert from 'node:assert/strict'
import { look, serve, test, watched } from './service.mjs'

const service = await serve()
const { address } = service
const api = `${address}/api/v1`
const gene = (k) =>
  ['A', 'B', 'C', 'D']
    .map((name, n) => `>${name}\n${'GCTAAACTG'.repeat(4)}${['GAC', 'TTC', 'GGA', 'CAT'][(n + k) % 4]}\n`)
    .join('')
const key = (page) => page.evaluate(() => localStorage.getItem('datamonkey.token'))
const names = async (token) =>
  (await (await fetch(`${api}/datasets`, { headers: { Authorization: `Bearer ${token}` } })).json()).datasets
    .map(({ name }) => name)
    .sort()
async function bring(page, name, text) {
  await page.getByLabel('Choose files').setInputFiles([service.file(name, text)])
  await page.locator('.card', { hasText: name }).getByRole('link', { name: 'View', exact: true }).waitFor()
}

await test('a wrong key is rejected, and a valid one is accepted', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  expected.push(/401/)
  await page.goto(`${address}/data`)
  await bring(page, 'one.fasta', gene(1))
  const own = await key(page)
  await page.getByText('Session key', { exact: true }).click()
  await page.getByText(own).waitFor()
  await page.getByLabel('Another key').fill('eyJ.wrong.key')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByText('This key is not valid').waitFor()
  assert.equal(await key(page), own)
  await look(page, 'key')
  const other = (await (await fetch(`${api}/session`, { method: 'POST' })).json()).token
  await page.getByLabel('Another key').fill(other)
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('button', { name: 'Replace' }).click()
  await page.getByText('No datasets yet.').waitFor()
  assert.equal(await key(page), other)
  quiet()
})

await test('every page says that a key no longer works, and a new session can be started', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  expected.push(/401/)
  await page.goto(`${address}/data`)
  await bring(page, 'one.fasta', gene(1))
  const own = await key(page)
  await fetch(`${api}/session`, { method: 'DELETE', headers: { Authorization: `Bearer ${own}` } })
  for (const path of ['/jobs', '/data', '/new', '/jobs/abc', '/data/abc', '/compare?jobs=a,b']) {
    await page.goto(address + path)
    await page.getByText('no longer works').waitFor()
    await page.getByRole('button', { name: 'Start new session' }).waitFor()
    await page.getByRole('textbox', { name: 'Another key' }).first().waitFor()
  }
  await look(page, 'key-refused')
  await page.getByRole('button', { name: 'Start new session' }).click()
  await page.getByRole('heading', { name: 'Find natural selection' }).waitFor()
  await bring(page, 'two.fasta', gene(2))
  assert.deepEqual(await names(await key(page)), ['two.fasta'])
  quiet()
})

// Where the address is not secure, browsers have no locks.
for (const locks of ['locks', 'no locks'])
  await test(`two tabs that upload at the same time share one session (${locks})`, async (browser) => {
    const context = await browser.newContext()
    if (locks !== 'locks')
      await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }))
    const [one, two] = [await watched(context, address), await watched(context, address)]
    await Promise.all([one.page.goto(`${address}/data`), two.page.goto(`${address}/data`)])
    await Promise.all([bring(one.page, 'left.fasta', gene(1)), bring(two.page, 'right.fasta', gene(3))])
    assert.equal(await key(one.page), await key(two.page))
    assert.deepEqual(await names(await key(one.page)), ['left.fasta', 'right.fasta'])
    // A third tab, which was there before, has what the others have brought.
    await one.page.reload()
    await one.page.getByRole('cell').getByRole('link', { name: 'right.fasta' }).waitFor()
    // A key that another tab has replaced is not used any more.
    // What this tab is just asking may find itself without one: the browser says so.
    one.expected.push(/401/)
    await one.page.evaluate(() => localStorage.removeItem('datamonkey.token'))
    await bring(two.page, 'after.fasta', gene(2))
    assert.deepEqual(await names(await key(two.page)), ['after.fasta'])
    one.quiet()
    two.quiet()
  })
await service.remove()
