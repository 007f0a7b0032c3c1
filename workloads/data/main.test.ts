import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { ask } from './testing/api.ts'
import { DEMO } from './testing/make-demo.ts'

type Line = {
  readonly level: string
  readonly msg: string
  readonly address?: string
  readonly health?: string
  readonly code?: string
  readonly hint?: string
}

const test = suite('ssmd data-api')
const children: ChildProcess[] = []
let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-api-'))
})
test.after.each(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const ENTRY = new URL('../../cli/main.ts', import.meta.url).pathname

/** Runs the role until its line for which `match` holds. */
async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { SSMD_DATA_PATH: _, SSMD_API_KEY: __, ...clean } = process.env
  const child = spawn(process.execPath, [ENTRY, 'data-api', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...clean, SSMD_CACHE_DIR: join(folder, 'cache'), ...env },
  })
  children.push(child)
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const line = new Promise<Line>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const said = JSON.parse(text) as Line
      if (said.msg === 'ready' || said.level === 'fatal') resolve(said)
    })
  })
  return { child, exit, line: await within(20_000, 'the first line', line) }
}

const LISTEN = ['--listen', '127.0.0.1:0']

test('--demo serves recordings with one command, says where, and ends with 0 on SIGTERM', async () => {
  const { child, exit, line } = await start(['--demo', ...LISTEN, '--health-addr', '127.0.0.1:0'])
  assert.match(line.address ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/)
  const feeds = await ask(`${line.address}v1/feeds`)
  assert.equal(
    feeds.json.rows.map(({ feed }: { feed: string }) => feed),
    ['binance', 'kalshi']
  )
  assert.is((await ask(line.address!)).status, 200)
  for (const path of ['livez', 'readyz', 'metrics'])
    assert.is((await ask(`http://${line.health}/${path}`)).status, 200, path)
  const metrics = await ask(`http://${line.health}/metrics`)
  assert.match(metrics.text, 'ssmd_data_rows_total{route="/v1/feeds"} 2')
  assert.match(metrics.text, 'nodejs_eventloop_lag_seconds')
  child.kill('SIGTERM')
  assert.is(await within(10_000, 'the end', exit), 0)
})

test('an archive that is missing, none, and a listener for others without keys are refused with what to do', async () => {
  const copy = join(folder, 'copy')
  cpSync(DEMO, copy, { recursive: true })
  for (const [args, code, hint, exitCode] of [
    [['--path', join(folder, 'none')], 'SSMD_E_NOT_FOUND', /--path/, 1],
    [[], 'SSMD_E_USAGE', /--demo/, 2],
    [['--demo', '--listen', '0.0.0.0:0'], 'SSMD_E_USAGE', /ssmd api-key create/, 2],
    [['--demo', '--listen', ':0'], 'SSMD_E_USAGE', /127\.0\.0\.1/, 2],
    [['--demo', '--path', `x=${DEMO}/`], 'SSMD_E_USAGE', /once/, 2],
    [['--path', DEMO, '--path', copy], 'SSMD_E_USAGE', /other\.binance/, 2],
  ] as const) {
    const { line, exit } = await start(args)
    assert.is(line.code, code, args.join(' '))
    assert.match(line.hint ?? '', hint)
    assert.is(await exit, exitCode)
  }
})

test('with SSMD_API_KEY it listens for others, and answers nothing but the open paths without it', async () => {
  const { line } = await start(['--demo', '--listen', '0.0.0.0:0'], { SSMD_API_KEY: 'one key' })
  const base = line.address!.replace('0.0.0.0', '127.0.0.1')
  assert.equal((await ask(`${base}health`)).json.keys, true)
  assert.is((await ask(`${base}v1/feeds`)).status, 401)
  assert.is((await ask(`${base}v1/feeds`, { headers: { 'x-api-key': 'one key' } })).status, 200)
})

test('an archive that disappears is an error of its requests, and answers again once it is back', async () => {
  const path = join(folder, 'data')
  cpSync(DEMO, path, { recursive: true })
  const { line, child } = await start(['--path', path, ...LISTEN])
  assert.is((await ask(`${line.address}v1/feeds`)).json.rows.length, 2)
  renameSync(path, `${path}-away`)
  const gone = await ask(`${line.address}v1/feeds`)
  assert.is(gone.status, 404)
  assert.ok(gone.json.hint)
  assert.not.match(gone.text, folder)
  assert.is((await ask(`${line.address}health`)).status, 200)
  renameSync(`${path}-away`, path)
  assert.is((await ask(`${line.address}v1/feeds`)).json.rows.length, 2)
  assert.is(child.exitCode, null)
})

test.run()
