// Each result view, drawn from a result that the real engine made: numbers of the page against
// the JSON, links between figures and tables, files of figures, axe, screenshots.
// usage: node tests/results.mjs PROGRAM
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { run } from './jobs.mjs'
import { simulate } from './simulate.mjs'
import { drawsFew, look, SCREENSHOTS, noteLongTasks, printLongTasks, saved, serve, test, watched } from './service.mjs'

const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const { address } = service
const only = process.env.ONLY?.split(',')
const { ids, ask } = await run(address, only)
const native = await run(address, only, 'native')

const readable = (value) =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)))
/** A rate as figures say it: its own number, whatever place it is drawn at. */
const spoken = (value) => (value > 10 ? `${readable(value)}, drawn at 10` : readable(value))
const figure = (page, name) => page.locator(`figure[data-figure="${name}"]`)
const note = (page, name) => figure(page, name).locator('.note')
const cell = (result, header, site) => {
  const column = result.MLE.headers.findIndex(
    ([name]) => name.replace(/<\/?\w+>/g, '').replace(/&(\w+);/g, '$1') === header,
  )
  return result.MLE.content['0'][site - 1][column]
}
/** Arrow keys over the sites of a figure until its note says the one. */
async function walkTo(page, name, site, what = 'Codon') {
  const slider = figure(page, name).getByRole('slider')
  await slider.focus()
  await page.keyboard.press('Home')
  for (let k = 1; k < site; k++) await page.keyboard.press('ArrowRight')
  await note(page, name).getByText(`${what} ${site}:`).waitFor()
  return note(page, name).textContent()
}
/** The rows that are marked in the table. */
const marked = (page) => page.locator('tr.chosen')

// What must be seen of each: figures by name, and its own numbers.
const VIEWS = {
  fel: {
    figures: ['fel-p', 'fel-rates', 'fel-dnds', 'fel-histogram'],
    async check(page, result, expected) {
      const said = await walkTo(page, 'fel-p', 5)
      assert.match(said, new RegExp(` ${readable(cell(result, 'p-value', 5)).replaceAll('.', '\\.')}$`))
      assert.equal(await marked(page).locator('td').first().textContent(), '5')
      assert.match(await note(page, 'fel-dnds').textContent(), /^Codon 5:/)
      // Bars that point downwards are no negative rates, and what is cut says its own number.
      assert.ok((await note(page, 'fel-rates').textContent()).includes(`α ${spoken(cell(result, 'alpha', 5))}`))
      const ticks = await figure(page, 'fel-rates').locator('.axes text').allTextContents()
      assert.ok(
        ticks.every((tick) => !/^[-−]/.test(tick)),
        `${ticks}`,
      )
      const rates = result.MLE.content['0'].map((_, k) =>
        Math.max(cell(result, 'alpha', k + 1), cell(result, 'beta', k + 1)),
      )
      const most = rates.indexOf(Math.max(...rates)) + 1
      if (rates[most - 1] > 10) assert.match(await walkTo(page, 'fel-rates', most), /, drawn at 10/)
      await walkTo(page, 'fel-p', 5)
      // The tip is beside the mark of the selected site, and says the same.
      await figure(page, 'fel-p').getByRole('slider').focus()
      assert.ok(said.startsWith((await figure(page, 'fel-p').locator('.tip strong').textContent()) + ':'))
      // The header of a column says what it means to whoever comes by keyboard, too.
      const header = page.getByRole('columnheader', { name: 'p-value' }).getByRole('button')
      await header.focus()
      await page.locator('.definition').getByText(/\w/).waitFor()
      // The order and the filter are part of the address.
      await page
        .getByRole('columnheader', { name: /^(site|codon)/ })
        .getByRole('button')
        .click()
      assert.match(page.url(), /[?&]sort=site/)
      await page.getByText('Columns', { exact: true }).click()
      await page.getByRole('checkbox', { name: 'LRT' }).uncheck()
      const csv = String((await saved(page, () => page.getByRole('button', { name: 'CSV as shown' }).click())).bytes)
      assert.match(csv, /^site,class,p-value,alpha,beta,/)
      assert.doesNotMatch(csv.split('\n')[0], /LRT/)
      // The alignment follows.
      await page.getByText('Selected codon in the alignment').click()
      assert.equal(await page.getByLabel('Go to').inputValue(), '5')
      await marked(page).locator('xpath=following-sibling::tr[1]').getByRole('button').click()
      assert.equal(await page.getByLabel('Go to').inputValue(), '6')
      // The threshold: the first line, the rule and the classes follow.
      const p = result.MLE.content['0'].map((_, k) => cell(result, 'p-value', k + 1))
      const threshold = 0.6
      await page.getByLabel('Threshold, p-value').fill(String(threshold))
      await figure(page, 'fel-p').getByText(`p = ${threshold}`).waitFor()
      await page.getByText(`p ≤ ${threshold}`).first().waitFor()
      // A threshold that cannot be is said, and the usual one applies.
      const usual = page.url()
      expected.push(/400/)
      for (const wrong of ['5', 'abc']) {
        await page.goto(usual.replace(/threshold=[^&]*/, `threshold=${wrong}`))
        await page.getByText(`The address asks for a threshold of ${wrong}`).waitFor()
        await page.getByText('p ≤ 0.1').first().waitFor()
      }
      await page.goto(usual)
      await page.getByText(`p ≤ ${threshold}`).first().waitFor()
      // Each site that is found has a chip.
      const chips = page.getByRole('group', { name: /^(diversifying|purifying): sites$/ }).locator('[aria-pressed]')
      assert.equal(await chips.count(), p.filter((value) => value <= threshold).length)
      const { name, bytes } = await saved(page, () =>
        page.getByRole('button', { name: 'SVG of P-values by codon' }).click(),
      )
      const svg = String(bytes)
      assert.match(name, new RegExp(`^data-fel-p-${page.url().split('/jobs/')[1].slice(0, 8)}\\.svg$`))
      const pdf = await saved(page, () => page.getByRole('button', { name: 'PDF of P-values by codon' }).click())
      assert.equal(pdf.name, name.replace('.svg', '.pdf'))
      const written = pdf.bytes.toString('latin1')
      // 180 mm in points.
      assert.match(written, /\/MediaBox \[0 0 510\.\d+ /)
      assert.match(written, /\/BaseFont \/DejaVu#20Sans/)
      assert.equal(written.match(/\/Type \/Page\b/g).length, 1)
      assert.match(svg, /<svg[^>]* width="180mm"/)
      assert.match(svg, /fill="#ffffff"/)
      assert.match(svg, /font-family="'DejaVu Sans'/)
      assert.doesNotMatch(svg, /var\(|class=|style=/)
      await page.emulateMedia({ colorScheme: 'dark' })
      const dark = String(
        (await saved(page, () => page.getByRole('button', { name: 'SVG of P-values by codon' }).click())).bytes,
      )
      await page.emulateMedia({ colorScheme: 'light' })
      assert.equal(dark, svg, 'a figure does not depend on the screen')
      await page.setViewportSize({ width: 420, height: 800 })
      const save = () => saved(page, () => page.getByRole('button', { name: 'SVG of P-values by codon' }).click())
      assert.equal(String((await save()).bytes), svg, 'nor on the size of the window')
      await page.getByLabel('File width for P-values by codon').selectOption('85 mm (one column)')
      const column = String((await save()).bytes)
      // 361 pixels are 85 mm if 12 pixels are 8 points.
      assert.match(column, /<svg[^>]* viewBox="0 0 361 [^>]* width="85mm"/)
      await page.getByLabel('File width for P-values by codon').selectOption('180 mm (two columns)')
      // A page of A4 with margins of 10 mm.
      const A4 = 718
      await page.setViewportSize({ width: A4, height: 1000 })
      await page.emulateMedia({ media: 'print' })
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
      await page.waitForFunction(() =>
        [...document.querySelectorAll('figure svg')].every((svg) => svg.getBoundingClientRect().width <= 680),
      )
      assert.equal(await page.getByRole('button', { name: 'Next', exact: true }).isVisible(), false)
      await page.screenshot({ path: join(SCREENSHOTS, 'print.png'), fullPage: true })
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= A4)
      await page.emulateMedia({ media: 'screen' })
      await page.evaluate(() => dispatchEvent(new Event('afterprint')))
      await page.setViewportSize({ width: 1280, height: 800 })
      const png = (await saved(page, () => page.getByRole('button', { name: 'PNG of P-values by codon' }).click()))
        .bytes
      assert.equal(png.readUInt32BE(16), 2126, '180 mm at 300 dots per inch')
    },
  },
  meme: {
    figures: ['meme-p', 'meme-rates', 'meme-histogram', 'meme-evidence', 'meme-substitutions'],
    async check(page, result) {
      const said = await walkTo(page, 'meme-rates', 2)
      assert.ok(said.includes(`β+ ${readable(cell(result, 'beta+', 2))}`), said)
      const tree = figure(page, 'meme-substitutions')
      await tree.getByRole('heading', { name: 'Substitutions at codon 2' }).waitFor()
      const changes = Object.keys(result.substitutions['0']['1']).filter((node) => node !== 'root').length
      await tree.getByText(changes === 1 ? '1 branch changes' : `${changes} branches change`).waitFor()
      const newick = String((await saved(page, () => tree.getByRole('button', { name: 'Newick' }).click())).bytes)
      assert.ok(newick.includes(`taaa[&codon="${result.substitutions['0']['1'].taaa}"`), newick)
      assert.match(newick, /;\n$/)
    },
  },
  slac: {
    figures: ['slac-difference', 'slac-p', 'slac-counts', 'slac-histogram'],
    async check(page, result) {
      const said = await walkTo(page, 'slac-difference', 3)
      const column = result.MLE.headers.findIndex(([name]) => name === 'dN-dS')
      assert.ok(said.includes(` ${readable(result.MLE.content['0']['by-site'].AVERAGED[2][column])}`), said)
    },
  },
  fubar: {
    figures: ['fubar-posterior', 'fubar-rates', 'fubar-grid', 'fubar-histogram'],
    async check(page, result) {
      const said = await walkTo(page, 'fubar-posterior', 2)
      assert.ok(said.includes(`β > α ${readable(cell(result, 'Prob[alpha<beta]', 2))}`), said)
      await figure(page, 'fubar-grid').getByText('Posterior weights at codon 2').waitFor()
    },
  },
  'contrast-fel': {
    figures: ['contrast-fel-p', 'contrast-fel-rates', 'contrast-fel-differences', 'contrast-fel-sets'],
    async check(page, result) {
      const difference = await walkTo(page, 'contrast-fel-differences', 3)
      assert.ok(
        difference.includes(
          `β Test − β Reference ${spoken(cell(result, 'beta (Test)', 3) - cell(result, 'beta (Reference)', 3))}`,
        ),
        difference,
      )
      const said = await walkTo(page, 'contrast-fel-p', 2)
      assert.ok(said.includes(`q ${readable(cell(result, 'Q-value (overall)', 2))}`), said)
    },
  },
  busted: {
    figures: ['busted-omega', 'busted-substitutions', 'busted-synonymous', 'busted-synonymous-sites'],
    async check(page, result) {
      const test = result.fits['Unconstrained model']['Rate Distributions'].Test
      const top = Object.values(test).reduce((most, one) => (one.proportion > most.proportion ? one : most))
      await figure(page, 'busted-omega')
        .getByText(`${readable(top.omega)} (`)
        .first()
        .waitFor()
      const ratios = result['Evidence Ratios'].constrained?.[0]
      if (!ratios) return void (await page.getByText('HyPhy reports no evidence ratios').waitFor())
      const said = await walkTo(page, 'busted-evidence', 2)
      assert.ok(said.includes(readable(ratios[1])), said)
    },
  },
  absrel: {
    figures: ['absrel-tree', 'absrel-distributions', 'absrel-models', 'absrel-substitutions'],
    async check(page, result) {
      const branch = result['branch attributes']['0'].taaa
      await figure(page, 'absrel-tree').getByRole('treeitem', { name: 'Branch taaa' }).focus()
      await page.keyboard.press('Enter')
      await note(page, 'absrel-tree')
        .getByText(`taaa: corrected p ${readable(branch['Corrected P-value'])}`)
        .waitFor()
      assert.equal(await marked(page).locator('td').first().textContent(), 'taaa')
      const tree = figure(page, 'absrel-tree')
      assert.equal(
        await tree
          .locator('svg text')
          .getByText(/^Node\d+$/)
          .count(),
        0,
      )
      await tree.getByRole('button', { name: 'Node names' }).click()
      await tree
        .locator('svg text')
        .getByText(/^Node\d+$/)
        .first()
        .waitFor()
      const nexus = String(
        (await saved(page, () => figure(page, 'absrel-tree').getByRole('button', { name: 'NEXUS' }).click())).bytes,
      )
      assert.match(nexus, /^#NEXUS\nBEGIN TAXA;\n {2}DIMENSIONS NTAX=8;/)
    },
  },
  relax: {
    figures: ['relax-distributions', 'relax-tree', 'relax-models'],
    async check(page, result) {
      const k = result['test results']['relaxation or intensification parameter']
      assert.equal(
        await page
          .locator('.tiles div', { has: page.getByText('K', { exact: true }) })
          .locator('dd')
          .textContent(),
        readable(k),
      )
      const branch = result['branch attributes']['0'].Node2
      await figure(page, 'relax-tree').getByRole('treeitem', { name: 'Branch Node2' }).focus()
      await page.keyboard.press('Enter')
      await note(page, 'relax-tree')
        .getByText(`k ${readable(branch['k (general descriptive)'])}`)
        .waitFor()
    },
  },
  multihit: {
    figures: ['multihit-models', 'multihit-tests', 'multihit-rates', 'multihit-evidence'],
    async check(page, result) {
      const lrt = result['test results']['Double-hit vs single-hit'].LRT
      await figure(page, 'multihit-tests').getByText(readable(lrt)).waitFor()
      const said = await walkTo(page, 'multihit-evidence', 2)
      assert.ok(said.includes(`Two-hit ${readable(result['Evidence Ratios']['Two-hit'][0][1])}`), said)
    },
  },
  gard: {
    figures: ['gard-support', 'gard-tree-1', 'gard-tree-2'],
    async check(page, result) {
      const breakpoint = result.breakpointData['0'].bps[0][1]
      await figure(page, 'gard-support')
        .getByText(`The best model has one breakpoint (bars), after ${breakpoint}.`)
        .waitFor()
      const best = page.locator('table[data-table="gard-steps"] tr', { hasText: '(best)' })
      assert.deepEqual(await best.locator('td.number').allTextContents(), [result.bestModelAICc.toFixed(2), '0.00'])
      await page.getByRole('heading', { name: `Tree of nucleotides ${breakpoint + 1} to 144` }).waitFor()
      // The result does not say its version: the service does.
      const { details } = await ask('/health')
      const version = /HyPhy (\S+)/.exec(details.engine_detail)[1]
      await page.getByLabel('Setup').getByText(version).waitFor()
      await page.getByText('Methods paragraph and citations').click()
      assert.ok((await page.getByLabel('Methods', { exact: true }).textContent()).includes(`with HyPhy ${version}`))
      const better = Object.values(result.improvements).reduce((sum, { deltaAICc }) => sum + deltaAICc, 0)
      await page
        .getByText(`after site ${breakpoint}; AICc is ${better.toFixed(1)} lower`)
        .first()
        .waitFor()
    },
  },
  bgm: {
    figures: ['bgm-network', 'bgm-arcs'],
    async before(page) {
      await page.getByText('there is no network').or(figure(page, 'bgm-network')).first().waitFor()
      await page.getByLabel('Threshold').fill('0.1')
    },
    async check(page, result) {
      const [first] = result.MLE.content.filter((row) => row[4] >= 0.1).sort((a, b) => b[4] - a[4])
      // A site may be in several pairs, each of which is found.
      await page
        .getByRole('button', { name: `${first[0]}–${first[1]} `, exact: false })
        .first()
        .waitFor()
      // The table begins with the pair of the highest posterior.
      const most = Math.max(...result.MLE.content.map((row) => row[4]))
      assert.equal(
        Number(
          await page
            .locator('tbody tr')
            .first()
            .locator('td')
            .nth(await place(page, /<->/))
            .textContent(),
        ),
        Number(most.toPrecision(4)),
      )
      const dot = figure(page, 'bgm-network').getByRole('button', { name: `Site ${first[0]}`, exact: true })
      await dot.focus()
      await page.keyboard.press('Enter')
      await note(page, 'bgm-network').getByText(readable(first[4])).waitFor()
    },
  },
  fade: {
    figures: ['fade-sites', 'fade-residues', 'fade-tree'],
    async check(page, result) {
      const factor = result.MLE.headers.findIndex(([name]) => name.startsWith('BayesFactor'))
      const most = Math.max(...Object.values(result.MLE.content).map((rows) => rows['0'][1][factor] ?? 0))
      const said = await walkTo(page, 'fade-sites', 2, 'Site')
      assert.ok(said.includes(readable(most)), said)
      await page.getByText(result['site annotations']['site annotations']['0'][1][0], { exact: true }).waitFor()
    },
  },
  nrm: {
    figures: ['nrm-models', 'nrm-tests', 'nrm-rates-GTR', 'nrm-rates-NREV12F', 'nrm-frequencies'],
    async check(page, result) {
      await figure(page, 'nrm-models')
        .getByText(readable(result.fits.NREV12['AIC-c']), { exact: false })
        .first()
        .waitFor()
      await figure(page, 'nrm-rates-NREV12')
        .getByText(readable(result.fits.NREV12['Rate Distributions'][0][1]), { exact: true })
        .first()
        .waitFor()
    },
  },
  slatkin: {
    figures: ['slatkin-null', 'slatkin-tree'],
    async check(page, result) {
      await figure(page, 'slatkin-null').getByText(`Observed: ${result.migrations}`).waitFor()
      const [event] = Object.values(result.events)
      await figure(page, 'slatkin-tree').getByText(`${event.from} → ${event.to}`).waitFor()
    },
  },
  prime: { figures: ['prime-p', 'prime-properties', 'prime-rates', 'prime-substitutions'] },
  'contrast-meme': {
    figures: ['contrast-meme-p', 'contrast-meme-rates', 'contrast-meme-differences', 'contrast-meme-sets'],
  },
  leisr: {
    figures: ['leisr-rates', 'leisr-histogram'],
    async check(page, result) {
      const said = await walkTo(page, 'leisr-rates', 3, 'Site')
      assert.ok(said.includes(` ${spoken(cell(result, 'MLE', 3))}`), said)
    },
  },
}

/** The place of a column of the table of results. */
async function place(page, name) {
  const names = await page.locator('table:has(td button) thead th').allTextContents()
  return names.findIndex((one) => name.test(one))
}

const results = [
  ...Object.entries(ids).map((one) => [...one, '']),
  ...Object.entries(native.ids).map((one) => [...one, '-native']),
]
for (const [method, id, engine] of results) {
  // An analysis without an entry has the default view, which its digest determines.
  const { figures = [], check = () => {}, before = () => {} } = VIEWS[method] ?? {}
  await test(`the view of ${method}${engine}`, async (browser) => {
    const { page, expected, quiet } = await watched(await browser.newContext(), address)
    await page.goto(`${address}/jobs/${id}`)
    await page.getByRole('heading', { name: 'Results' }).waitFor()
    const [summary, result] = await Promise.all([ask(`/jobs/${id}/summary`), ask(`/jobs/${id}/result`)])
    // Its chips name what was found, so the page leaves out the sentences that do.
    const answer = page.getByRole('region', { name: 'Results', exact: true })
    await answer.getByText(summary.finding).waitFor()
    await before(page)
    for (const name of figures) await figure(page, name).locator('svg').first().waitFor()
    await check(page, result, expected)
    await look(page, `result-${method}${engine}`)
    quiet()
  })
}
await test('each partition has its own panel of evidence', async (browser) => {
  const id = ids.meme ?? (await run(address, ['meme'])).ids.meme
  const result = await ask(`/jobs/${id}/result`)
  const { page, quiet } = await watched(await browser.newContext(), address)
  const rows = result.MLE.content['0']
  const weight = result.MLE.headers.findIndex(([name]) => name.includes('p<sup>+'))
  const second = rows.map((row) => row.with(weight, 0.995))
  const attributes = result['branch attributes']
  await page.route(/\/result$/, (route) =>
    route.fulfill({
      json: {
        ...result,
        MLE: { ...result.MLE, content: { 0: rows, 1: second } },
        'branch attributes': { ...attributes, 1: attributes['0'] },
        'data partitions': {
          0: { coverage: [rows.map((_, k) => k)] },
          1: { coverage: [rows.map((_, k) => k + rows.length)] },
        },
      },
    }),
  )
  await page.goto(`${address}/jobs/${id}`)
  const drawn = (k) => figure(page, `meme-evidence-${k}`).locator('svg path[opacity]')
  await figure(page, 'meme-evidence-1').getByRole('heading', { name: 'partition 1' }).waitFor()
  await figure(page, 'meme-evidence-2').locator('svg').waitFor()
  // Where nearly all of the weight is on the selected class, the factor says nothing.
  const said = async (k) => {
    await figure(page, `meme-evidence-${k}`).getByRole('slider').focus()
    await page.keyboard.press('ArrowRight')
    return (await note(page, `meme-evidence-${k}`).textContent()).replace(/^Codon \d+: /, '')
  }
  assert.match(await said(2), /^\S+ –(, \S+ –)*$/)
  assert.ok((await drawn(1).count()) > (await drawn(2).count()))
  await look(page, 'meme-partitions')
  quiet()
})
// Large ones, made up: the same job with its answers written anew.
const SITES = 10_000
const LEAVES = 512
await test(`${SITES} sites`, async (browser) => {
  const id = ids.fel ?? (await run(address, ['fel'])).ids.fel
  const [summary, result] = await Promise.all([ask(`/jobs/${id}/summary`), ask(`/jobs/${id}/result`)])
  const { page, quiet } = await watched(await browser.newContext(), address)
  const [columns, rows] = [summary.table.columns, result.MLE.content['0']]
  const many = Array.from({ length: SITES }, (_, k) => rows[k % rows.length])
  await page.route(/\/summary(\?|$)/, (route) =>
    route.fulfill({ json: { ...summary, table: { columns, rows: many.map((row, k) => [k + 1, ...row, null]) } } }),
  )
  await page.route(/\/result$/, (route) =>
    route.fulfill({
      json: {
        ...result,
        MLE: { ...result.MLE, content: { 0: many } },
        'data partitions': { 0: { coverage: [many.map((_, k) => k)] } },
      },
    }),
  )
  await noteLongTasks(page)
  await page.goto(`${address}/jobs/${id}`)
  await page.getByText(`${SITES.toLocaleString('en')} of ${SITES.toLocaleString('en')} rows`).waitFor()
  await figure(page, 'fel-histogram').locator('svg').waitFor()
  await printLongTasks(page, 'when it opens')
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  const inRows = page.locator('tbody').getByRole('button')
  await inRows.first().click()
  // The table is one tab stop; arrow keys go from row to row.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '53')
  await page.keyboard.press('End')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '100')
  assert.equal(await page.locator('tbody button[tabindex="0"]').count(), 1)
  await page.getByRole('columnheader', { name: 'p-value' }).getByRole('button').click()
  await page.getByRole('columnheader', { name: 'p-value' }).getByRole('button').click()
  await page.getByLabel('Filter').fill('99')
  await page.getByLabel('Filter').fill('')
  await figure(page, 'fel-p').getByRole('slider').focus()
  for (let k = 0; k < 5; k++) await page.keyboard.press('PageDown')
  await note(page, 'fel-p').getByText('Codon 101:').waitFor()
  await page.mouse.wheel(0, 2000)
  await printLongTasks(page, 'afterwards')
  await drawsFew(page, 2000)
  await page.getByLabel('Filter').fill('99')
  await page.getByText(/[\d,]+ of 10,000 rows/).waitFor()
  // What is printed is there before the browser lays out the pages: all rows, and the Methods paragraph.
  const [printed, rowsShown, methods, buttons] = await page.evaluate(() => {
    const count = () => document.querySelectorAll('tbody tr:has(td.number)').length
    const shown = count()
    dispatchEvent(new Event('beforeprint'))
    const methods = document.querySelector('pre[aria-label="Methods"]').checkVisibility()
    // Headers with buttons are not repeated on every page.
    const buttons = document.querySelectorAll('thead button').length
    const found = [count(), shown, methods, buttons]
    dispatchEvent(new Event('afterprint'))
    return found
  })
  const matching = Number((await page.getByText(/[\d,]+ of 10,000 rows/).textContent()).split(' ')[0].replace(',', ''))
  assert.ok(matching > 50 && rowsShown < printed)
  assert.equal(printed, matching)
  assert.ok(methods)
  assert.equal(buttons, 0)
  quiet()
})
await test(`${LEAVES} leaves`, async (browser) => {
  const id = ids.absrel ?? (await run(address, ['absrel'])).ids.absrel
  const result = await ask(`/jobs/${id}/result`)
  const { sequences } = simulate(Math.log2(LEAVES), 7, 0, () => 1)
  const nodes = []
  function grow(name, parent, left) {
    const at = nodes.push({ name: left ? `Node_${name}` : name, ...(parent !== null && { parent, length: 0.1 }) }) - 1
    if (left) for (const side of ['a', 'b']) grow(name + side, at, left - 1)
  }
  grow('t', null, Math.log2(LEAVES))
  const attributes = Object.fromEntries(
    sequences.map(([name], k) => [
      name,
      {
        'Corrected P-value': 1,
        'Rate Distributions': [
          [0.01 * (k % 100), 0.7],
          [20, 0.3],
        ],
      },
    ]),
  )
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.route(/\/result$/, (route) =>
    route.fulfill({
      json: {
        ...result,
        substitutions: {},
        'branch attributes': { 0: attributes },
      },
    }),
  )
  await page.route(/\/trees\?/, (route) =>
    route.fulfill({ json: { total: 1, trees: [{ name: 'partition 1', rooted: true, nodes }] } }),
  )
  await noteLongTasks(page)
  await page.goto(`${address}/jobs/${id}`)
  const tree = figure(page, 'absrel-tree')
  await tree.getByRole('treeitem').first().waitFor()
  await printLongTasks(page, 'when it opens')
  await tree.getByRole('searchbox').fill(sequences[3][0])
  await page.keyboard.press('Enter')
  await tree.getByRole('tree').focus()
  await page.keyboard.press('Enter')
  await note(page, 'absrel-tree').getByText(`${sequences[3][0]}:`).waitFor()
  await page.mouse.wheel(0, 1000)
  await printLongTasks(page, 'afterwards')
  await drawsFew(page, 5000)
  const nexus = String((await saved(page, () => tree.getByRole('button', { name: 'NEXUS' }).click())).bytes)
  assert.match(nexus, new RegExp(`NTAX=${LEAVES};`))
  quiet()
})
await service.remove()
