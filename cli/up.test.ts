// The whole, as a person runs it: `ssmd up` with the real programs, and the data commands on what it archived.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LiveDocument } from '#data/live/now.ts'
import { openEventSource } from '#data/testing/event-source.ts'
import { until, within } from '#testing/deadline.ts'
import { freePort } from '../operator/local/ports.ts'
import { isAlive, TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const MS = 40_000

const RESOURCES = (natsPort: number) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made-up }
spec:
  exchange: synthetic
  versions:
    - name: v1
      effectiveFrom: "2025-01-01"
      endpoint: synthetic://generator?rate=200&symbols=3&seed=7
  channels: [trade, ticker]
---
kind: Environment
metadata: { name: lab }
spec:
  feeds: [made-up]
  transport: { url: "nats://127.0.0.1:${natsPort}" }
---
kind: Archive
metadata: { name: all }
spec:
  environmentRef: { name: lab }
  feeds: [made-up]
  storage: { path: data }
`

/** Every process that `ssmd up` started, by what it said. */
const pidsIn = (text: string): number[] =>
  [...text.matchAll(/started \(process (\d+)\)/g)].map(([, pid]) => Number(pid))

const PAGE_LINE = /Z page: (http:\/\/127\.0\.0\.1:\d+\/)\n/

const test = suite('up')
const folder = new TestFolder()
folder.write('exchanges/all.yaml', RESOURCES(await freePort()))
test.after(() => folder[Symbol.dispose]())

/** Starts `ssmd up` on the folder; `text` is what it printed so far. */
function startUp(command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: folder.path,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString()
    })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, exit, text: () => text }
}

test('captures and archives with plain lines, and ends with 0 on SIGINT, leaving nothing running', async () => {
  const { child, exit, text } = startUp(process.execPath, [ENTRY, 'up'])
  try {
    await until(MS, 'archived records', () => /archived [1-9]/.test(text()))
    await until(MS, 'the page', () => PAGE_LINE.test(text()))
    const [, url = ''] = PAGE_LINE.exec(text()) ?? []
    await until(MS, 'what is captured now', async () => {
      const { feeds } = (await (await fetch(`${url}v1/live`)).json()) as LiveDocument
      return feeds.some((feed) => feed.feed === 'made-up' && feed.state === 'capturing')
    })
    const tail = await openEventSource(`${url}v1/tail?feed=made-up`)
    await until(MS, 'records', () => tail.events.some(({ event }) => event === 'message'))
    tail.close()
    child.kill('SIGINT')
    assert.is(await within(MS, 'exit', exit), 0, text())
  } finally {
    child.kill('SIGKILL')
  }
  assert.match(text(), /made-up \(lab, simulated\): capturing, \d+ msg\/s/)
  assert.match(text(), /\nStopped after .*made-up \(simulated\) [\d,]+ records archived today/)
  assert.match(
    text(),
    /\nNext: npx ssmd data list {3}npx ssmd data sample made-up today --limit 3\n$/
  )
  const pids = pidsIn(text())
  assert.is(pids.length, 3, text())
  for (const pid of pids) assert.not.ok(isAlive(pid), `process ${pid} has ended`)
})

test('data list shows the day, as a table and as JSON', async () => {
  const list = await runSsmd(['data', 'list'], { cwd: folder.path })
  assert.is(list.code, 0)
  assert.match(list.stdout, /^FEED +DAY +CONDITION +SOURCE +RECORDS +SIZE +GAPS +FROM +TO\n/)
  assert.match(list.stdout, /made-up +\d{4}-\d\d-\d\d +\w+ +simulated +[\d,]+ /)
  const json = await runSsmd(['data', 'list', '--output', 'json'], { cwd: folder.path })
  const { days } = JSON.parse(json.stdout)
  assert.is(days.length, 1)
  assert.is(days[0].simulated, true)
  assert.ok(days[0].records > 100)
})

test('data list shows a damaged day beside the others, and ends with 3', async () => {
  const day = join(folder.path, 'data', 'made-up', '2020-01-01')
  mkdirSync(day)
  try {
    writeFileSync(join(day, 'manifest.json'), '{}')
    const list = await runSsmd(['data', 'list', 'made-up'], { cwd: folder.path })
    assert.is(list.code, 3)
    assert.match(list.stdout, /\nmade-up +2020-01-01 +damaged +- .*\nmade-up +\d{4}-.* +simulated /)
    assert.match(list.stdout, /manifest\.json: its sha256 does not match its text/)
    const json = await runSsmd(['data', 'list', '--output', 'json'], { cwd: folder.path })
    const { days, damaged } = JSON.parse(json.stdout)
    assert.equal([days.length, damaged.length, damaged[0].day], [1, 1, '2020-01-01'])
    const sample = await runSsmd(['data', 'sample', 'made-up', 'latest', '--limit', '1'], {
      cwd: folder.path,
    })
    assert.is(sample.code, 0)
  } finally {
    rmSync(day, { recursive: true })
  }
})

test('data sample prints lines byte for byte, filtered, and says that they are simulated', async () => {
  const sample = (...args: string[]) =>
    runSsmd(['data', 'sample', 'made-up', 'latest', ...args], { cwd: folder.path })
  const three = await sample('--limit', '3')
  assert.is(three.code, 0)
  assert.is(three.stdout.trim().split('\n').length, 3)
  assert.match(three.stdout, /^\{"recv":".*"n":1,"type":"open","event":\{"kind":"open"/)
  assert.match(three.stderr, /is simulated/)

  const trades = await sample('--type', 'trade', '--symbol', 'S1', '--limit', '20')
  const lines = trades.stdout.trim().split('\n')
  assert.ok(lines.length > 5)
  for (const line of lines) {
    const { frame } = JSON.parse(line)
    assert.equal([frame.type, frame.symbol], ['trade', 'S1'])
    // Trailing zeros and all: nothing was parsed and written anew.
    assert.match(line, /"price":"0\.\d{4}"/)
  }

  // Events of several kinds stand side by side in one file.
  const opens = await sample('--type', 'open', '--limit', '20')
  for (const line of opens.stdout.trim().split('\n')) assert.is(JSON.parse(line).event.kind, 'open')

  const json = JSON.parse((await sample('--type', 'trade', '--limit', '2', '-o', 'json')).stdout)
  assert.is(json.simulated, true)
  assert.equal(
    json.lines.map((line: { frame: { type: string } }) => line.frame.type),
    ['trade', 'trade']
  )
  const from = JSON.parse(lines[3] ?? '').recv
  const later = await sample('--type', 'trade', '--symbol', 'S1', '--from', from, '--limit', '1')
  assert.is(later.stdout.trim(), lines[3])

  const none = await sample('--type', 'trades')
  assert.is(none.code, 0)
  assert.is(none.stdout, '')
  assert.match(none.stderr, /no line of type trades that day; types of the day: .*ticker, trade/)
  const json0 = JSON.parse((await sample('--type', 'trades', '-o', 'json')).stdout)
  assert.equal(json0.lines, [])
})

test('data sample into a reader that goes away ends quietly', async () => {
  const { code, stderr } = await runSsmd(
    ['data', 'sample', 'made-up', 'latest', '--limit', '1000000'],
    {
      cwd: folder.path,
      onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    }
  )
  assert.is(code, 0)
  assert.not.match(stderr, /EPIPE|Error/)
})

test('data verify proves it, and a second start on a terminal goes on where the first stopped', async () => {
  const before = await runSsmd(['data', 'verify', '-o', 'json'], { cwd: folder.path })
  assert.is(before.code, 0, before.stdout)
  const { records } = JSON.parse(before.stdout)

  // `script` gives it a terminal; what is typed there as Ctrl-C is a SIGINT to the whole foreground group.
  const { child, exit, text } = startUp('script', [
    '-qec',
    `exec ${process.execPath} ${ENTRY} up`,
    '/dev/null',
  ])
  let missing = false
  child.on('error', () => {
    missing = true
  })
  try {
    await until(
      MS,
      'the table',
      () => missing || /made-up .*capturing +simulated .*s +[1-9]/.test(text())
    )
    if (missing) {
      console.log('skipped: the program `script` is not here')
      return
    }
    child.stdin.write('\u0003')
    assert.is(await within(MS, 'exit', exit), 0, text())
  } finally {
    child.kill('SIGKILL')
  }
  // The cursor is hidden while it draws, and there again before the last words.
  const shown = text().lastIndexOf('\u001b[?25h')
  assert.ok(text().includes('\u001b[?25l') && shown > 0)
  assert.match(text().slice(shown), 'Stopped after')

  const after = await runSsmd(['data', 'verify', '-o', 'json'], { cwd: folder.path })
  assert.is(after.code, 0, after.stdout)
  assert.ok(JSON.parse(after.stdout).records > records)
})

test('data verify finds a file that was changed, names it, and ends with 3', async () => {
  const [day] = JSON.parse(
    (await runSsmd(['data', 'list', '-o', 'json'], { cwd: folder.path })).stdout
  ).days as { day: string }[]
  const file = `data/made-up/${day?.day}/trades_000.jsonl.gz`
  const { open } = await import('node:fs/promises')
  const handle = await open(`${folder.path}/${file}`, 'r+')
  await handle.write(Buffer.from([0xff, 0x00, 0xff]), 0, 3, 200)
  await handle.close()
  const { code, stdout } = await runSsmd(['data', 'verify', 'made-up', 'latest'], {
    cwd: folder.path,
  })
  assert.is(code, 3)
  assert.match(stdout, /\nmade-up\/.*trades_000\.jsonl\.gz: /)
  assert.match(stdout, /[1-9]\d* problems?\n$/)
})

test('an archive that is not there, or empty, or has not that feed, is said clearly', async () => {
  const nowhere = await runSsmd(['data', 'list', '--path', '/nowhere'])
  assert.is(nowhere.code, 1)
  assert.match(
    nowhere.stderr,
    /^ssmd: there is no archive at \/nowhere \(SSMD_E_NOT_FOUND\)\n {2}run npx ssmd up/
  )
  folder.write('empty/readme', '')
  const empty = await runSsmd(['data', 'list', '--path', 'empty'], { cwd: folder.path })
  assert.is(empty.code, 0)
  assert.match(empty.stdout, /^empty holds no archived day yet/)
  const other = await runSsmd(['data', 'sample', 'kalshi', 'today'], { cwd: folder.path })
  assert.is(other.code, 1)
  assert.match(other.stderr, /no feed "kalshi" .*\n {2}there is: made-up\n$/)
})

test.run()
