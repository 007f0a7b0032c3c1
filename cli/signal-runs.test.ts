// test: limit 600s
// Runs of signals as a person types them: kept, listed, shown, compared, reproduced on another copy, and swept.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Card } from '#runs/card.ts'
import { archiveQuotes } from '#signals/testing/made-quotes.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { type Ran, runSsmd } from './testing/run.ts'

const test = suite('runs of signals')

const folder = new TestFolder()
test.after(() => folder[Symbol.dispose]())
const file = join(folder.path, 'exchanges/signals/wide.ts')
const runs = join(folder.path, 'runs')
const cache = ['--cache-dir', join(folder.path, 'cache')]
const scope = ['--feed', 'kalshi', '--from', '2026-11-24', '--path', folder.data, ...cache]

const WIDE = `export default defineSignal({
  id: 'wide', version: 1, inputs: { events: ['quote'] }, params: { least: { type: 'number', default: 3 } },
  on(event, _, ctx) {
    const { bid, ask } = event
    if (bid === undefined || ask === undefined) return
    if (Math.round((ask - bid) * 100) >= ctx.params.least) ctx.fire({ side: 'long' })
  },
})
`

test.before(async () => {
  mkdirSync(join(folder.path, 'exchanges/signals'), { recursive: true })
  writeFileSync(file, WIDE)
  const quotes = Array.from({ length: 900 }, (_, i) => {
    const bid = 40 + Math.round(5 * Math.sin(i / 40))
    return { symbol: i % 2 === 0 ? 'A' : 'B', bid, ask: bid + 1 + ((i * 7) % 5) }
  })
  await archiveQuotes(folder.data, quotes)
})

const ok = (ran: Ran): string => {
  assert.is(ran.code, 0, ran.stderr)
  return ran.stdout
}
const signal = (...args: string[]): Promise<Ran> => runSsmd(['signal', ...args])

type Told = {
  readonly run: string
  readonly firesHash: string
  readonly trial: number
  readonly card: Card
}

test('a run is kept with its card in three forms, which show prints again', async () => {
  const told = JSON.parse(ok(await signal('backtest', file, ...scope, '-o', 'json'))) as Told
  const kept = join(runs, 'wide', told.run)
  assert.equal(readdirSync(kept).sort(), [
    'card.html',
    'card.json',
    'fires.jsonl',
    'run.json',
    'signal.ts',
  ])
  assert.equal(JSON.parse(readFileSync(join(kept, 'card.json'), 'utf8')), told.card)
  assert.ok(told.card.fires.total > 10)
  const html = ok(await signal('backtest', file, ...scope, '-o', 'html'))
  assert.match(html, /^<!doctype html>/)
  const shown = ok(await signal('show', told.run.slice(-8), '--runs', runs))
  assert.match(shown, /Moves after the fires/)
  assert.ok(shown.includes(told.firesHash))
  const again = ok(await signal('show', told.run, '--runs', runs, '-o', 'json'))
  assert.equal((JSON.parse(again) as Told).card, told.card)
  const missing = await signal('show', 'ffffffff', '--runs', runs)
  assert.match(missing.stderr, /there is no run ffffffff/)
  assert.is(missing.code, 1)
})

test('a window that is not complete is refused on demand, with what is missing', async () => {
  const refused = await signal(
    'backtest',
    file,
    ...scope,
    '--to',
    '2026-11-26',
    '--require',
    'complete'
  )
  assert.is(refused.code, 3)
  assert.match(refused.stderr, /the window is not complete: missing days: .*2026-11-25/)
})

test('runs lists them with the number of the trial, also one that did not end', async () => {
  const { runs: before } = JSON.parse(ok(await signal('runs', '--runs', runs, '-o', 'json'))) as {
    runs: { run: string; manifest: { trial: number } | null }[]
  }
  assert.equal(
    before.map(({ manifest }) => manifest?.trial),
    before.map((_, i) => i + 1)
  )
  mkdirSync(join(runs, 'wide/20260101T000000Z-00000000'))
  const text = ok(await signal('runs', 'wide', '--runs', runs))
  assert.match(text, /20260101T000000Z-00000000 .*did not end/)
  const next = JSON.parse(ok(await signal('backtest', file, ...scope, '-o', 'json'))) as Told
  assert.is(next.trial, before.length + 2, 'a run that did not end was tried too')
  const shown = await signal('show', '00000000', '--runs', runs)
  assert.match(shown.stderr, /did not end/)
  rmSync(join(runs, 'wide/20260101T000000Z-00000000'), { recursive: true })
  assert.match(ok(await signal('runs', 'other', '--runs', runs)), /^no runs of other/)
})

test('compare names what two runs were made of and the fires that only one has', async () => {
  const one = JSON.parse(ok(await signal('backtest', file, ...scope, '-o', 'json'))) as Told
  const args = [...scope, '--param', 'least=5', '-o', 'json']
  const other = JSON.parse(ok(await signal('backtest', file, ...args))) as Told
  const told = JSON.parse(
    ok(await signal('compare', one.run, other.run, '--runs', runs, '-o', 'json'))
  ) as {
    fires: { both: number; onlyA: number; onlyB: number }
    lines: { name: string; a: string; b: string }[]
  }
  const { total } = other.card.fires
  assert.equal(told.fires, { both: total, onlyA: one.card.fires.total - total, onlyB: 0 })
  assert.equal(
    told.lines.find(({ name }) => name === 'least'),
    { name: 'least', a: '3', b: '5', same: false } as never
  )
  assert.match(ok(await signal('compare', one.run, other.run, '--runs', runs)), /≠ +least +3 +5/)
})

test('reproduce finds the same fires on another copy, and names a day that is missing or differs', async () => {
  const told = JSON.parse(ok(await signal('backtest', file, ...scope, '-o', 'json'))) as Told
  const manifest = join(runs, 'wide', told.run, 'run.json')
  const copy = join(folder.path, 'copy')
  cpSync(folder.data, copy, { recursive: true })
  const same = await signal('reproduce', manifest, '--path', copy, ...cache)
  assert.match(ok(same), new RegExp(`^reproduced: .*${told.firesHash}`))
  const trials = readdirSync(join(runs, 'wide')).length
  rmSync(join(copy, 'kalshi/2026-11-24'), { recursive: true })
  const gone = await signal('reproduce', manifest, '--path', copy, ...cache)
  assert.is(gone.code, 3, gone.stderr)
  assert.match(gone.stdout, /missing +kalshi\/2026-11-24/)
  rmSync(copy, { recursive: true })
  const half = Array.from({ length: 300 }, () => ({ symbol: 'A', bid: 40, ask: 44 }))
  await archiveQuotes(copy, half)
  const other = await signal('reproduce', manifest, '--path', copy, ...cache)
  assert.is(other.code, 3, other.stderr)
  assert.match(other.stdout, /different +kalshi\/2026-11-24: records 302 instead of 902/)
  assert.is(readdirSync(join(runs, 'wide')).length, trials, 'it is no trial')
})

test('a source that was changed beside run.json is named', async () => {
  const told = JSON.parse(ok(await signal('backtest', file, ...scope, '-o', 'json'))) as Told
  const kept = join(runs, 'wide', told.run)
  writeFileSync(join(kept, 'signal.ts'), WIDE.replace('>=', '>'))
  const ran = await signal('reproduce', join(kept, 'run.json'), '--path', folder.data, ...cache)
  assert.is(ran.code, 3)
  assert.match(ran.stdout, /different +source: /)
})

type Swept = {
  readonly trials: number
  readonly runs: {
    readonly params: { least: string }
    readonly net: number
    readonly fires: number
    readonly run: string
    readonly trials: number
  }[]
}

test('sweep runs each combination once, sorts by the measure, and each is a trial; other threads, same runs', async () => {
  const own = join(folder.path, 'swept')
  const args = ['sweep', file, ...scope, '--param', 'least=2:5:1', '--by', 'net', '--hold', '10s']
  const told = JSON.parse(ok(await signal(...args, '--runs', own, '-o', 'json'))) as Swept
  assert.equal(told.runs.map(({ params }) => params.least).toSorted(), ['2', '3', '4', '5'])
  assert.equal(
    told.runs.map(({ net }) => net),
    told.runs.map(({ net }) => net).toSorted((a, b) => b - a)
  )
  assert.is(told.trials, 4)
  assert.ok(told.runs.every(({ trials }) => trials === 4))
  assert.is(readdirSync(join(own, 'wide')).length, 4)
  const alone = join(folder.path, 'alone')
  const one = JSON.parse(
    ok(await signal(...args, '--runs', alone, '--jobs', '1', '-o', 'json'))
  ) as Swept
  const without = ({ runs: all }: Swept) => all.map(({ run, ...rest }) => rest)
  assert.equal(without(one), without(told))
  const text = ok(await signal(...args, '--runs', own))
  assert.match(text, /8 trials of this signal so far/)
})

test('a walk forward tries on each test what was best on the train before it', async () => {
  const own = join(folder.path, 'walked')
  const window = ['--from', '2026-11-24T12:00:00Z', '--to', '2026-11-24T12:15:00Z']
  const base = ['--feed', 'kalshi', '--path', folder.data, ...cache, '--runs', own]
  const folds = ['--folds', '2', '--train', '5m', '--test', '4m', '--embargo', '30s']
  const args = [
    'sweep',
    file,
    ...base,
    ...window,
    '--param',
    'least=2,4',
    '--hold',
    '10s',
    '--by',
    'net',
  ]
  const told = JSON.parse(ok(await signal(...args, ...folds, '-o', 'json'))) as {
    trials: number
    net: number
    folds: {
      train: { from: string; to: string }
      test: { from: string }
      chosen: Swept['runs'][0]
      seen: Swept['runs'][0]
    }[]
  }
  assert.is(told.trials, 6)
  assert.equal(
    told.folds.map(({ train, test: { from } }) => [train.to.slice(11, 19), from.slice(11, 19)]),
    [
      ['12:05:00', '12:05:30'],
      ['12:09:00', '12:09:30'],
    ]
  )
  for (const { chosen, seen } of told.folds) assert.equal(seen.params, chosen.params)
  const sum = told.folds.reduce((all, { seen }) => all + seen.net, 0)
  assert.ok(Math.abs(told.net - sum) < 1e-9)
  const tooLong = await signal(...args, '--folds', '9', '--train', '5m', '--test', '4m')
  assert.is(tooLong.code, 2)
  assert.match(tooLong.stderr, /9 folds take/)
})

test('what no run can be made of is refused before anything is read', async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['backtest', file, ...scope, '--hold', '5'], /--hold 5 is no duration/],
    [['backtest', file, ...scope, '--hold', '7h'], /--hold 7h is too long/],
    [['backtest', file, ...scope, '--fee', 'x'], /--fee x names no rates/],
    [['sweep', file, ...scope], /no parameter is given/],
    [['sweep', file, ...scope, '--param', 'least=5:1:1'], /least=5:1:1 is no range/],
    [
      ['sweep', file, ...scope, '--param', 'least=1:5:0.0001', '--param', 'b=1,2'],
      /values|combinations/,
    ],
    [['sweep', file, ...scope, '--param', 'least=1', '--folds', '2'], /--folds needs --train/],
    [['reproduce', file], /is no run\.json/],
  ]
  for (const [args, why] of cases) {
    const ran = await signal(...args)
    assert.is(ran.code, 2, args.join(' '))
    assert.match(ran.stderr, why)
  }
})

test.run()
