// test: limit 300s
// The card of a run against a Python program that shares nothing with it: every number, over recorded windows with their settlements.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import type { Card } from '#runs/card.ts'
import { within } from '#testing/deadline.ts'
import { KALSHI } from '#testing/recordings.ts'
import { backtest } from '../backtest.ts'
import { readProgram } from '../source.ts'
import { archiveWindows } from '../testing/windows.ts'
import { type CardModel, makeCard, USUAL_MODEL, withTrials } from './make-card.ts'

const test = suite('the card of a run')

/** Fires at large trades, with their side but for some. */
const TRADES = `export default {
  id: 'large-trades', version: 1, inputs: { events: ['trade'] }, params: { size: { type: 'number', default: 20 } },
  on(event, _, ctx) {
    if (event.kind !== 'trade' || event.size < ctx.params.size) return
    if (event.size > 100) ctx.fire({ size: event.size })
    else ctx.fire({ size: event.size, side: event.side })
  },
}`

const DAY_MS = 86_400_000
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const midnight = (ms: number): string => `${dayOf(ms)}T00:00:00.000000000Z`

const MODELS: readonly Partial<CardModel>[] = [
  {},
  { hold: 'settlement', latencyMs: 0, size: 50, seed: 7 },
  { entry: 'maker', hold: 60_000 },
  { rates: { taker: 0.001, maker: 0.0002 }, hold: 10_000 },
]

/** As Python finds it. */
function independent(feed: string, fires: string, card: string): Partial<Card> {
  const script = join(import.meta.dirname, 'testing/card.py')
  const ran = spawnSync('python3', [script, feed, fires, card], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  assert.is(ran.status, 0, ran.stderr)
  return JSON.parse(ran.stdout) as Partial<Card>
}

/** Equal but for the last digits of sums; says where they differ. */
function close(found: unknown, wanted: unknown, place: string): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    const room = 1e-9 * Math.max(1, Math.abs(wanted))
    assert.ok(Math.abs(found - wanted) <= room, `${place}: ${found}, and Python says ${wanted}`)
  } else if (typeof wanted === 'object' && wanted !== null) {
    assert.ok(typeof found === 'object' && found !== null, `${place}: ${found}`)
    assert.equal(Object.keys(found).sort(), Object.keys(wanted).sort(), place)
    for (const [name, one] of Object.entries(wanted)) {
      close((found as Record<string, unknown>)[name], one, `${place}.${name}`)
    }
  } else assert.is(found, wanted, place)
}

for (const recordings of KALSHI) {
  test(`${recordings.name}: every number of the card is what Python computes from the same archive`, async () => {
    using folder = temporaryFolder()
    const root = join(folder.path, 'archive')
    const { fromMs, toMs } = await within(60_000, 'archive', archiveWindows(root, recordings))
    const scope = {
      roots: [{ path: root }],
      feeds: ['kalshi'],
      from: midnight(fromMs),
      to: midnight(toMs + DAY_MS),
    }
    const program = readProgram(TRADES)
    const options = { program, name: 'trades.ts', params: {}, scope }
    const done = await within(60_000, 'backtest', backtest(options))
    assert.ok(done.fires.length > 5, `${done.fires.length} fires`)
    const fires = join(folder.path, 'fires.jsonl')
    writeFileSync(fires, done.fires.map(({ text }) => `${text}\n`).join(''))
    for (const own of MODELS) {
      const judged = await makeCard({
        fires: done.fires.map(({ text }) => text),
        scope,
        window: { from: scope.from, to: scope.to },
        days: { count: done.days.read.length, missing: done.days.missing },
        run: { cooled: done.counts.cooled, stopped: null },
        model: { ...USUAL_MODEL, ...own },
      })
      const card = withTrials(judged, { count: 3, ratios: [] })
      const file = join(folder.path, 'card.json')
      writeFileSync(file, JSON.stringify(card))
      const { trials, ...wanted } = independent(join(root, 'kalshi'), fires, file)
      for (const [name, part] of Object.entries(wanted)) {
        close(card[name as keyof Card], part, name)
      }
      const { expectedBest, deflatedSharpe } = card.trials
      close({ expectedBest, deflatedSharpe }, trials, 'trials')
      assert.ok(card.coverage.gaps.count > 0, 'the archive has a gap')
      assert.is(card.outcomes.at(-1)?.horizon, 'settlement')
    }
  })
}

test.run()
