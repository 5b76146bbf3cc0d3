// A person's way through the page: from files to a result and its table, with what can go wrong.
// usage: node tests/path.mjs PROGRAM
import assert from 'node:assert/strict'
import { strFromU8, unzipSync } from 'fflate'
import { look, saved, serve, test, watched } from './service.mjs'

// Ten codons for five taxa that differ here and there, and the same for more of both.
const WORDS = ['GCT', 'AAA', 'CTG', 'GAC', 'TTC', 'GGA', 'CAT', 'ACC', 'TGG', 'CGT', 'AGC', 'GTA']
function fasta(taxa, codons) {
  const gene = (t) =>
    Array.from(
      { length: codons },
      (_, c) => WORDS[(c * 5 + ((c * 7 + t * 5) % 6 < 2 ? t % 3 : 0)) % WORDS.length],
    ).join('')
  return taxa.map((taxon, t) => `>${taxon}\n${gene(t)}\n`).join('')
}
const FIVE = ['A', 'B', 'C', 'D', 'E']
const SMALL = fasta(FIVE, 12)
const LARGE = fasta(
  Array.from({ length: 24 }, (_, k) => `taxon_${k}`),
  150,
)

const service = await serve()
const small = service.file('genes.fasta', SMALL)
const tree = service.file('genes.nwk', '((A:0.1,B:0.1):0.1,(C:0.1,D:0.1):0.1,E:0.1);')
const stop = service.file('stop.fasta', SMALL.replace('AAA', 'TAA'))
const strangers = service.file('strangers.nwk', '((V,W),(X,Y),Z);')
const wider = service.file('wider.nwk', '(((A,V),B),(C,D),E);')
const large = service.file('large.fasta', LARGE)
const { address } = service

const heading = (page, name) => page.getByRole('heading', { name })
const start = (page) => page.getByRole('button', { name: 'Start', exact: true }).click()
async function bring(page, files) {
  await page.goto(`${address}/data`)
  await page.getByLabel('Choose files').setInputFiles(files)
  for (const file of files)
    await page
      .getByRole('cell')
      .getByRole('link', { name: file.split('/').pop(), exact: true })
      .waitFor()
}
async function choose(page, label, name) {
  const list = page.getByLabel(label, { exact: true })
  const option = list.locator('option', { hasText: name })
  await option.first().waitFor({ state: 'attached' })
  await list.selectOption(await option.first().getAttribute('value'))
}

await test('from files to a FEL result and its CSV, shared by a link', async (browser) => {
  const context = await browser.newContext()
  const { page, quiet } = await watched(context, address)
  await page.goto(address)
  await heading(page, 'Find natural selection').waitFor()
  // The example can be explored before anything is uploaded.
  await heading(page, 'An example: FEL').waitFor()
  await page.mouse.move(9, 9)
  await page.getByRole('group', { name: 'diversifying: sites' }).getByRole('button').first().click()
  await page.getByRole('complementary', { name: 'Inspector' }).getByText('Codon 62').waitFor()
  await look(page, 'home')
  await bring(page, [small, tree])
  await look(page, 'data')
  await page.getByRole('cell').getByRole('link', { name: 'genes.fasta', exact: true }).click()
  await heading(page, 'genes.fasta').waitFor()
  await look(page, 'dataset')
  await page.getByRole('link', { name: 'Run an analysis' }).click()
  await page.getByLabel('Question or name').fill('fel')
  await look(page, 'questions')
  await page.getByRole('button', { name: 'FEL', exact: true }).click()
  await choose(page, 'Tree', 'genes.nwk')
  await page.getByLabel('Select branches').first().waitFor()
  await look(page, 'form')
  await start(page)
  await heading(page, 'Results').waitFor()
  const result = JSON.parse((await saved(page, () => page.getByRole('link', { name: 'JSON' }).click())).bytes)
  assert.equal(result.input['number of sequences'], 5)
  await page.getByText(/12 of 12 rows/).waitFor()
  // Sites that were found come first until the reader sorts the table.
  await page.getByRole('columnheader', { name: 'codon' }).getByRole('button').click()
  const cells = await page.locator('tbody tr').first().locator('td').allTextContents()
  assert.equal(cells[0], '1')
  const csv = await saved(page, () => page.getByRole('link', { name: 'CSV' }).click())
  const lines = csv.bytes.toString().trim().split('\n')
  assert.equal(lines.length, 13)
  const alpha = lines[0].split(',').indexOf('alpha')
  // On the page, the class and the p-value come first.
  const columns = await page.locator('thead th').allTextContents()
  const shown = Number(cells[columns.findIndex((name) => name.trim() === 'α')])
  assert.ok(
    Math.abs(shown - Number(lines[1].split(',')[alpha])) <= Math.abs(shown) * 1e-3,
    `${cells} against ${lines[1]}`,
  )
  await page.getByText('Methods paragraph and citations').click()
  const methods = await page.getByLabel('Methods', { exact: true }).textContent()
  assert.match(methods, /5 sequences and 12 codons/)
  assert.match(methods, /HyPhy 2\.5/)
  assert.match(await page.getByLabel('BibTeX', { exact: true }).textContent(), /doi = \{10\.1093\/molbev\/msi105\}/)
  const archive = await saved(page, () => page.getByRole('button', { name: 'Everything (ZIP)' }).click())
  const files = unzipSync(archive.bytes)
  assert.deepEqual(
    Object.keys(files)
      .filter((name) => !name.startsWith('figures/'))
      .sort(),
    [
      'data/alignment-genes.fasta',
      'data/tree-genes.nwk',
      'log.txt',
      'methods.txt',
      'references.bib',
      'result.json',
      'table.csv',
    ],
  )
  assert.equal(strFromU8(files['data/alignment-genes.fasta']), SMALL)
  assert.deepEqual(JSON.parse(strFromU8(files['result.json'])), result)
  await look(page, 'result')
  await page.reload()
  await page.getByText(/12 of 12 rows/).waitFor()

  // The same request opens its job; another analysis of the same data is put beside it.
  await page.getByRole('link', { name: 'Edit and rerun' }).click()
  await page.getByRole('heading', { name: /^FEL/ }).waitFor()
  assert.match(await page.locator('#tree option:checked').textContent(), /genes\.nwk/)
  await start(page)
  await page.getByText('You have already run this analysis').waitFor()
  const job = page.url().replace(/\?.*/, '')
  await page.getByRole('link', { name: 'Edit and rerun' }).click()
  await page.getByText('Advanced options').click()
  await page.locator('#field-srv').selectOption('No')
  await start(page)
  await heading(page, 'Results').waitFor()
  await page.goto(`${address}/jobs`)
  await page.getByText('No jobs yet').waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('button', { name: 'Cancel or delete' }).isDisabled(), true)
  await page.getByLabel('Select all 2').check()
  await look(page, 'jobs')
  const both = await saved(page, () => page.getByRole('button', { name: 'Download (ZIP)' }).click())
  const packed = Object.keys(unzipSync(both.bytes))
  assert.equal(packed.filter((name) => name.endsWith('/result.json')).length, 2)
  assert.equal(
    packed.filter((name) => name.endsWith('figures/fel-p.svg')).length,
    2,
    'figures of jobs that are not on the page',
  )
  // What is sought survives a reload and Back.
  await page.getByLabel('Search').fill('FEL')
  await page.getByLabel('Status', { exact: true }).selectOption('completed')
  await page.reload()
  await page.getByLabel('Select all 2').check()
  assert.equal(await page.getByLabel('Search').inputValue(), 'FEL')
  assert.match(page.url(), /state=completed/)
  await page.getByRole('link', { name: 'Compare' }).click()
  await page.getByRole('row', { name: /varies between sites (Yes No|No Yes)/ }).waitFor()
  await look(page, 'compare')
  await page.goto(job)
  await heading(page, 'Results').waitFor()

  // Somebody without this session reads it by its link until that is withdrawn.
  await page.getByRole('button', { name: 'Create share link' }).click()
  const plain = await page.getByRole('link', { name: /\/shared\// }).getAttribute('href')
  // The owner still sees after a reload that it is shared; a moved threshold goes along with the link.
  await page.reload()
  await page.getByRole('button', { name: 'Stop sharing' }).waitFor()
  assert.equal(await page.getByRole('link', { name: /\/shared\// }).getAttribute('href'), plain)
  await page.getByLabel('Threshold, p-value').fill('2')
  await page.getByText('Enter a number from 0 to 1, not 2').waitFor()
  await page.getByLabel('Threshold, p-value').fill('0.9')
  await page.getByText('(p ≤ 0.9)').first().waitFor()
  await page.reload()
  await page.getByText('(p ≤ 0.9)').first().waitFor()
  const link = await page.getByRole('link', { name: /\/shared\// }).getAttribute('href')
  assert.equal(link, `${plain}?threshold=0.9`)
  const other = await watched(await browser.newContext(), address)
  await other.page.goto(link)
  await other.page.getByText(/12 of 12 rows/).waitFor()
  await other.page.getByText('(p ≤ 0.9)').first().waitFor()
  await look(other.page, 'shared')
  await page.getByRole('button', { name: 'Stop sharing' }).click()
  await page.getByRole('link', { name: /\/shared\// }).waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('button', { name: 'Stop sharing' }).count(), 0)
  other.expected.push(/404/)
  await other.page.reload()
  await other.page.getByRole('alert').waitFor()
  assert.match(await other.page.getByRole('alert').textContent(), /no longer|not|link/i)
  quiet()
  other.quiet()
})

await test('a bad file and a tree with other taxa are explained next to their fields', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  expected.push(/422/)
  await bring(page, [small, stop, strangers, wider])
  await page.goto(`${address}/new?method=fel`)
  await choose(page, 'Alignment', 'stop.fasta')
  await start(page)
  await page
    .locator('.field', { has: page.locator('#alignment') })
    .getByText(/stop codon/i)
    .waitFor()
  await choose(page, 'Alignment', 'genes.fasta')
  await choose(page, 'Tree', 'strangers.nwk')
  await start(page)
  // One sentence names the leaves without a sequence and the sequences without a leaf.
  const wrong = page.locator('.field', { has: page.locator('#tree') })
  await wrong.getByText("5 leaves of the tree are not in the alignment: 'V', 'W', 'X', 'Y', 'Z'.").first().waitFor()
  await wrong.getByText("5 sequences are not in the tree: 'A', 'B', 'C', 'D', 'E'.").first().waitFor()
  await look(page, 'problem')
  // The way out is next to the problem.
  await choose(page, 'Tree', 'wider.nwk')
  await wrong.getByText("The leaf 'V' is not in the alignment.").first().waitFor()
  await page.getByLabel('Remove taxa that are in only one file').selectOption('Tree')
  await wrong.getByText("The leaf 'V' is not in the alignment.").first().waitFor({ state: 'detached' })
  quiet()
})

await test('a job survives a restart of the service, and can be cancelled', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  await bring(page, [large])
  await page.goto(`${address}/new?method=busted`)
  await choose(page, 'Alignment', 'large.fasta')
  await start(page)
  await page.getByText('You can close this window').waitFor()
  await page.locator('.state', { hasText: 'running' }).waitFor()
  await look(page, 'running')
  expected.push(/Failed to load resource/, /ERR_/)
  await service.down()
  await page.getByText('The connection was lost').waitFor()
  await service.up()
  await page.getByText('The connection was lost').waitFor({ state: 'hidden' })
  await page.locator('.state', { hasText: 'running' }).waitFor()
  await page.getByRole('button', { name: 'Cancel job' }).click()
  await page.getByRole('button', { name: 'Cancel the job' }).click()
  await page.getByText('The job was cancelled and removed').waitFor()
  await page.goto(`${address}/jobs`)
  await page.goto(`${address}/about`)
  await page.getByText(/Version \d/).waitFor()
  await look(page, 'about')
  expected.push(/404/)
  await page.goto(`${address}/nowhere`)
  await heading(page, 'Page not found').waitFor()
  await look(page, 'missing')
  quiet()
})
await service.remove()

await test('a failed job says why, and can be restarted', async (browser) => {
  const limited = await serve({ JOB_TIME_LIMIT_SECS: '2' })
  try {
    const { page, quiet } = await watched(await browser.newContext(), limited.address)
    await page.goto(limited.address)
    await page.getByLabel('Choose files').setInputFiles([limited.file('large.fasta', LARGE)])
    await page.getByRole('link', { name: 'Run an analysis' }).click()
    await page.getByRole('button', { name: 'BUSTED', exact: true }).click()
    await start(page)
    await page.locator('.state', { hasText: 'failed' }).waitFor()
    assert.match(await page.getByRole('alert').first().textContent(), /limit|time|long/i)
    await page.getByText(/What to do: Test fewer branches/).waitFor()
    await look(page, 'failed')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('You can close this window').waitFor()
    quiet()
  } finally {
    await limited.remove()
  }
})
