// Analyses of sites side by side: what the page says is found is what their summaries say.
// usage: node tests/compare.mjs PROGRAM
import assert from 'node:assert/strict'
import { run } from './jobs.mjs'
import { look, saved, serve, test, watched } from './service.mjs'

const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const { address } = service
const METHODS = ['fel', 'slac', 'fubar', 'meme', 'contrast-fel']
const { ids, ask } = await run(address, METHODS)

/** The sites that a summary finds, with their class. */
async function foundBy(method) {
  const { table } = await ask(`/jobs/${ids[method]}/summary`)
  const [site, kind] = ['site', 'class'].map((name) => table.columns.findIndex((column) => column.name === name))
  return new Map(table.rows.filter((row) => row[kind]).map((row) => [row[site], row[kind]]))
}
const positive = (of) => of === 'diversifying' || of === 'episodic'
const listed = async (page, what) => {
  const text = await page.locator(`[data-sites="${what}"]`).textContent()
  return text === 'none' ? [] : text.split(', ').map(Number)
}

await test('five analyses of sites side by side find what their summaries find', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/compare?jobs=${METHODS.map((method) => ids[method]).join(',')}`)
  await page.getByRole('heading', { name: 'Detected sites' }).waitFor()
  const found = new Map()
  for (const method of METHODS) found.set(method, await foundBy(method))
  const sides = [...found.values()]
  const any = [...new Set(sides.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b)
  assert.ok(found.get('slac').size > 0 && found.get('fubar').size > 0, 'there is something to compare')
  const opposed = any.filter(
    (site) => sides.some((one) => positive(one.get(site))) && sides.some((one) => one.get(site) === 'purifying'),
  )
  assert.deepEqual(await listed(page, 'opposed'), opposed)
  assert.deepEqual(
    await listed(page, 'all'),
    any.filter((site) => {
      // MEME cannot detect negative selection, so it is left out there.
      const able = METHODS.filter((method) => method !== 'meme' || sides.some((one) => positive(one.get(site))))
      return !opposed.includes(site) && able.every((method) => found.get(method).has(site))
    }),
  )
  for (const [k, method] of METHODS.entries()) {
    const others = sides.filter((_, n) => n !== k)
    assert.deepEqual(
      await listed(page, method),
      [...sides[k].keys()].filter((site) => others.every((one) => !one.has(site))),
      method,
    )
    await page.locator('figure[data-figure="compare"]').getByText(`: ${sides[k].size} detected`).first().waitFor()
  }
  // Each row of the table, and each line of the file, says the class that the summary gives.
  const rows = page.getByRole('region', { name: 'Sites detected by any analysis' }).locator('tbody tr')
  assert.equal(await rows.count(), any.length)
  for (const [n, site] of any.entries()) {
    const cells = await rows.nth(n).locator('td').allTextContents()
    assert.equal(cells[0], String(site))
    for (const [k] of METHODS.entries())
      assert.equal(/[▲▼◆] (\S+)/.exec(cells[k + 1])?.[1], sides[k].get(site), `site ${site}, ${METHODS[k]}`)
  }
  const lines = String((await saved(page, () => page.getByRole('button', { name: 'CSV' }).click())).bytes)
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  for (const [k, method] of METHODS.entries()) {
    const written = new Map(
      lines
        .slice(1)
        .filter((line) => line[2 * k + 2])
        .map((line) => [Number(line[0]), line[2 * k + 2]]),
    )
    assert.deepEqual(written, sides[k], method)
  }
  // The posterior of FUBAR, not its Bayes factor.
  const fubar = lines.slice(1).map((line) => Number(line[5]))
  assert.ok(Math.max(...fubar) <= 1, `${Math.max(...fubar)} is no posterior`)
  assert.match(String((await saved(page, () => page.getByRole('button', { name: /^SVG/ }).click())).bytes), /180mm/)
  await look(page, 'compare-sites')
  await page.reload()
  await page.getByRole('heading', { name: 'Detected sites' }).waitFor()
  assert.deepEqual(await listed(page, 'opposed'), opposed)
  quiet()
})
await test('jobs and datasets get names and tags, and jobs are grouped by dataset', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  const named = async (path, name, tags) => {
    await page.goto(address + path)
    await page.getByRole('button', { name: 'Name and tags' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('textbox', { name: 'Tags' }).fill(tags)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }
  const { alignment_id: alignment } = await ask(`/jobs/${ids.fel}`)
  await named(`/data/${alignment}`, 'Spike', 'virus')
  await named(`/jobs/${ids.fel}`, 'First try', 'virus, draft')
  await look(page, 'job-named')
  await page.goto(`${address}/data`)
  await page.getByRole('row', { name: /Spike/ }).getByText('virus').waitFor()
  await page.goto(`${address}/jobs`)
  await page.getByRole('link', { name: 'First try: FEL' }).waitFor()
  await page.getByLabel('Group by dataset').check()
  await page.locator('th[scope="rowgroup"]').getByText('Spike').waitFor()
  await page.getByLabel('Tag').selectOption('draft')
  assert.match(page.url(), /group=data.*tag=draft/)
  await page.getByRole('link', { name: /^contrast-FEL/ }).waitFor({ state: 'detached' })
  assert.equal(await page.locator('td a[href^="/jobs/"]').count(), 1)
  await look(page, 'jobs-grouped')
  quiet()
})
await service.remove()
