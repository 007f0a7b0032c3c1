// Signals over real archives: fires against a plain computation, determinism, gaps, the prefix test, what a run leaves.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at } from '#archive/testing/blocks.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { history } from '#events/history.ts'
import { replay } from '#events/replay.ts'
import { archiveBlocks, kalshiTestFrames } from '#events/testing/archives.ts'
import { randomCapture, type TestFrame } from '#events/testing/capture.ts'
import { EVENT } from '#market/event.ts'
import { within } from '#testing/deadline.ts'
import { type Backtest, type BacktestOptions, backtest } from './backtest.ts'
import { readDefinition } from './definition.ts'
import { Engine } from './engine.ts'
import { type FireLine, FireLines } from './fire-lines.ts'
import { type GuardHow, guardReplay } from './guard.ts'
import type { Instrument } from './instrument.ts'
import { keepRun } from './run-files.ts'
import { readProgram } from './source.ts'
import { ticker } from './testing/tickers.ts'

const test = suite('backtest')
const folder = temporaryFolder()
const root = join(folder.path, 'archive')
test.after(() => folder[Symbol.dispose]())

/** Recorded frames, and between them tickers whose spreads go up and down. */
function framesOf(random: Random): TestFrame[] {
  return kalshiTestFrames(3, 900).flatMap((frame) => [
    frame,
    ticker(`KXMADE-${random.int(0, 3)}`, random.int(1, 6)),
  ])
}

test.before(async () => {
  const random = seeded(testSeed('backtest'))
  const published = randomCapture(random, {
    feed: 'kalshi',
    exchange: 'kalshi',
    frames: framesOf(random),
    shards: 2,
    connections: 3,
    startsAt: at('2026-11-24T23:50:00Z'),
    stepMs: 2_000,
  })
  await within(60_000, 'archive', archiveBlocks(root, 'kalshi', published, random))
})

const SPREAD = readFileSync(
  join(import.meta.dirname, '../../exchanges/signals/spread-monitor.ts'),
  'utf8'
)
const EVERY_GAP = `export default {
  id: 'gaps', version: 1, inputs: { events: ['quote', 'trade', 'bookChange', 'bookSnapshot'] },
  on(event, _, ctx) { if (event.kind === 'gap') ctx.fire({ why: event.reason }) },
}`

const run = (source: string, options: Partial<BacktestOptions> = {}): Promise<Backtest> => {
  const program = readProgram(source)
  const scope = { roots: [{ path: root }], feeds: ['kalshi'] }
  const all = { program, name: 'signal.ts', params: {}, scope, ...options }
  return within(60_000, 'backtest', backtest(all))
}
const textsOf = ({ fires }: Backtest): string[] => fires.map(({ text }) => text)

type Spread = { wide: boolean; known: boolean; firedMs: number }

/** What the spread monitor must say, with none of its engine. */
async function wideSpreads(threshold: number): Promise<string[]> {
  const states = new Map<string, Spread>()
  const found: string[] = []
  const roots = [{ path: root }]
  for await (const batch of history({ roots, feeds: ['kalshi'], events: ['quote'] })) {
    batch.each(({ kind, symbol, bid, bidScale, ask, askScale, recvMs, recvText }) => {
      if (kind === EVENT.gap) {
        for (const [name, state] of states) {
          if (symbol === '' || symbol === name) state.known = false
        }
        return
      }
      const state = states.get(symbol) ?? { wide: false, known: false, firedMs: -Infinity }
      states.set(symbol, state)
      if (Number.isNaN(bid) || Number.isNaN(ask)) return
      const wide = ask / 10 ** askScale - bid / 10 ** bidScale >= threshold - 1e-9
      if (wide && state.known && !state.wide && recvMs >= state.firedMs + 60_000) {
        found.push(`${symbol} ${recvText}`)
        state.firedMs = recvMs
      }
      Object.assign(state, { wide, known: true })
    })
  }
  return found
}

test('the spread monitor fires where a plain loop over the same events finds that the spread became wide', async () => {
  let all = 0
  for (const threshold of [0.02, 0.03, 0.05]) {
    const expected = await wideSpreads(threshold)
    all += expected.length
    const done = await run(SPREAD, { params: { threshold: String(threshold) } })
    const found = done.fires.map(({ text }) => {
      const { symbol, recv } = JSON.parse(text) as { symbol: string; recv: string }
      return `${symbol} ${recv}`
    })
    assert.equal(done.verdict, { kind: 'ran' })
    assert.equal(found, expected)
  }
  assert.ok(all > 0, 'the recording has spreads that become wide')
})

test('two runs, in one process and in three, have one fires-hash', async () => {
  const one = await run(EVERY_GAP, { processes: 1 })
  const other = await run(EVERY_GAP, { processes: 3 })
  assert.ok(one.fires.length > 0, 'the signal was shown gaps')
  assert.equal(textsOf(other), textsOf(one))
  assert.is(other.firesHash, one.firesHash)
  assert.equal(other.counts, one.counts)
  assert.is(
    new Set(one.fires.map(({ text }) => (JSON.parse(text) as { id: string }).id)).size,
    one.fires.length
  )
})

test('the manifest of a run says what was read, and a run that was stopped is kept with the line', async () => {
  const program = readProgram(
    `export default { id: 'stops', version: 1, inputs: { events: ['quote'] },
  init: () => ({ n: 0 }),
  on(event, state, ctx) {
    if (++state.n > 3) throw new Error('enough')
    ctx.fire({ n: state.n })
  } }`
  )
  const scope = { roots: [{ path: root }], feeds: ['kalshi'], from: '2026-11-23' }
  const done = await backtest({ program, name: 'stops.ts', params: {}, scope })
  assert.equal(done.verdict, {
    kind: 'refused',
    identifier: 'on',
    line: 4,
    why: 'threw Error: enough',
  })
  assert.equal(done.days.missing, ['kalshi/2026-11-23'])
  const about = {
    program,
    backtest: done,
    versions: { ssmd: '0', node: '0' },
    scope: { feeds: ['kalshi'], symbols: null, from: scope.from, to: null },
  }
  const first = await keepRun(join(folder.path, 'runs'), about, 0)
  const second = await keepRun(join(folder.path, 'runs'), about, 1)
  const manifest = JSON.parse(readFileSync(join(second.folder, 'run.json'), 'utf8'))
  assert.is(first.manifest.trial, 1)
  assert.equal(manifest, JSON.parse(JSON.stringify({ ...first.manifest, trial: 2 })))
  assert.is(manifest.days[0].day, '2026-11-24')
  assert.is(
    readFileSync(join(first.folder, 'fires.jsonl'), 'utf8'),
    textsOf(done)
      .map((text) => `${text}\n`)
      .join('')
  )
})

test('an honest signal passes the guards', async () => {
  const done = await run(SPREAD, { guard: true, params: { threshold: '0.02' } })
  assert.equal(done.guard, { kind: 'passed', prefixes: 4, futures: 4 })
})

/** A fault that an engine could have: the signal gets hold of a table, and reads its next row. */
async function withPeek(isBait: boolean): ReturnType<typeof guardReplay> {
  const rerun = async ({ most = Number.POSITIVE_INFINITY, future }: GuardHow) => {
    let seen = Number.NaN
    const on = (event: unknown, _: unknown, ctx: unknown): void => {
      const { price = 0 } = event as { price?: number }
      const shown = isBait ? seen : price
      if (shown > 0.5) (ctx as { fire: (payload: object) => void }).fire({ shown })
    }
    const inputs = { events: ['trade', 'bookChange'] }
    const { about, handlers } = readDefinition({ id: 'peek', version: 1, inputs, on }, {})
    const refuse = (): never => assert.unreachable() as never
    const engine = new Engine({ about, handlers, onCall() {}, refuse, fires: 100_000 })
    await replay<Instrument | null>(
      { roots: [{ path: root }], events: about.reads, future },
      {
        rows(rows, list, from, to) {
          for (let k = from; k < to; k++) {
            rows.fill(list === null ? Math.min(k + 1, rows.symbols.codes.length - 1) : list[k]!)
            seen = rows.event.price / 10 ** rows.event.priceScale
            if (!engine.runRows(rows, list, k, k + 1, most)) return false
          }
          return true
        },
        gap(event) {
          engine.take(event)
          return engine.seen < most
        },
      }
    )
    const fires = new FireLines('peek')
    for (const fire of engine.takeFires()) fires.add(fire)
    return { fires, verdict: { kind: 'ran' } }
  }
  return guardReplay((await rerun({})).fires, rerun)
}

test('a signal that reads the next row of a table is caught, and one that does not passes', async () => {
  const caught = await withPeek(true)
  assert.is(caught.kind, 'failed', JSON.stringify(caught))
  assert.is((await withPeek(false)).kind, 'passed')
})

test('fires that differ in another number of processes are caught', async () => {
  const line = (text: string): FireLine => ({ at: 0, recv: '', text })
  const run = async () => ({ fires: { lines: [line('a')] }, verdict: { kind: 'ran' } })
  const result = await guardReplay({ lines: [line('a'), line('b')] }, run)
  assert.equal(result, {
    kind: 'failed',
    test: 'processes',
    events: 0,
    expected: 'b',
    found: 'nothing',
  })
})

test.run()
