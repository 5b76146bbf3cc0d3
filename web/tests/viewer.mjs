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
  await page.getByLabel('Jump to').fill('1234')
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
await service.remove()
