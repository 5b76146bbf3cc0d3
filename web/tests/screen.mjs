// Screening a gene on the page: from an alignment to the report of all analyses.
// usage: node tests/screen.mjs PROGRAM
import assert from 'node:assert/strict'
import { look, saved, serve, test, watched } from './service.mjs'

const service = await serve()
const { address } = service
// Three sequences are too few for GARD, and the other analyses take seconds.
const SEQUENCES = '>a\nATGAAACCCGGG\n>b\nATGAGACCAGGG\n>c\nATGAAACCTGGA\n'
const CODONS = 4
const file = service.file('three.fasta', SEQUENCES)

await test('one button screens a gene, and the report gathers what all analyses find', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  await page.goto(address)
  await page.getByRole('link', { name: /^Screen a gene/ }).click()
  await page.getByRole('heading', { name: 'Screen a gene' }).waitFor()
  // What is uploaded is selected.
  await page.getByLabel('Choose files').setInputFiles([file])
  await page
    .getByLabel('Alignment of codons')
    .locator('option:checked', { hasText: 'three.fasta' })
    .waitFor({ state: 'attached' })
  await page.getByText('What will run').click()
  const gard = await page.getByRole('listitem').filter({ hasText: 'GARD' }).textContent()
  assert.match(gard, /Left out/)
  await look(page, 'screen-start')
  await page.getByRole('button', { name: 'Screen this gene' }).click()
  await page.getByRole('heading', { name: 'Screen of three.fasta' }).waitFor()
  await page.getByRole('status').filter({ hasText: 'Status: completed' }).waitFor()
  await page.getByRole('heading', { name: 'Answer' }).waitFor()
  const analyses = page.getByRole('region', { name: 'Analyses' })
  const states = await analyses.locator('.state').allTextContents()
  assert.deepEqual(states, ['skipped', ...Array.from({ length: 5 }, () => 'completed')])

  // A codon that is selected in the figure says what every analysis finds.
  await page.getByRole('slider', { name: /Selection along the gene/ }).press('End')
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByText(`Codon ${CODONS}`).waitFor()
  assert.match(await inspector.textContent(), /FEL: p-value.*MEME: p-value.*FUBAR: posterior probability/)
  // So do the sequences: two have GGG, one has GGA.
  await inspector.getByRole('row', { name: /GGG G 2 a, b/ }).waitFor()
  const setup = page.getByRole('complementary', { name: 'Setup' })
  await setup.getByRole('link', { name: 'three.fasta' }).waitFor()
  await setup.getByText('Universal').waitFor()
  await page.getByRole('tree', { name: 'Selection on branches' }).waitFor()
  await look(page, 'screen')

  const id = page.url().split('/').pop()
  const figure = await saved(page, () => page.getByRole('button', { name: 'SVG of Selection along the gene' }).click())
  assert.equal(figure.name, `three-screen-${id.slice(0, 8)}.svg`)
  const csv = await saved(page, () => page.getByRole('link', { name: 'CSV', exact: true }).click())
  assert.equal(csv.bytes.toString().trim().split('\n').length, CODONS + 1)
  const json = await saved(page, () => page.getByRole('link', { name: 'JSON' }).click())
  const report = JSON.parse(json.bytes)
  assert.equal(report.complete, true)
  assert.equal(report.sites.length, CODONS)
  const answer = await page.getByRole('region', { name: 'Answer' }).textContent()
  assert.equal(report.evidence, 'none')
  assert.match(answer, /No evidence/)
  for (const sentence of report.answer) assert.ok(answer.includes(sentence), `${answer}: ${sentence}`)
  assert.ok((await page.locator('main').textContent()).includes(report.methods))

  // The analyses are ordinary jobs.
  await analyses.getByRole('link', { name: 'FUBAR' }).click()
  await page.getByRole('heading', { name: 'Results' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Delete screen' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('heading', { name: 'Jobs' }).waitFor()
  await page.getByRole('link', { name: 'FUBAR' }).first().waitFor()
  expected.push(/status of 404/)
  await page.goto(`${address}/screens/${id}`)
  await page.getByText('This screen does not exist.').waitFor()
  quiet()
})

await service.remove()
