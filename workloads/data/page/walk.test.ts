// The page over the real API and an archive of recorded frames, as a person walks through it, by keyboard alone where a person
// can: finds a gap, opens the day, copies the line for curl and runs it, reads the book at a time.
// test: limit 240s

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBlock } from '#archive/testing/blocks.ts'
import { connectBus } from '#bus/connect.ts'
import { logSubject, logSubjects, streamName } from '#bus/names.ts'
import { ensureStream } from '#bus/stream.ts'
import { until } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { Links } from '../live/links.ts'
import { startTestApi, type TestApi } from '../testing/api.ts'
import { recordedArchive } from '../testing/recorded.ts'
import { startBrowser, type TestBrowser } from './testing/browser.ts'

const test = suite('a person at the page')
const missing = await missingProgram(['chromium', 'curl', 'python3'])
const run = promisify(execFile)
const DAY = '2026-11-24'

let browser: TestBrowser
let archive: Awaited<ReturnType<typeof recordedArchive>>
let api: TestApi
test.before(async () => {
  if (missing) return
  browser = await startBrowser()
  archive = await recordedArchive({ seed: 3 })
  api = await startTestApi({ roots: [{ path: archive.path, name: '' }] })
})
test.after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await api?.[Symbol.asyncDispose]()
  archive?.[Symbol.dispose]()
})

const value = (page: Page, expression: string): Promise<unknown> => page.evaluate(expression)
const focused = (page: Page): Promise<string> =>
  value(
    page,
    '[document.activeElement?.className, document.activeElement?.textContent?.trim().slice(0, 60)].join(" ")'
  ) as Promise<string>

/** Presses Tab until what has the focus matches. */
async function tabTo(page: Page, words: RegExp): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    if (words.test(await focused(page))) return
  }
  throw new Error(`Tab does not lead to ${words}`)
}

/** Lines of records of a day, read without any of our readers. */
async function linesOf(path: string): Promise<string[]> {
  const folder = join(path, 'kalshi', DAY)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl.gz'))
  const texts = names.map((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8'))
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''))
}

test('by keyboard alone: from the calendar to a day with a gap, to a symbol, to the book at a moment', async () => {
  if (missing) return skip(missing)
  await using opened = await browser.open(api.url)
  const { page } = opened
  await page.waitForSelector('.links a')
  await page.keyboard.press('Tab')
  assert.match(await focused(page), /Skip to the content/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^calendar-grid/)
  const said = () =>
    value(
      page,
      'document.getElementById("calendar-cell").getAttribute("aria-label")'
    ) as Promise<string>
  for (let i = 0; i < 40 && !/gap/.test(await said()); i++) await page.keyboard.press('ArrowLeft')
  assert.match(await said(), /^kalshi, .*24 Nov 2026: degraded.*gap/)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.is-gaps .row')
  const manifest = JSON.parse(
    await readFile(join(archive.path, 'kalshi', DAY, 'manifest.json'), 'utf8')
  ) as {
    gaps: { from: string; count?: number }[]
    segments: { name: string; sha256: string }[]
  }
  const from = manifest.gaps.map((gap) => gap.from).sort()[0]!
  assert.match(
    String(await value(page, 'document.querySelector(".is-gaps .row").innerText')),
    from.slice(11, 23)
  )
  await page.focus('#symbol-search')
  await page.waitForSelector('.is-symbols .row')
  const symbol = String(
    await value(page, 'document.querySelector(".is-symbols .row a").textContent')
  )
  await page.keyboard.press('Enter')
  await page.waitForSelector('.chart-place canvas')
  await tabTo(page, /chart-place/)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await until(10_000, 'the moment is in the address', () => /at=\d\d:\d\d/.test(page.url()))
  const at = /at=([\d:.]+)/.exec(decodeURIComponent(page.url()))![1]!
  const params = new URLSearchParams({ feed: 'kalshi', symbol, at: `${DAY}T${at}Z`, depth: '10' })
  const answer = await api.get(`/v1/book?${params}`)
  await until(10_000, 'the book is shown, or why there is none', async () => {
    const text = String(
      await value(page, 'document.querySelector("[aria-labelledby=book]").innerText')
    )
    return answer.status === 200 ? text.includes(at.slice(0, 8)) : text.includes('no snapshot')
  })
  assert.equal(opened.faults, [])
})

test('the book on the page is the book of the API, level by level', async () => {
  if (missing) return skip(missing)
  const { rows } = (await api.get(`/v1/events?feed=kalshi&event=bookChange&from=${DAY}&limit=400`))
    .json as { rows: { symbol: string; recv: string }[] }
  const { symbol, recv } = rows.at(-1)!
  const at = new Date(Date.parse(recv) + 1).toISOString()
  const params = new URLSearchParams({ feed: 'kalshi', symbol, at, depth: '10' })
  const { rows: levels } = (await api.get(`/v1/book?${params}`)).json as {
    rows: { side: string; price: string; size: string }[]
  }
  assert.ok(levels.length > 0)
  await using opened = await browser.open(
    `${api.url}/#/feeds/kalshi/${DAY}/${encodeURIComponent(symbol)}?at=${at.slice(11, 23)}`
  )
  const { page } = opened
  await page.waitForSelector('.book .number')
  const shown = (await value(
    page,
    '[...document.querySelectorAll(".book tbody tr:not(.spread)")].map((row) => [row.parentElement.className, ...[...row.querySelectorAll("td")].slice(0, 2).map((cell) => cell.textContent)])'
  )) as string[][]
  const expected = levels.map(({ side, price, size }) => [`${side}s`, price, size])
  const asks = expected.filter(([side]) => side === 'asks').reverse()
  assert.equal(shown, [...asks, ...expected.filter(([side]) => side === 'bids')])
  assert.equal(opened.faults, [])
})

/** Clicks the button with these words, and what is copied then. */
async function copied(page: Page, ...buttons: readonly string[]): Promise<string> {
  for (const words of buttons) {
    const [button] = await page.$$(`xpath/.//button[normalize-space()="${words}"]`)
    await button!.click()
  }
  await page.click('.code .copy')
  await until(5_000, 'the page says that it is copied', async () =>
    String(await value(page, 'document.querySelector(".code .copy").innerText')).includes('Copied')
  )
  return String(await value(page, 'navigator.clipboard.readText()'))
}

test('the lines for curl, Python and DuckDB are copied, run as they are, and fetch every record of the day', async () => {
  if (missing) return skip(missing)
  await using opened = await browser.open(`${api.url}/#/feeds/kalshi/${DAY}`)
  const { page } = opened
  await page.waitForSelector('.is-gaps .row')
  const all = await linesOf(archive.path)
  const trades = all.filter((line) => line.includes('"type":"trade"')).length
  assert.ok(trades > 10)
  const rowsIn = (text: string): number =>
    text
      .trim()
      .split('\n')
      .filter((line) => line.includes('"recv"') || line.includes("'recv'")).length
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-copied-'))
  const text = (name: string) => readFile(join(folder, name), 'utf8')
  try {
    await run('sh', ['-c', await copied(page, 'curl', 'records as received')], { cwd: folder })
    assert.is(rowsIn(await text(`kalshi-${DAY}.ndjson`)), all.length)
    await run('sh', ['-c', await copied(page, 'trades')], { cwd: folder })
    assert.is(rowsIn(await text(`kalshi-${DAY}-trade.ndjson`)), trades)
    const python = await run('python3', ['-c', await copied(page, 'Python')], { maxBuffer: 1e8 })
    assert.is(rowsIn(python.stdout), trades)
    const [fetching = '', asking = ''] = (await copied(page, 'DuckDB')).split('\n')
    await run('sh', ['-c', fetching], { cwd: folder })
    const sql = /^duckdb -c "(.*)"$/.exec(asking)![1]!.replaceAll(`'kalshi`, `'${folder}/kalshi`)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const answer = await connection.runAndReadAll(sql)
    assert.is(
      answer.getRowObjects().reduce((sum, row) => sum + Number(row.trades), 0),
      trades
    )
    connection.closeSync()
    instance.closeSync()
  } finally {
    rmSync(folder, { recursive: true })
  }
  assert.equal(opened.faults, [])
})

test('a file that is downloaded has the bytes and the checksum that the page shows', async () => {
  if (missing) return skip(missing)
  await using opened = await browser.open(`${api.url}/#/feeds/kalshi/${DAY}`, {
    width: 360,
    height: 740,
    isPhone: true,
  })
  const { page, downloads } = opened
  const link = await page.waitForSelector('[aria-labelledby="files"] a[download]')
  const name = String(
    await value(page, 'document.querySelector("[aria-labelledby=files] a[download]").download')
  )
  const sum = String(
    await value(page, 'document.querySelector("[aria-labelledby=files] .sum code").title')
  )
  const saved = async () => (await readdir(downloads)).find((file) => file.endsWith(name))
  await link!.click()
  await until(10_000, 'it is saved', async () => (await saved()) !== undefined)

  const bytes = await readFile(join(downloads, (await saved()) ?? ''))
  assert.is(createHash('sha256').update(bytes).digest('hex'), sum)
  assert.equal(opened.faults, [])
})

test('live records are watched as they come, and what is being captured is shown', async () => {
  if (missing) return skip(missing)
  const nats = await startNats()
  const stop = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'test', signal: stop.signal })
  await ensureStream(nc, {
    name: streamName('lab', 'alpha'),
    subjects: [logSubjects('lab', 'alpha')],
    maxAgeMs: 3_600_000,
    maxBytes: 64 * 1024 * 1024,
    replicas: 1,
    duplicateWindowMs: 120_000,
  })
  const feeds = [{ name: 'alpha', exchange: 'synthetic', simulated: true, resource: null }]
  const links = new Links({
    environments: [{ name: 'lab', url: nats.url, credentialsFile: undefined, feeds }],
    log: pino({ level: 'silent' }),
  })
  try {
    await using live = await startTestApi({ live: links, nowMs: Date.now })
    await until(20_000, 'NATS is connected', () => links.now.isConnected('lab'))
    await using opened = await browser.open(`${live.url}/#/tail?feed=alpha`, {
      width: 360,
      height: 740,
      isPhone: true,
    })
    const { page } = opened
    await page.waitForSelector('.waiting')
    let n = 1
    await until(20_000, 'a record is shown', async () => {
      const recv = BigInt(Date.now()) * 1_000_000n
      const payload = `{"type":"trade","symbol":"S1","price":"0.${n}"}`
      const records = [{ recv, payload, type: 'trade', symbol: 'S1', group: 'all' }]
      const block = encodeBlock({
        connection: '01alpha',
        first: n++,
        records,
        feed: 'alpha',
        environment: 'lab',
      })
      await nc.jetstream().publish(logSubject('lab', 'alpha', 0), block)
      return /"price":"0\.\d+"/.test(
        String(await value(page, 'document.querySelector("main").innerText'))
      )
    })
    await page.goto(`${live.url}/?now#/`)
    await until(20_000, 'the feed is shown', async () =>
      /alpha/.test(String(await value(page, 'document.querySelector("table.live")?.innerText')))
    )
    assert.match(
      String(await value(page, 'document.querySelector("table.live").innerText')),
      /simulated/
    )
    assert.equal(opened.faults, [])
  } finally {
    await links.close()
    stop.abort()
    await nc.close()
    await nats.stop()
  }
})

test('each view works without a network beyond the server', async () => {
  if (missing) return skip(missing)
  await using opened = await browser.open(api.url)
  const { page } = opened
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  for (const hash of ['#/', '#/feeds/kalshi', `#/feeds/kalshi/${DAY}`, '#/tail']) {
    await page.goto(`${api.url}/?again${hash}`)
    await page.waitForSelector('main > *')
  }
  assert.equal([...hosts], [new URL(api.url).host])
  assert.equal(opened.faults, [])
})

test.run()
