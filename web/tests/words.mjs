// The words of the page: explanations of the API's problems, words that nothing uses, and the rule that keeps texts
// out of components. Needs no browser and no service.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { Linter } from 'eslint'
import svelte from 'eslint-plugin-svelte'
import { createServer } from 'vite'
import plugin from '../words.js'

const WEB = new URL('..', import.meta.url).pathname
const vite = await createServer({
  root: WEB,
  server: { middlewareMode: true, hmr: false, ws: false },
  logLevel: 'error',
})
const { schemas } = JSON.parse(readFileSync(`${WEB}../openapi.json`, 'utf8')).components
const files = (folder) =>
  readdirSync(`${WEB}src/${folder}`, { recursive: true })
    .filter((path) => /\.(ts|svelte)$/.test(path) && !path.endsWith('schema.d.ts'))
    .map((path) => `src/${folder}${path}`)

// Every kind of problem has its explanation, and no other has one.
const { problems } = await vite.ssrLoadModule('/src/words/problems.ts')
const kinds = schemas.Problem.properties.type.examples.map((path) => path.split('/').at(-1))
assert.ok(kinds.length > 20, `the API's document names the kinds: ${kinds}`)
assert.deepEqual(Object.keys(problems).sort(), kinds.sort())
const { advice } = await vite.ssrLoadModule('/src/words/job.ts')
assert.deepEqual(Object.keys(advice).sort(), schemas.FailureCode.enum.toSorted())

// Each text is used by a file that imports its group.
const uses = new Map()
for (const path of files('')) {
  const text = readFileSync(WEB + path, 'utf8')
  for (const [, names] of text.matchAll(/import \{([^}]*)\} from '[^']*'/g))
    for (const [group, alias = group] of names.split(',').map((name) => name.trim().split(' as ')))
      uses.set(group, [...(uses.get(group) ?? []), { alias, text }])
}
const used = (group, name) =>
  (uses.get(group) ?? []).some(({ alias, text }) =>
    new RegExp(`\\b${alias}\\.(?:${name}\\b|\\w+\\[)|\\b${name}\\b[^{}=]*\\} = ${alias}\\b`).test(text),
  )
const idle = []
for (const path of files('words/'))
  for (const [group, texts] of Object.entries(await vite.ssrLoadModule(`/${path}`)))
    if (typeof texts === 'object' && texts !== problems && texts !== advice)
      idle.push(
        ...Object.keys(texts)
          .filter((name) => !used(group, name))
          .map((name) => `${path}: ${group}.${name}`),
      )
assert.deepEqual(idle, [])
await vite.close()

// The rule finds texts in markup, attributes, expressions and errors, and lets symbols, units and names pass.
const linter = new Linter()
const config = [...svelte.configs.base, { plugins: { words: plugin }, rules: { 'words/elsewhere': 'error' } }]
const found = (code) => linter.verify(code, config, 'Part.svelte').map(({ message }) => message)
for (const code of [
  '<p>Upload data</p>',
  '<input aria-label="Search" />',
  "<p>{busy ? 'Starting' : name}</p>",
  '<p title={`Set of ${name}`}>{words.none}</p>',
  "<script>\n  throw new Error('Too large.')\n</script>",
  "<script>\n  const items = [{ label: 'Neutral' }]\n</script>",
  "<script>\n  said = 'Choose a tree first.'\n</script>",
])
  assert.equal(found(code).length, 1, `${code}: ${found(code)}`)
for (const code of [
  '<p class="row apart">{words.none}: {n} × 3 ▼ ω</p>',
  '<button aria-label={words.next}>SVG</button>',
  "<p class={busy ? 'is busy' : ''}>12 mm · CSV</p>",
  "<script>\n  const p = at(result, 'branch attributes')\n</script>",
])
  assert.deepEqual(found(code), [], code)
console.log('ok: words')
