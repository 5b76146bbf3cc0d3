// A large alignment is scrolled; only what is seen of it is drawn, and its views show what the file says.
// usage: node tests/viewer.mjs PROGRAM
import assert from 'node:assert/strict'
import { drawsFew, look, noteLongTasks, printLongTasks, serve, test, watched } from './service.mjs'

const SEQUENCES = 500
const CODONS = 2000
const WORDS = ['GCT', 'AAA', 'CTG', 'GAC', 'TTC', 'GGA', 'CAT', 'ACC', 'TGG', 'CGT', 'AGC', 'GTA']
// Every tenth codon differs between sequences.
const gene = (s) =>
  Array.from({ length: CODONS }, (_, c) => WORDS[(c + (c % 10 === 3 ? s % 5 : 0)) % WORDS.length]).join('')

const service = await serve()
const large = service.file(
  'large.fasta',
  Array.from({ length: SEQUENCES }, (_, s) => `>sequence_${s}\n${gene(s)}\n`).join(''),
)
await test(`an alignment of ${SEQUENCES} sequences and ${CODONS} codons scrolls`, async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await noteLongTasks(page)
  await page.goto(`${service.address}/data`)
  await page.getByLabel('Choose files').setInputFiles([large])
  await page.getByRole('link', { name: 'View', exact: true }).click()
  const stage = page.getByRole('region', { name: /^Alignment of 500 sequences/ })
  await stage.waitFor()
  await page.getByText('2,000 of 2,000 codons').waitFor()
  for (const view of ['codons', 'translated', 'nucleotides']) {
    await page.getByLabel('View', { exact: true }).selectOption(view)
    const far = await stage.evaluate(async (box) => {
      for (let k = 0; k <= 60; k++) {
        box.scrollLeft = (k / 60) * box.scrollWidth
        box.scrollTop = (k / 60) * box.scrollHeight
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      return box.scrollLeft
    })
    assert.ok(far > 10_000, `${view} reaches ${far}`)
  }
  await page.getByLabel('View', { exact: true }).selectOption('codons')
  await page.getByLabel('Variable sites only').check()
  await page.getByText('200 of 2,000 codons').waitFor()
  await page.getByLabel('Variable sites only').uncheck()
  await page.getByLabel('Go to').fill('1234')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => {
    const box = document.querySelector('.stage')
    return Math.abs(box.scrollLeft + box.clientWidth / 2 - 1234 * 36) < box.clientWidth / 2
  })
  await stage.focus()
  await page.keyboard.press('Home')
  await page.waitForFunction(() => document.querySelector('.stage').scrollLeft === 0)
  await printLongTasks(page, 'all of it')
  await drawsFew(page, 500)
  await look(page, 'alignment')
  quiet()
})
const NEXUS = `#NEXUS
BEGIN TAXA; DIMENSIONS NTAX=4; TAXLABELS A B C D; END;
BEGIN CHARACTERS; DIMENSIONS NCHAR=18; FORMAT DATATYPE=DNA GAP=-; MATRIX
A GCTAAACTGGACTTCGGA
B GCTAAACTGGACTTCGGA
C ---AAACTGGATTTCGGA
D GCTAAACTGGACTTCGGG
; END;
BEGIN ASSUMPTIONS; CHARSET first = 1-9; CHARSET second = 10-18; END;
BEGIN TREES; TREE t = ((D:0.1,C:0.1):0.1,B:0.1,A:0.1); END;
`
await test('rows follow the tree, columns a reference, and what equals the consensus is dots', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), service.address)
  await page.goto(`${service.address}/data`)
  await page.getByLabel('Choose files').setInputFiles([service.file('parts.nex', NEXUS)])
  await page.getByRole('link', { name: 'View', exact: true }).click()
  const stage = page.getByRole('region', { name: /^Alignment of 4 sequences/ })
  await stage.waitFor()
  // Codons are translated unless the reader asks for more.
  assert.equal(await page.getByLabel('View', { exact: true }).inputValue(), 'translated')
  await page.getByText('6 of 6 codons').waitFor()
  // The last thing above the alignment that has to load.
  await page.getByText('What will run').waitFor()
  await stage.scrollIntoViewIfNeeded()
  const box = await stage.boundingBox()
  // The names take as much room as the longest needs, and at least 60 pixels; a residue is 14 wide, a row 18 high.
  const over = (column, row) => ({ x: box.x + 60 + 14 * (column - 0.5), y: box.y + 20 + 18 * (row - 0.5) })
  const point = async (column, row, says) => {
    const { x, y } = over(column, row)
    await page.mouse.move(x, y)
    await page.locator('.pointed').getByText(says, { exact: true }).waitFor()
  }
  await point(1, 1, 'D, codon 1, partition first')
  await point(4, 2, 'C, codon 4, partition second')
  await page.getByLabel('Sort by tree').uncheck()
  await point(1, 1, 'A, codon 1, partition first')
  const jumped = () => page.getByLabel('Go to').inputValue()
  const { x, y } = over(3, 1)
  await page.mouse.click(x, y)
  assert.equal(await jumped(), '3')
  // C has a gap where the first codon is.
  await page.getByLabel('Number by').fill('C')
  await page.mouse.click(x, y)
  assert.equal(await jumped(), '2')
  /** Different drawings have different pixels. */
  const drawing = () => page.evaluate(() => document.querySelector('.alignment canvas').toDataURL())
  const before = await drawing()
  await page.getByLabel('Consensus as dots').check()
  await page.waitForFunction((old) => document.querySelector('.alignment canvas').toDataURL() !== old, before)
  await look(page, 'alignment-parts')
  quiet()
})
await service.remove()
