// Looking at trees: the tools, the keyboard, and a large tree, of which only what is seen is drawn.
// usage: node tests/tree.mjs PROGRAM
import assert from 'node:assert/strict'
import { drawsFew, look, noteLongTasks, printLongTasks, serve, test, watched } from './service.mjs'

const LEAVES = 5000
const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const upload = async (name, text) => {
  const form = new FormData()
  form.append('meta', JSON.stringify({ name, type: 'newick' }))
  form.append('file', new Blob([text]), name)
  return (await (await fetch(`${service.address}/api/v1/datasets`, { method: 'POST', body: form })).json()).id
}
/** A random-looking tree of so many leaves with lengths and supports. */
function grown(leaves, count = { of: 0 }) {
  if (leaves === 1) return `taxon_${++count.of}:${(0.01 + (count.of % 7) / 50).toFixed(3)}`
  const first = 1 + ((leaves * 7919) % (leaves - 1))
  return `(${grown(first, count)},${grown(leaves - first, count)})${50 + (leaves % 50)}:0.02`
}
const newick = (leaves) => `${grown(leaves).replace(/\d+:[\d.]+$/, '')};`
const item = (page, name) => page.getByRole('treeitem', { name: `Branch ${name}`, exact: true })
const isActive = (page, name) =>
  page.waitForFunction((label) => {
    const tree = document.querySelector('[role="tree"]')
    return document.getElementById(tree.getAttribute('aria-activedescendant'))?.getAttribute('aria-label') === label
  }, name)
/** The leaves from top to bottom. */
const order = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.box text')]
      .filter((text) => !/^\d+$/.test(text.textContent))
      .sort((a, b) => Number(a.getAttribute('y')) - Number(b.getAttribute('y')))
      .map((text) => text.textContent),
  )

await test('a tree is arranged, collapsed, re-rooted and walked by keyboard', async (browser) => {
  const id = await upload('small.nwk', '(((A:0.1,B:0.2)91:0.3,C:0.1)62:0.1,D:0.4,E:0.2);')
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await page.goto(`${service.address}/data/${id}`)
  const tree = page.getByRole('tree')
  await tree.waitFor()
  assert.deepEqual(await order(page), ['A', 'B', 'C', 'D', 'E'])
  // One tab stop, and arrows from the root to a leaf.
  assert.equal(await page.locator('.box [tabindex="0"]').count(), 0)
  await tree.focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
  await isActive(page, 'Branch A')
  await page.keyboard.press('ArrowDown')
  await isActive(page, 'Branch B')
  // Down from the last sibling is the sibling of an ancestor.
  await page.keyboard.press('ArrowDown')
  await isActive(page, 'Branch C')
  await page.keyboard.press('ArrowUp')
  await page.getByText('2 leaves, length 0.3, support 91').waitFor()
  // Supports are those of the file.
  await tree.getByText('91', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Support' }).click()
  await tree.getByText('91', { exact: true }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Collapse', exact: true }).click()
  await tree.getByText('2 leaves').waitFor()
  assert.deepEqual(await order(page), ['2 leaves', 'C', 'D', 'E'])
  // A search opens what hides the name.
  await page.getByRole('searchbox').fill('b')
  await page.keyboard.press('Enter')
  await isActive(page, 'Branch B')
  assert.deepEqual(await order(page), ['A', 'B', 'C', 'D', 'E'])
  await page.getByRole('button', { name: 'Root here' }).click()
  await page.getByRole('button', { name: 'Original root' }).waitFor()
  assert.equal((await order(page))[0], 'B')
  await page.getByRole('button', { name: 'Original root' }).click()
  await page.getByRole('button', { name: 'Ladderise' }).click()
  assert.deepEqual(await order(page), ['D', 'E', 'C', 'A', 'B'])
  await page.getByRole('button', { name: 'Align names' }).click()
  const starts = await tree.locator('text').evaluateAll((all) => all.map((text) => text.getAttribute('x')))
  assert.equal(new Set(starts).size, 1)
  const before = await item(page, 'E').boundingBox()
  await page.getByRole('button', { name: 'Zoom in' }).click()
  assert.ok((await item(page, 'E').boundingBox()).width > before.width)
  await page.getByRole('button', { name: 'Radial' }).click()
  await tree.locator('text[transform^="rotate"]').first().waitFor()
  await item(page, 'D').click()
  await isActive(page, 'Branch D')
  await look(page, 'tree-radial')
  quiet()
})
await test(`a tree of ${LEAVES} leaves`, async (browser) => {
  const id = await upload('large.nwk', newick(LEAVES))
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await noteLongTasks(page)
  await page.goto(`${service.address}/data/${id}`)
  const tree = page.getByRole('tree')
  await tree.waitFor()
  await item(page, 'taxon_1').waitFor()
  await printLongTasks(page, 'when it opens')
  await drawsFew(page, 1000)
  await page.getByRole('searchbox').fill('taxon_2500')
  await page.keyboard.press('Enter')
  await isActive(page, 'Branch taxon_2500')
  const inView = await item(page, 'taxon_2500').evaluate((rect) => {
    const [inner, outer] = [rect.getBoundingClientRect(), document.querySelector('.box').getBoundingClientRect()]
    return inner.top >= outer.top && inner.bottom <= outer.bottom
  })
  assert.ok(inView)
  await printLongTasks(page, 'find')
  await page.getByRole('button', { name: 'Root here' }).click()
  await page.getByRole('button', { name: 'Ladderise' }).click()
  await printLongTasks(page, 'root and ladderise')
  const scroll = () =>
    tree.evaluate(async (box) => {
      for (let k = 0; k <= 30; k++) {
        box.scrollTop = (k / 30) * box.scrollHeight
        box.scrollLeft = (k / 30) * box.scrollWidth
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    })
  await scroll()
  await printLongTasks(page, 'scroll')
  await page.getByRole('button', { name: 'Fit' }).click()
  await page.waitForFunction(() => document.querySelector('.box svg').getBoundingClientRect().height <= 650)
  await printLongTasks(page, 'fit')
  await page.getByRole('button', { name: 'Radial' }).click()
  for (let k = 0; k < 3; k++) await page.getByRole('button', { name: 'Zoom in' }).click()
  await scroll()
  await printLongTasks(page, 'radial')
  await drawsFew(page, 1000)
  quiet()
})
await service.remove()
