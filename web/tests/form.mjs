// Choosing an analysis and setting it up: what data can do, problems beside their fields, branches.
// usage: node tests/form.mjs PROGRAM
import assert from 'node:assert/strict'
import { fasta, simulate, translate } from './simulate.mjs'
import { look, serve, test, watched } from './service.mjs'

const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const { address } = service
const api = `${address}/api/v1`
const { sequences, newick } = simulate(3, 7, 18, () => 0.4)
const gene = fasta(sequences)
async function upload(name, text) {
  const form = new FormData()
  form.append('meta', JSON.stringify({ name, type: 'auto' }))
  form.append('file', new Blob([text]), name)
  return (await (await fetch(`${api}/datasets`, { method: 'POST', body: form })).json()).id
}
const codon = await upload('codon.fasta', gene)
const protein = await upload('protein.fasta', fasta(sequences, translate))
const frame = await upload('frame.fasta', gene.replaceAll(/([ACGT])\n/g, '$1A\n'))
const tree = await upload('tree.nwk', newick)
const unrooted = await upload('unrooted.nwk', `(${sequences.map(([name]) => `${name}:0.1`).join(',')});\n`)
const strangers = await upload('strangers.nwk', newick.replaceAll('taaa', 'Yeti'))
const yeast = await upload('other-code.fasta', gene.replaceAll(/^([ACGT]{3})/gm, 'TGA'))
const card = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name, exact: true }) })
/** Unfolds why the data do not suit an analysis. */
const unfold = (page, name) => card(page, name).getByText('Not compatible with your data').click()
const field = (page, id) => page.locator('.field', { has: page.locator(`#${id}`) })
const posted = (page) =>
  page
    .waitForRequest((request) => request.method() === 'POST' && /-start/.test(request.url()))
    .then((request) => request.postDataJSON())

await test('an analysis is found by any of its names, under its question', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new`)
  const box = page.getByLabel('Question or name')
  for (const [text, name] of [
    ['multihit', 'MULTI-HIT'],
    ['Slatkin Maddison', 'Slatkin-Maddison'],
    ['contrast fel', 'contrast-FEL'],
    ['contrastfel', 'contrast-FEL'],
    ['whole gene', 'BUSTED'],
    ['positive selection', 'MEME'],
    ['positive selection', 'aBSREL'],
    ['omega', 'FEL'],
    ['foreground', 'RELAX'],
    ['recombination', 'GARD'],
  ]) {
    await box.fill(text)
    await page.getByRole('button', { name, exact: true }).waitFor()
  }
  await page.reload()
  assert.equal(await box.inputValue(), 'recombination')
  await box.fill('nothing is called so')
  await page.getByText('No analysis matches').waitFor()
  await page.getByRole('link', { name: 'Show all' }).click()
  for (const question of [
    'Which sites?',
    'Which branches?',
    'The gene as a whole?',
    'Was selection relaxed?',
    'Is there recombination?',
  ])
    await page.getByRole('heading', { name: question }).waitFor()
  // What an analysis requires is among its details.
  await card(page, 'FADE').getByText('Details').click()
  await card(page, 'FADE').getByText('a rooted tree').first().waitFor()
  quiet()
})

await test('each analysis says whether the data are compatible, and why not', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new?alignment=${codon}&tree=${tree}`)
  await card(page, 'FEL')
    .getByText(/^about \d/)
    .first()
    .waitFor()
  await unfold(page, 'FADE')
  await card(page, 'FADE')
    .getByText(/these are nucleotide sequences/)
    .first()
    .waitFor()
  await card(page, 'NRM')
    .getByText(/^about \d/)
    .first()
    .waitFor()
  await card(page, 'contrast-FEL').getByText('Select the branch sets in the form.').waitFor()
  await look(page, 'questions-data')
  await page.goto(`${address}/new?alignment=${codon}&tree=${unrooted}`)
  await unfold(page, 'NRM')
  await card(page, 'NRM')
    .getByText(/branches instead of 2/)
    .first()
    .waitFor()
  await page.goto(`${address}/new?alignment=${protein}`)
  for (const name of ['FEL', 'Slatkin-Maddison', 'FADE']) await unfold(page, name)
  await card(page, 'FEL')
    .getByText(/needs nucleotide sequences/)
    .first()
    .waitFor()
  await card(page, 'Slatkin-Maddison').getByText('The analysis needs a tree, and the file contains none.').waitFor()
  await card(page, 'FADE')
    .getByText(/needs a rooted tree, and the alignment's file contains none/)
    .waitFor()
  await page.goto(`${address}/new?alignment=${frame}`)
  await unfold(page, 'FEL')
  await card(page, 'FEL')
    .getByText(/55 nucleotides long/)
    .first()
    .waitFor()
  await card(page, 'GARD')
    .getByText(/^about \d/)
    .first()
    .waitFor()
  quiet()
})

await test('problems are shown next to their fields before a job starts', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new?method=fel&alignment=${codon}&tree=${strangers}`)
  await field(page, 'tree')
    .getByText(/The leaf 'Yeti'/)
    .first()
    .waitFor()
  await page.getByText(/Estimated run time: about/).waitFor()
  await page.getByText(/No jobs are waiting|number \d+ in the queue/).waitFor()
  await page.getByText('Advanced options').click()
  await page.getByLabel(/Bootstrap replicates/).fill('2000')
  await field(page, 'field-resample').getByText('A whole number from 0 to 1,000. You entered 2000.').waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('A value above is invalid').waitFor()
  // An invalid regular expression is read as a name with wildcards.
  await page.getByLabel('Select by name').fill('t(')
  await page.getByText('No matching names.').waitFor()
  await page.getByLabel('Select by name').fill('zebra')
  await page.getByText('No matching names.').waitFor()
  await look(page, 'form-problems')
  await page.goto(`${address}/new?method=relax&alignment=${codon}&tree=${tree}`)
  await page.getByText('Select the test branches: no branches in the tree are labelled Test').waitFor()
  await page.goto(`${address}/new?method=fel&alignment=${yeast}`)
  await field(page, 'alignment')
    .getByText(/stop codon/)
    .first()
    .waitFor()
  await page.locator('#field-genetic_code').selectOption('Yeast-mtDNA')
  await field(page, 'alignment').locator('.problem').first().waitFor({ state: 'detached' })
  quiet()
})

await test('the engine is chosen where there are several, and the form hides what it lacks', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new?method=meme&alignment=${codon}&tree=${tree}`)
  assert.equal(await page.locator('#engine').inputValue(), 'hyphy')
  await page.getByText('Advanced options').click()
  await page.locator('#field-multiple_hits').waitFor()
  await page.locator('#engine').selectOption('native')
  await page.locator('#field-multiple_hits').waitFor({ state: 'detached' })
  await page.locator('#field-resample').waitFor()
  await page.getByText('Simultaneous substitutions').waitFor()
  await look(page, 'form-engine')
  const request = posted(page)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  assert.equal((await request).engine, 'native')
  await page.getByText('Run by the native engine').waitFor()
  await page
    .getByLabel('Setup')
    .getByText(/^Native engine \d/)
    .waitFor()
  await page.getByText('Edit and rerun').click()
  await page.locator('#engine').waitFor()
  assert.equal(await page.locator('#engine').inputValue(), 'native')
  await page.goto(`${address}/new?method=busted&alignment=${codon}&tree=${tree}`)
  await page.locator('#field-genetic_code').waitFor()
  assert.equal(await page.locator('#engine').count(), 0)
  quiet()
})

await test('the branches selected in the tree are sent, and survive a reload', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new?method=contrast-fel&alignment=${codon}&tree=${tree}`)
  await page.getByText('Select the branches of at least one set.').waitFor()
  await page.getByLabel('Name of set 1').fill('first')
  await page.getByLabel('Name of set 2').fill('second')
  // A name with wildcards; only one leaf is called tbaa.
  await page.getByLabel('Select by name').fill('*BAA')
  await page.getByText('1 match.').waitFor()
  await page.getByLabel('Select by name').fill('^ta')
  await page.getByText(/^[46] matches\.$/).waitFor()
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await page.getByRole('button', { name: /^B\. second/ }).click()
  await page.getByRole('treeitem', { name: 'Branch tbaa' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /B\. second: 1/ }).waitFor()
  await page.getByRole('button', { name: 'Add a set' }).click()
  await page.getByRole('button', { name: 'Remove Set_3' }).click()
  await look(page, 'form-sets')
  await page.reload()
  await page.getByRole('button', { name: /B\. second: 1/ }).waitFor()
  const [body] = await Promise.all([posted(page), page.getByRole('button', { name: 'Start', exact: true }).click()])
  assert.deepEqual(body.branch_sets[1], { name: 'second', branches: ['tbaa'] })
  assert.deepEqual(body.branch_sets[0].branches.filter((name) => name.length === 4).sort(), [
    'taaa',
    'taab',
    'taba',
    'tabb',
  ])
  await page.waitForURL(/\/jobs\//)
  await page.goBack()
  await page.getByRole('button', { name: /B\. second: 1/ }).waitFor()
  // The form says that it is not new.
  await page
    .getByRole('status')
    .filter({ hasText: 'Your last choices' })
    .getByRole('button', { name: 'Start over' })
    .click()
  await page.getByRole('button', { name: /B\. second: 0/ }).waitFor()
  quiet()
})

await test('the labels of a tree are the selection that the form begins with', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  const labelled = await upload('labelled.nwk', newick.replaceAll(/taa[ab]/g, '$&{Test}'))
  await page.goto(`${address}/new?method=relax&alignment=${codon}&tree=${labelled}`)
  await page.getByText('These branches have labels in the tree.').waitFor()
  await page.getByRole('button', { name: 'A. Test branches: 2' }).waitFor()
  const [body] = await Promise.all([posted(page), page.getByRole('button', { name: 'Start', exact: true }).click()])
  assert.deepEqual(body.test_branches.sort(), ['taaa', 'taab'])
  await page.goto(`${address}/new?method=contrast-fel&alignment=${codon}&tree=${labelled}`)
  await page.getByRole('button', { name: 'A. Test: 2' }).waitFor()
  quiet()
})

await test('an address that names what the service does not have says so', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  expected.push(/404/)
  await page.goto(`${address}/new?method=felt&alignment=${'0'.repeat(64)}`)
  await page.getByText('There is no analysis felt.').waitFor()
  await page.getByText('The data in this address do not exist.').waitFor()
  quiet()
})

await test('a missing tree is inferred, and the kind of data follows the alignment', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/new?method=fel&alignment=${codon}`)
  await page.getByRole('button', { name: 'Infer a tree now' }).click()
  await page.getByRole('treeitem', { name: 'Branch taaa' }).waitFor({ state: 'attached' })
  await page.goto(`${address}/new?method=leisr&alignment=${protein}`)
  await page.waitForFunction(() => document.querySelector('#field-data_type')?.value === 'Protein')
  quiet()
})

await test('compartments are selected in the tree, and their problems are shown next to them', async (browser) => {
  const { page, expected, quiet } = await watched(await browser.newContext(), address)
  expected.push(/422|400/)
  await page.goto(`${address}/new?method=slatkin`)
  assert.match(await page.locator('#tree option').first().textContent(), /required/)
  await page.locator('#tree').selectOption(tree)
  const patterns = page.getByLabel('Leaves matching')
  await patterns.nth(0).fill('^ta')
  await patterns.nth(1).fill('^tb(')
  await page.getByRole('group', { name: 'Compartments' }).getByText('Invalid regular expression').waitFor()
  await patterns.nth(1).fill('^tbb')
  await page.getByText('Not in any compartment: tbaa, tbab.').waitFor()
  await page.getByRole('button', { name: /^B\. B: 2/ }).click()
  for (const name of ['tbaa', 'tbab']) {
    await page.getByRole('treeitem', { name: `Branch ${name}` }).focus()
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: /^B\. B: 4/ }).waitFor()
  await page.getByText('Not in any compartment').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Add a compartment' }).click()
  await page.getByRole('button', { name: 'Remove C' }).click()
  await look(page, 'form-compartments')
  const [body] = await Promise.all([posted(page), page.getByRole('button', { name: 'Start', exact: true }).click()])
  assert.equal(body.groups, 2)
  const members = new RegExp(body.compartment_definitions[1].regexp)
  assert.deepEqual(
    sequences
      .map(([name]) => name)
      .filter((name) => members.test(name))
      .sort(),
    ['tbaa', 'tbab', 'tbba', 'tbbb'],
  )
  await page.waitForURL(/\/jobs\//)
  quiet()
})
await service.remove()
