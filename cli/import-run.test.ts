// test: limit 250s
// The original's repository, with the files that it shipped and a day of its archive: imported, valid, run by `ssmd up`, proved by `data
// verify`; and every reader says that the imported day is imported.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { startBrowser } from '#data/page/testing/browser.ts'
import { until, within } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { freePort } from '../operator/local/ports.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const test = suite("import of the original's repository")
const MS = 60_000
const DAY = '2025-12-25'

/** The files as it shipped them (seed §3), with the hash of an empty file and the transport that its connector refused. */
const ORIGINAL = {
  'exchanges/feeds/kalshi.yaml': `name: kalshi
display_name: Kalshi Exchange
type: websocket
status: active
versions:
  - version: v1
    effective_from: "2025-12-22"
    protocol:
      transport: wss
      message: json
    endpoint: wss://api.kalshi.com/trade-api/ws/v2
    auth_method: api_key
    rate_limit_per_second: 10
`,
  'exchanges/schemas/trade.yaml': `name: trade
format: capnp
schema_file: trade.capnp
versions:
  - version: v1
    effective_from: "2025-12-22"
    status: active
    hash: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`,
  'exchanges/schemas/trade.capnp': '@0xa1b2c3d4e5f60001;\nstruct Trade { ticker @0 :Text; }\n',
  'exchanges/environments/kalshi-local.yaml': `name: kalshi-local
feed: kalshi
schema: trade:v1
keys:
  kalshi:
    type: api_key
    description: Kalshi trading API credentials (RSA key pair)
    required: true
    fields: [api_key, private_key]
    source: env:KALSHI_API_KEY,KALSHI_PRIVATE_KEY
transport:
  type: memory
storage:
  type: local
  path: ./data
`,
}

const second = Date.parse(`${DAY}T10:15:00Z`) / 1000
const frame = (i: number) =>
  `{"type":"trade","sid":1,"msg":{"market_ticker":"KX-A","yes_price":41,"no_price":59,"count":3,"taker_side":"yes","ts":${second + i}}}`
const MANIFEST = {
  ...{ feed: 'kalshi', date: DAY, format: 'jsonl', rotation_interval: '15m' },
  files: [
    {
      name: '1015.jsonl.gz',
      ...{ start: `${DAY}T10:15:00Z`, end: `${DAY}T10:30:00Z` },
      ...{ records: 30, bytes: 4000, nats_start_seq: 1, nats_end_seq: 30 },
    },
  ],
  ...{ gaps: [], tickers: ['KX-A'], message_types: ['trade'], has_gaps: false },
}

test('what it yields validates, runs under ssmd up, is proved by data verify, and stays marked as imported', async () => {
  using folder = temporaryFolder()
  const feeds = join(folder.path, 'feeds')
  for (const [path, text] of Object.entries(ORIGINAL))
    write(join(folder.path, 'original', path), text)
  const day = join(folder.path, 'original/data/kalshi', DAY)
  const lines = Array.from({ length: 30 }, (_, i) => `${frame(i)}\n`).join('')
  write(join(day, '1015.jsonl.gz'), gzipSync(lines))
  write(join(day, 'manifest.json'), JSON.stringify(MANIFEST))

  const ssmd = async (...args: string[]) => {
    const ran = await runSsmd(args, { cwd: feeds })
    assert.is(ran.code, 0, `ssmd ${args.join(' ')}\n${ran.stdout}${ran.stderr}`)
    return ran
  }
  mkdirSync(feeds)
  await ssmd('init', '--bare')
  await ssmd('import', '../original')
  assert.match(
    (await ssmd('validate')).stdout,
    /1 feed, 1 environment, 1 archive, 1 schema: all valid/
  )

  // The exchange cannot be reached from a test: its simulator stands there, as for anybody without a key.
  const nats = `nats://127.0.0.1:${await freePort()}`
  await ssmd('env', 'update', 'kalshi-local', '--simulate', 'kalshi', '--nats-url', nats)
  const up = start(['up'], feeds)
  try {
    await until(MS, 'archived records', () => {
      if (up.child.exitCode !== null) throw new Error(up.text())
      return /archived [1-9]/.test(up.text())
    })
    up.child.kill('SIGINT')
    assert.is(await within(MS, 'the end of ssmd up', up.exit), 0, up.text())
  } finally {
    up.child.kill('SIGKILL')
  }
  const kept = ['--path', 'data/kalshi-local']
  const own = JSON.parse((await ssmd('data', 'list', ...kept, '-o', 'json')).stdout) as {
    days: Day[]
  }
  assert.equal(
    own.days.map(({ feed, simulated, imported }) => [feed, simulated, imported]),
    [['kalshi', true, undefined]]
  )
  await ssmd('data', 'verify', ...kept)

  const path = ['--path', 'data/imported']
  await ssmd('data', 'verify', ...path)
  const list = await ssmd('data', 'list', ...path)
  assert.match(list.stdout, new RegExp(`kalshi +${DAY} +degraded +imported +`))
  const events = await ssmd('data', 'events', 'kalshi', ...path, '-o', 'csv')
  assert.match(events.stderr, /some of it is imported: nothing proves that it is whole/)
  await servedAsImported(feeds)
})

type Day = { readonly feed: string; readonly simulated: boolean; readonly imported?: true }

/** The data API in its rows and headers; the page in its views of feed, day and symbol. */
async function servedAsImported(cwd: string): Promise<void> {
  const port = await freePort()
  const api = start(['data-api', '--path', 'data/imported', '--listen', `127.0.0.1:${port}`], cwd)
  const url = `http://127.0.0.1:${port}`
  try {
    await until(MS, 'the data API', () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false
      )
    )
    const { headers } = await fetch(`${url}/v1/events?feed=kalshi&format=csv`)
    assert.equal([headers.get('ssmd-imported'), headers.get('ssmd-simulated')], ['true', 'false'])
    const { rows } = (await (await fetch(`${url}/v1/feeds`)).json()) as { rows: Day[] }
    assert.equal(
      rows.map(({ feed, imported }) => [feed, imported]),
      [['kalshi', true]]
    )
    if (await missingProgram('chromium')) return
    await using browser = await startBrowser()
    for (const view of ['feeds/kalshi', `feeds/kalshi/${DAY}`, `feeds/kalshi/${DAY}/KX-A`]) {
      await using opened = await browser.open(`${url}/#/${view}`)
      await until(10_000, `#/${view} says that it is imported`, async () => {
        const said = (await opened.page.evaluate('document.body.innerText')) as string
        return /imported/i.test(said)
      })
    }
  } finally {
    api.child.kill('SIGTERM')
    await within(MS, 'the end of the data API', api.exit)
  }
}

type Started = {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  readonly text: () => string
}

function start(args: readonly string[], cwd: string): Started {
  const env = { ...process.env, NO_COLOR: '1', SSMD_API_KEY: '' }
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd, env })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString()
    })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, exit, text: () => text }
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
}

test.run()
