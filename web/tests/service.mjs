// What the tests of the page share: the real service with folders of its own, a browser whose
// complaints fail the test, and a look at a view: axe and screenshots.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import { whileItMoves } from './patience.mjs'

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../..')
export const SCREENSHOTS = join(REPOSITORY, 'web/screenshots')

/** Leaves a part of the tests out, and says why: as dev/lib.sh does. */
export function skipped(part, why) {
  const exceptions = (process.env.MAY_SKIP ?? '').split(/\s+/)
  assert(process.env.REQUIRE_ALL !== '1' || exceptions.includes(part), `required, but cannot run: ${part}: ${why}`)
  console.error(`SKIPPED: ${part}: ${why}`)
}

/** The program that the tests are of: the first argument. */
export const program = resolve(process.argv[2] ?? join(REPOSITORY, 'target/debug/datamonkey'))

/** The service on a free port, with a folder of its own; `restart` keeps port and folder. */
export async function serve(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'datamonkey-page-'))
  let child
  async function up(port) {
    const env = {
      ...process.env,
      SERVICE_DATAMONKEY_PORT: String(port),
      DATAMONKEY_DATA: join(folder, 'data'),
      USER_TOKEN_ENABLED: 'true',
      RATE_LIMIT_PER_SECOND: '0',
      // Only the tests of estimates expect them on the page.
      ESTIMATE_MAX_SECS: '0',
      ...settings,
    }
    child = spawn(program, ['serve'], { cwd: REPOSITORY, env, stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    const listens = new Promise((resolve, reject) => {
      child.on('exit', () => reject(new Error(`The service ended: ${log}`)))
      child.stderr.on('data', (piece) => {
        log += piece
        const address = /listening on (http:\/\/[\d.:]+)/.exec(log)?.[1]
        if (address) resolve(address)
      })
    })
    return whileItMoves('the service listens', listens, () => log)
  }
  async function down() {
    if (child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await whileItMoves('the end of the service', ended).finally(() => child.kill('SIGKILL'))
  }
  const address = await up(0)
  return {
    address,
    down,
    up: () => up(new URL(address).port),
    /** A file beside the data of the service, to be chosen in the page. */
    file(name, content) {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
    async remove() {
      await down()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a test in a browser of its own; a failure is told and ends the program with 1. */
export async function test(name, body) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const began = Date.now()
  const running = body(browser)
  const pages = () => browser.contexts().flatMap((context) => context.pages().map((page) => page.url()))
  try {
    await whileItMoves(name, running, () => pages().join(' '))
    console.log(`ok: ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  } catch (error) {
    console.error(`FAILED: ${name}`, error)
    process.exitCode = 1
    // When the browser goes, who still waits says for what.
    const told = running.catch((why) => why !== error && console.error(why))
    await browser.close()
    await Promise.race([told, sleep(5000)])
  } finally {
    await browser.close()
  }
}

/** Lets a page note its long tasks, which the browser tells from 50 ms on. To be called before it opens. */
export const noteLongTasks = (page) =>
  page.addInitScript(() => {
    window.longTasks = []
    new PerformanceObserver((list) =>
      window.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({ type: 'longtask' })
  })

/** Prints the long tasks since the last call. How long they may be depends on the machine, so no test fails by them. */
export async function printLongTasks(page, what) {
  const durations = await page.evaluate(() => window.longTasks.splice(0))
  console.log(`  long tasks, ${what}: ${durations.map(Math.round).join(', ') || 'none'} (ms)`)
}

/** Fails if a page has drawn more than `most` elements, since the browser is slow with many. */
export async function drawsFew(page, most) {
  const elements = await page.evaluate(() => document.querySelectorAll('*').length)
  console.log(`  ${elements} elements`)
  assert.ok(elements <= most, `The page has ${elements} elements, and at most ${most} are wanted.`)
}

/** A page that collects what must not be: errors, and requests to another host. */
export async function watched(context, address) {
  const page = await context.newPage()
  // `test` watches whether anything moves.
  page.setDefaultTimeout(0)
  page.setDefaultNavigationTimeout(0)
  const complaints = []
  // What the browser itself says of an answer that a test asks for: a refused start, a lost connection.
  const expected = []
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    if (!expected.some((pattern) => pattern.test(message.text()))) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${address}/`) && !/^(blob|data):/.test(url)) complaints.push(`The page asks ${url}`)
  })
  return { page, expected, quiet: () => assert.deepEqual(complaints, []) }
}

/** Screenshots in light and dark, wide and narrow; no violation of axe; nothing wider than the screen. */
export async function look(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true })
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`), fullPage: true })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= width, `${name} is ${wide} wide on a screen of ${width}`)
    }
    const axe = new AxeBuilder({ page })
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
    assert.deepEqual(
      violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`),
      [],
      `${name}, ${colorScheme}`,
    )
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 900 })
}

/** The bytes of what a click saves, as text. */
export async function saved(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  const pieces = []
  for await (const piece of await download.createReadStream()) pieces.push(piece)
  return { name: download.suggestedFilename(), bytes: Buffer.concat(pieces) }
}
