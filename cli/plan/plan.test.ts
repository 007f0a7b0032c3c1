// Plans of resources by hand: what each sum is made of, and what stays unknown.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DaySummary } from '#archive/read/reader.ts'
import { parseResources } from '#crds/parse.ts'
import { figuresOf } from './figures.ts'
import { costOf, type Declared, type Measured, planOf } from './plan.ts'
import { costLines, planLines } from './shown.ts'

const test = suite('plan')
const TODAY = '2026-11-30'

const feedText = (name: string, more = '') => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: ${name} }
spec:
  exchange: kraken
  versions:
    - name: v1
      effectiveFrom: "2025-01-01"
      endpoint: wss://ws.kraken.com/v2
      maxSymbolsPerConnection: 2
  channels: [trade]
${more}`
const envText = (feeds: string, more = '') => `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: live }
spec: { feeds: ${feeds}, transport: { url: "nats://a:4222" }${more} }
`
const archiveText = (name: string, feeds: string, more = '') => `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: ${name} }
spec: { environmentRef: { name: live }, feeds: ${feeds}, storage: { path: data/${name} }${more} }
`
function declare(...texts: string[]): Declared {
  const found = parseResources(texts.join('---\n'), 'a.yaml')
  assert.equal(found.problems, [])
  return {
    feeds: found.feeds.map(({ resource }) => resource),
    environments: found.environments.map(({ resource }) => resource),
    archives: found.archives.map(({ resource }) => resource),
  }
}
const SYMBOLS = '  symbols: { include: [BTC/USD, ETH/USD, SOL/USD] }\n'
const measured: Measured = { records: 1000, bytes: 5e9, days: 7 }
const known = (feed: string) => (feed === 'kraken' ? measured : undefined)

test('a feed that is measured has sizes for a day and in the end, summed over its archives', () => {
  const plan = planOf(
    declare(
      feedText('kraken', SYMBOLS),
      envText('[kraken]'),
      archiveText('a', '[kraken]', ', retention: { days: 10 }'),
      archiveText('b', '[kraken]', ', retention: { days: 30 }')
    ),
    TODAY,
    known
  )
  const [row] = plan.rows
  assert.equal(row?.connections, { count: 2, atLeast: false })
  assert.is(row?.bytesPerDay, 10e9)
  assert.is(row?.bytesInTheEnd, 200e9)
  assert.match(
    planLines(plan, undefined).join('\n'),
    /1,000 +10.0 GB +10 days in a, 30 days in b +200 GB/
  )
})

test('one archive without retention makes the size in the end unbounded, and none nothing at all', () => {
  const texts = [feedText('kraken', SYMBOLS), envText('[kraken]')] as const
  const kept = planOf(declare(...texts, archiveText('a', '[kraken]')), TODAY, known)
  assert.is(kept.rows[0]?.bytesInTheEnd, null)
  assert.equal(kept.totals.unbounded, ['kraken in live'])
  const none = planOf(declare(...texts), TODAY, known)
  assert.is(none.rows[0]?.bytesPerDay, 0)
})

test('what no archive has measured is unknown, named, and in no sum', () => {
  const plan = planOf(
    declare(
      feedText('kraken'),
      feedText('other'),
      envText('[kraken, other]'),
      archiveText('a', '[kraken, other]')
    ),
    TODAY,
    known
  )
  assert.equal(plan.totals.unknown, ['other in live'])
  assert.is(plan.totals.bytesPerDay, 5e9)
  // All symbols of the exchange: how many there are it alone knows.
  assert.equal(plan.rows[0]?.connections, { count: 1, atLeast: true })
  assert.match(planLines(plan, undefined).join('\n'), /no archive holds a day of it: other in live/)
})

test('suspended, disabled and ended feeds cost nothing', () => {
  const count = (...texts: string[]) => planOf(declare(...texts), TODAY, known).rows.length
  assert.is(count(feedText('kraken'), envText('[kraken]')), 1)
  assert.is(count(feedText('kraken'), envText('[kraken]', ', suspend: true')), 0)
  assert.is(count(feedText('kraken', '  state: disabled\n'), envText('[kraken]')), 0)
  const later = feedText('kraken').replace('2025-01-01', '2027-01-01')
  assert.is(count(later, envText('[kraken]')), 0)
})

test('a change costs the difference, and new feeds that are unknown are named', () => {
  const before = declare(
    feedText('kraken'),
    envText('[kraken]'),
    archiveText('a', '[kraken]', ', retention: { days: 10 }')
  )
  const after = declare(
    feedText('kraken'),
    feedText('other'),
    envText('[kraken, other]'),
    archiveText('a', '[kraken, other]', ', retention: { days: 4 }')
  )
  const [one, two] = [before, after].map((declared) => planOf(declared, TODAY, known))
  assert.equal(costLines(costOf(one!, two!)), [
    'plan: +1 connector, +1 connection, −30.0 GB in the end',
    'plan: how much other in live sends is unknown: no archive holds a day of it',
  ])
  assert.equal(costLines(costOf(one!, one!)), [])
})

const dayOf = (day: string, change: Partial<DaySummary> = {}): DaySummary => ({
  ...{ feed: 'kraken', day, environment: 'live', archive: 'a', exchange: 'kraken', proof: {} },
  ...{ simulated: false, condition: 'available', updated: '', records: 100, bytes: 1000 },
  ...{ rawBytes: 0, segments: 1, gaps: 0, from: null, to: null },
  ...change,
})

test('figures are the mean of the latest seven whole days, and never mix simulated with real', () => {
  const days = Array.from({ length: 9 }, (_, i) => dayOf(`2026-11-${20 + i}`, { records: i * 100 }))
  const figures = figuresOf(
    [...days, dayOf(TODAY, { records: 9e9 }), dayOf('2026-11-29', { simulated: true, records: 7 })],
    TODAY
  )
  assert.equal(figures('kraken', false), { records: 500, bytes: 1000, days: 7 })
  assert.equal(figures('kraken', true), { records: 7, bytes: 1000, days: 1 })
  assert.is(figures('other', false), undefined)
})

test('a first day is extended to a whole one; seconds of it tell nothing', () => {
  const from = `${TODAY}T00:00:00.000000000Z`
  const hour = figuresOf([dayOf(TODAY, { from, to: `${TODAY}T01:00:00.000000000Z` })], TODAY)
  assert.equal(hour('kraken', false), { records: 2400, bytes: 24_000, days: 0 })
  const seconds = figuresOf([dayOf(TODAY, { from, to: `${TODAY}T00:00:09.000000000Z` })], TODAY)
  assert.is(seconds('kraken', false), undefined)
})

test.run()
