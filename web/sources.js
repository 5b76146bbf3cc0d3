// The digest of everything that the built page is made of. The build writes it beside what it
// built, and a test of the server compares it: a committed build that is not of these sources fails.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'

const SOURCES = [
  '../openapi.json',
  'index.html',
  'package-lock.json',
  'package.json',
  'public',
  'src',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
]
const GENERATED = 'src/schema.d.ts'

function files(path) {
  if (!statSync(path).isDirectory()) return path === GENERATED ? [] : [path]
  return readdirSync(path).flatMap((name) => files(`${path}/${name}`))
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const lines = SOURCES.flatMap(files)
  .sort()
  .map((path) => `${sha256(readFileSync(path))}  ${path}\n`)
const digest = sha256(lines.join(''))

if (process.argv[2] === 'write') writeFileSync('dist/sources.sha256', `${digest}\n`)
else if (readFileSync('dist/sources.sha256', 'utf8').trim() !== digest) process.exit(1)
