// Data as people have them: formats, names, copies, folders, packed files.
// usage: node tests/data.mjs PROGRAM
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { look, serve, skipped, test, watched } from './service.mjs'

const service = await serve({ USER_TOKEN_ENABLED: 'false' })
const { address } = service
const api = `${address}/api/v1`
const TAXA = ['Homo sapiens (1)', 'Pan/troglodytes', "Bos 'taurus'", 'Mus.musculus-2', 'Sus_scrofa']
const SITES = 60
const WORDS = ['GCT', 'AAA', 'CTG', 'GAC', 'TTC', 'GGA', 'CAT', 'ACC']
const sequence = (k) =>
  Array.from({ length: SITES / 3 }, (_, c) => WORDS[(c + (c % 4 === 1 ? k : 0)) % WORDS.length]).join('')
const quoted = (name) => `'${name.replaceAll("'", "''")}'`
const wrapped = (text, at) => text.match(new RegExp(`.{1,${at}}`, 'g'))
const head = `#NEXUS\n[made [here]]\nBEGIN TAXA;\n  DIMENSIONS NTAX=5;\n  TAXLABELS ${TAXA.map(quoted).join(' ')};\nEND;\nBEGIN CHARACTERS;\n  DIMENSIONS NCHAR=${SITES};\n`
const nexus = (format, matrix) =>
  `${head}  FORMAT DATATYPE=DNA GAP=- MISSING=? ${format};\nMATRIX\n${matrix}\n;\nEND;\n`
const plain = TAXA.map((name) => name.replaceAll(/\W/g, '_').slice(0, 9))
const FILES = {
  'cr.nex': nexus('', TAXA.map((name, k) => `${quoted(name)}   ${sequence(k)}`).join('\n')).replaceAll('\n', '\r'),
  'crlf.nex': nexus('', TAXA.map((name, k) => `${quoted(name)} ${sequence(k)}`).join('\n')).replaceAll('\n', '\r\n'),
  'lines.nex': nexus('', TAXA.map((name, k) => `${quoted(name)}\n${wrapped(sequence(k), 25).join('\n')}`).join('\n')),
  'blocks.nex': nexus(
    'INTERLEAVE',
    [0, 20, 40]
      .map((at) => TAXA.map((name, k) => `${quoted(name)} ${sequence(k).slice(at, at + 20)}`).join('\n'))
      .join('\n\n'),
  ),
  'dots.nex': nexus(
    'MATCHCHAR=.',
    TAXA.map(
      (name, k) =>
        `${quoted(name)} ${[...sequence(k)].map((letter, at) => (k && letter === sequence(0)[at] ? '.' : letter)).join('')}`,
    ).join('\n'),
  ),
  'a.phy': `5 ${SITES}\n${plain.map((name, k) => `${name.padEnd(10)}${sequence(k)}`).join('\n')}\n`,
  'blocks.phy': `5 ${SITES}\n${[0, 30].map((at) => plain.map((name, k) => `${at ? '' : name.padEnd(10)}${sequence(k).slice(at, at + 30)}`).join('\n')).join('\n\n')}\n`,
  'a.aln': `CLUSTAL W (1.83) multiple sequence alignment\n\n\n${[0, 30].map((at) => `${plain.map((name, k) => `${name.padEnd(16)}${sequence(k).slice(at, at + 30)}`).join('\n')}\n${' '.repeat(16)}***  *\n`).join('\n')}`,
  'a.fasta': TAXA.map((name, k) => `>${name}\n${wrapped(sequence(k), 25).join('\n')}\n`).join(''),
}
const tree = `(${TAXA.slice(0, 3)
  .map((name) => `${quoted(name)}:0.1`)
  .join(',')},(${TAXA.slice(3)
  .map((name) => `${quoted(name)}:0.1`)
  .join(',')}):0.1);\n`
const card = (page, name) => page.locator('.card', { hasText: name })
async function bring(page, files) {
  await page.getByLabel('Choose files').setInputFiles(files)
  for (const file of files)
    await card(page, file.split('/').pop().replace(/\.gz$/, ''))
      .getByRole('link', { name: 'View', exact: true })
      .first()
      .waitFor()
}
/** What the alignment viewer says it shows. */
async function viewed(page, set) {
  await page.goto(`${address}/data/${set}`)
  const stage = page.getByRole('region', { name: /^Alignment of \d+ sequences/ })
  await stage.waitFor()
  return {
    sequences: Number(/of (\d+)/.exec(await stage.getAttribute('aria-label'))[1]),
    columns: (await page.getByText(/^[\d,]+ of [\d,]+ (codons|sites)$/).textContent()).split(' of ')[1],
  }
}

await test('every format is shown as the service read it', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/data`)
  await bring(
    page,
    Object.entries(FILES).map(([name, text]) => service.file(name, text)),
  )
  const { datasets } = await (await fetch(`${api}/datasets`)).json()
  assert.equal(datasets.length, Object.keys(FILES).length)
  for (const { id, name } of datasets) {
    const report = await (await fetch(`${api}/datasets/${id}/report`)).json()
    assert.deepEqual([report.sequences, report.sites], [5, SITES], name)
    assert.deepEqual(await viewed(page, id), { sequences: 5, columns: `${SITES / 3} codons` }, name)
  }
  quiet()
})

await test('real files are shown', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  const folder = process.env.REAL_DATA
  if (!folder) return skipped('real-data', 'REAL_DATA names no folder of real files')
  const { readdirSync } = await import('node:fs')
  for (const name of readdirSync(folder)) {
    const form = new FormData()
    form.append('meta', JSON.stringify({ name, type: 'auto' }))
    form.append('file', new Blob([readFileSync(join(folder, name))]), name)
    const set = (await (await fetch(`${api}/datasets`, { method: 'POST', body: form })).json()).datasets[0]
    const report = await (await fetch(`${api}/datasets/${set.id}/report`)).json()
    if (!report.sequences) continue
    const columns = (report.codons ?? report.sites).toLocaleString('en')
    assert.deepEqual(await viewed(page, set.id), { sequences: report.sequences, columns: `${columns} codons` }, name)
  }
  quiet()
})

await test('names with spaces pair, compressed files are shown, and a tree can be uploaded twice', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/data`)
  const packed = service.file('packed.fasta.gz', gzipSync(`${FILES['a.fasta']}\n`))
  const first = service.file('first.nwk', tree)
  const again = service.file('again.nwk', tree)
  await bring(page, [packed, first, again])
  await card(page, 'again.nwk').getByText('it is stored once').waitFor()
  await card(page, 'packed.fasta').getByText("Paired: the tree's leaves match these sequences.").waitFor()
  await bring(page, [service.file('later.fasta', `${FILES['a.fasta']}\n\n`)])
  // Of several trees that fit, the one with a similar name is meant.
  await bring(page, [service.file('later.nwk', `${tree}\n\n`)])
  await card(page, 'later.fasta').getByText('Paired by the names of the files: 2 trees match').waitFor()
  const meant = await card(page, 'later.fasta').getByLabel('Tree').locator('option:checked').textContent()
  assert.equal(meant, 'later.nwk')
  // A reload keeps the cards and their pairs.
  await page.reload()
  await card(page, 'packed.fasta').getByText('Paired').waitFor()
  await card(page, 'later.fasta').getByText('Paired by the names').waitFor()
  const other = await watched(await browser.newContext(), address)
  await other.page.goto(`${address}/data`)
  await bring(other.page, [service.file('another.fasta', `${FILES['a.fasta']}\n\n\n`)])
  // Of two trees of earlier visits, neither is more likely meant.
  await card(other.page, 'another.fasta').getByText('2 trees match these sequences. Select').waitFor()
  assert.equal(await card(other.page, 'another.fasta').getByLabel('Tree').inputValue(), '')
  await card(page, 'packed.fasta').getByRole('link', { name: 'View', exact: true }).click()
  await page.getByText('20 of 20 codons').waitFor()
  quiet()
  other.quiet()
})

await test('the page shows what a report says: partitions, trees, codes, frame', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/data`)
  const stops = service.file(
    'stops.fasta',
    TAXA.map((name, k) => `>${name}\n${sequence(k).replace('AAA', 'TGA')}\n`).join(''),
  )
  const frame = service.file('frame.fasta', TAXA.map((name, k) => `>${name}\n${sequence(k)}A\n`).join(''))
  await bring(page, [stops, frame])
  await card(page, 'stops.fasta').getByText('stop codons under the Universal code').waitFor()
  await card(page, 'frame.fasta').getByText('The length, 61, is not a multiple of three').waitFor()
  const parts = `${FILES['blocks.nex']}BEGIN ASSUMPTIONS;\n CHARSET one = 1-30;\n CHARSET two = 31-60;\nEND;\nBEGIN TREES;\n TREE a = ${tree}\n TREE b = ${tree}\nEND;\n`
  await bring(page, [service.file('parts.nex', parts)])
  await card(page, 'parts.nex').getByRole('link', { name: 'View', exact: true }).click()
  const tile = (name) =>
    page
      .locator('.tiles div', { has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .textContent()
  await page.getByRole('heading', { name: 'parts.nex' }).waitFor()
  assert.equal(await tile('Partitions'), '2')
  assert.match(await tile('Trees'), /^2/)
  assert.equal(await tile('Gaps'), '0%')
  await page.getByText(/genetic codes, including the Universal code/).waitFor()
  // A long name is read in full.
  await page.getByRole('slider', { name: 'Name width' }).fill('300')
  await look(page, 'dataset-parts')
  quiet()
})

await test('a folder is read, and a drop outside the drop zone stays on the page', async (browser) => {
  const { page, quiet } = await watched(await browser.newContext(), address)
  await page.goto(`${address}/data`)
  const folder = join(dirname(service.file('x', '')), 'folder')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'inside.fasta'), `${FILES['a.fasta']}\n\n\n\n`)
  const client = await page.context().newCDPSession(page)
  /** Drops a file, and returns whether the page kept the browser from opening it. */
  const drop = async (x, y, file) => {
    const data = { items: [], files: [file], dragOperationsMask: 1 }
    const dropped = page.evaluate(
      () => new Promise((resolve) => window.addEventListener('drop', (event) => resolve(event.defaultPrevented))),
    )
    // The browser ignores a drop that comes before the page has answered dragOver.
    for (let prevented; prevented === undefined; prevented = await Promise.race([dropped, sleep(500)]))
      for (const type of ['dragEnter', 'dragOver', 'drop'])
        await client.send('Input.dispatchDragEvent', { type, x, y, data })
    return dropped
  }
  const box = await page.locator('.drop').boundingBox()
  await drop(box.x + 30, box.y + 30, folder)
  await card(page, 'inside.fasta').getByRole('link', { name: 'View', exact: true }).first().waitFor()
  assert.equal(await drop(1200, 700, join(folder, 'inside.fasta')), true)
  assert.equal(page.url(), `${address}/data`)
  quiet()
})
await service.remove()
