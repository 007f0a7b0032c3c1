// `ssmd signal`: a signal is written, checked and run over an archive, as a person types it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { type Ran, runSsmd } from './testing/run.ts'
import { makeTickerArchive } from './testing/ticker-archive.ts'

const test = suite('signal')

type Answer = {
  readonly run: string
  readonly folder: string
  readonly firesHash: string
  readonly fires: readonly { readonly payload: unknown }[]
  readonly guard: { readonly kind: string } | null
  readonly verdict: { readonly identifier: string; readonly line: number }
}
const json = ({ stdout, stderr }: Ran): Answer => {
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout) as Answer
}

test('new, check and backtest: a fire for each wide spread, and the same hash in the next run', async () => {
  using folder = new TestFolder()
  await makeTickerArchive(folder.data, [1, 2, 9, 1, 8])
  const dir = join(folder.path, 'exchanges/signals')
  const written = await runSsmd(['signal', 'new', 'my-spread', '--dir', dir])
  assert.is(written.code, 0, written.stderr)
  assert.equal(readdirSync(dir).sort(), ['my-spread.ts', 'ssmd-signal.d.ts'])
  const file = join(dir, 'my-spread.ts')
  const again = await runSsmd(['signal', 'new', 'my-spread', '--dir', dir])
  assert.is(again.code, 2)
  const checked = await runSsmd(['signal', 'check', file])
  assert.is(checked.code, 0, checked.stderr)
  assert.match(checked.stdout, /^my-spread version 1: accepted/)
  const args = [
    'signal',
    'backtest',
    file,
    '--feed',
    'kalshi',
    '--from',
    '2026-11-24',
    '--path',
    folder.data,
  ]
  const own = ['--cache-dir', join(folder.path, 'cache'), '--guard']
  const first = await runSsmd([...args, ...own, '-o', 'json'])
  assert.is(first.code, 0, first.stderr)
  const { fires, firesHash, guard, run } = json(first)
  assert.equal(
    fires.map((fire) => fire.payload),
    [{ ask: 0.49, bid: 0.4, seen: 3 }]
  )
  assert.is(guard?.kind, 'passed')
  assert.ok(readdirSync(join(folder.path, 'runs/my-spread')).includes(run))
  const text = await runSsmd([...args, ...own])
  assert.is(text.code, 0, text.stderr)
  assert.ok(text.stdout.includes(firesHash), text.stdout)
  const wider = await runSsmd([...args, ...own, '--param', 'threshold=0.5', '-o', 'json'])
  assert.equal(json(wider).fires, [])
})

test('a signal that is refused ends with 3, and names identifier and line in text and JSON', async () => {
  using folder = new TestFolder()
  await makeTickerArchive(folder.data, [1, 2])
  const file = join(folder.path, 'bait.ts')
  const body = (text: string) =>
    `export default defineSignal({ id: 'bait', version: 1, inputs: { events: ['quote'] },\n\n  on() { ${text} },\n})`
  writeFileSync(file, body('return process.env'))
  const checked = await runSsmd(['signal', 'check', file])
  assert.is(checked.code, 3)
  assert.match(checked.stderr, /bait\.ts:3: process: .*SSMD_E_SIGNAL/)
  const args = [
    'signal',
    'backtest',
    file,
    '--feed',
    'kalshi',
    '--from',
    '2026-11-24',
    '--path',
    folder.data,
  ]
  const own = ['--cache-dir', join(folder.path, 'cache'), '--runs', join(folder.path, 'runs')]
  const refused = await runSsmd([...args, ...own, '-o', 'json'])
  assert.is(refused.code, 3)
  assert.equal(json(refused).verdict.line, 3)
  writeFileSync(file, body('for (;;) {}'))
  const stopped = await runSsmd([...args, ...own, '-o', 'json'])
  assert.is(stopped.code, 3)
  const { verdict, folder: kept } = json(stopped)
  assert.equal([verdict.identifier, verdict.line], ['loop', 3])
  assert.equal(JSON.parse(readFileSync(join(kept, 'run.json'), 'utf8')).verdict, verdict)
})

test.run()
