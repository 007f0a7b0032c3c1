// Cards of little: no fires, one, prices that are missing, gaps. Nothing is ever NaN, infinite, or made up.

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import type { Card } from '#runs/card.ts'
import type { RunManifest } from '#runs/run.ts'
import { within } from '#testing/deadline.ts'
import { archiveQuotes, MADE_FROM, type MadeQuote } from '../testing/made-quotes.ts'
import { cardHtml } from './html.ts'
import { type CardModel, makeCard, USUAL_MODEL, withTrials } from './make-card.ts'
import { deflated, inverseNormal, normal, quantile, sharpe, sortino, wilson } from './numbers.ts'
import { cardText } from './text.ts'

const test = suite('cards of little')

const quote = (bid: number, symbol = 'A'): MadeQuote => ({ symbol, bid, ask: bid + 2 })

/** `seconds`: behind 12:00:00; `side`: as the payload names it. */
const fireLine = (seconds: number, symbol = 'A', side?: string): string =>
  JSON.stringify({
    id: `${symbol} ${seconds}`,
    feed: 'kalshi',
    symbol,
    recv: new Date(Date.parse(MADE_FROM) + 1000 * seconds).toISOString().replace('Z', '000000Z'),
    time: null,
    payload: side === undefined ? {} : { side },
  })

async function cardOf(
  quotes: Parameters<typeof archiveQuotes>[1],
  fires: readonly string[],
  model: Partial<CardModel> = {}
): Promise<Card> {
  using folder = temporaryFolder()
  const root = join(folder.path, 'archive')
  await within(30_000, 'archive', archiveQuotes(root, quotes))
  const window = { from: MADE_FROM, to: '2026-11-24T12:10:00.000000000Z' }
  const judged = await makeCard({
    fires,
    scope: { roots: [{ path: root }], feeds: ['kalshi'], ...window },
    window,
    days: { count: 1, missing: [] },
    run: { cooled: 0, stopped: null },
    model: { ...USUAL_MODEL, ...model },
  })
  const card = withTrials(judged, { count: 1, ratios: [] })
  assert.equal(JSON.parse(JSON.stringify(card)), card, 'nothing is lost as JSON')
  const said = cardText(card).join('\n') + cardHtml(MANIFEST, card)
  assert.not.match(said, /NaN|Infinity|undefined/)
  return card
}

const MANIFEST = {
  signal: { id: 'edges', version: 1, sha256: 'a' },
  params: { name: '<script>' },
  scope: { feeds: ['kalshi'] },
  firesHash: 'b',
  versions: { ssmd: '0' },
} as unknown as RunManifest

test('without a fire the card has counts of 0, and null for what cannot be said', async () => {
  const card = await cardOf([quote(40), quote(41)], [])
  assert.is(card.fires.total, 0)
  assert.equal([card.fires.topSymbolShare, card.fires.interArrivalSeconds], [null, null])
  assert.equal(
    card.outcomes.map(({ fires }) => [fires.count, fires.hitRate]),
    Array(6).fill([0, null])
  )
  assert.equal([card.result.profitFactor, card.result.sharpe, card.fills.net], [null, null, 0])
  assert.is(card.trials.deflatedSharpe, null)
  assert.is(card.coverage.events, 2)
})

test('one fire: its moves and its fill to the cent, and missing where nothing was received any more', async () => {
  const quotes = [quote(40), quote(40), quote(45), ...Array(60).fill(undefined), quote(50)]
  const card = await cardOf(quotes, [fireLine(1, 'A', 'long')], { latencyMs: 0, hold: 10_000 })
  const [second, tens, minute, five] = card.outcomes.map(({ fires }) => fires)
  // Prices step by 1 cent: of 40, 42, 45, 47, 50 and 52.
  assert.equal([second?.meanTicks, second?.hits], [5, 1])
  assert.equal([tens?.meanTicks, minute?.meanTicks], [5, 5])
  assert.equal([five?.count, five?.missing], [0, 1])
  const { fills } = card
  // Bought at 0.42, sold at 0.45: fees of 0.07 × 0.42 × 0.58 and 0.07 × 0.45 × 0.55, each up to the cent.
  assert.equal([fills.count, fills.gross.toFixed(2), fills.fees.toFixed(2)], [1, '0.03', '0.04'])
  assert.is(card.fires.topSymbolShare, 1)
  assert.is(card.result.profitFactor, 0)
})

test('a side of the payload turns a move round, and a fire without one counts as a buy and is said', async () => {
  const quotes = [quote(40), quote(40), quote(45), quote(45)]
  const card = await cardOf(quotes, [fireLine(1, 'A', 'sell'), fireLine(1, 'A')])
  assert.equal([card.fires.sells, card.fires.buys, card.fires.withoutSide], [1, 1, 1])
  assert.equal([card.outcomes[0]?.fires.meanTicks, card.outcomes[0]?.fires.hits], [0, 1])
})

test('behind a gap no price is known until the next quote: nothing is carried over it', async () => {
  const quotes = [quote(40), quote(40), 'lost', ...Array(20).fill(undefined), quote(50), quote(50)]
  const card = await cardOf(quotes as never, [fireLine(1), fireLine(10)], { latencyMs: 0 })
  const [second, ten] = card.outcomes.map(({ fires }) => fires)
  assert.equal([second?.count, second?.missing], [0, 2])
  assert.equal([ten?.count, ten?.missing], [0, 2])
  assert.is(card.fills.unfilled, 1)
  assert.ok(card.coverage.gaps.count > 0)
  assert.ok(card.coverage.gaps.seconds >= 5)
})

test('an entry takes what is shown and no more; a maker is filled by a trade beyond its price alone', async () => {
  const quotes = [quote(40), quote(40), ...Array(20).fill(quote(41))]
  const fires = [fireLine(1)]
  const taken = await cardOf(quotes, fires, { size: 50, hold: 10_000 })
  assert.equal([taken.fills.partial, taken.fills.capacity.median], [1, 4])
  assert.is(taken.fills.turnover.toFixed(2), (4 * (0.42 + 0.41)).toFixed(2))
  const waiting = await cardOf(quotes, fires, { entry: 'maker', hold: 10_000 })
  assert.equal([waiting.fills.count, waiting.fills.unfilled], [0, 1])
})

test('rates that are told stand in for those of the exchange', async () => {
  const quotes = Array(30).fill(quote(40))
  const card = await cardOf(quotes, [fireLine(1)], {
    hold: 10_000,
    rates: { taker: 0.01, maker: 0 },
  })
  assert.equal(card.model.fees[0]?.from, 'told')
  assert.is(card.fills.fees.toFixed(4), (0.01 * (0.42 + 0.4)).toFixed(4))
})

test('the file of a card asks for nothing outside of it, and shows texts as texts', async () => {
  const html = cardHtml(
    MANIFEST,
    await cardOf(Array(5).fill(quote(40, 'A<b>')), [fireLine(1, 'A<b>')])
  )
  assert.not.match(html, /<script|https?:|src=|@import|url\(|<link|<b>/i)
  assert.match(html, /default-src 'none'/)
})

test('statistics of nothing are null, and known values are met', () => {
  assert.equal(
    [quantile([], 0.5), wilson(0, 0), sharpe([1]), sortino([1, 2])],
    [null, null, null, null]
  )
  assert.is(sharpe([0.1, 0.1, 0.1]), null)
  assert.equal(deflated([1, 2], 5, 1), { probability: null, expectedBest: null })
  const close = (found: number, wanted: number): void =>
    assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, not ${wanted}`)
  // statistics.NormalDist of Python.
  close(normal(1.96), 0.9750021048517795)
  close(normal(-6), 9.865876449133282e-10)
  close(inverseNormal(0.975), 1.959963984540054)
  const [low, high] = wilson(7, 10)!
  close(low, 0.39677814746114537)
  close(high, 0.8922087325936989)
})

test.run()
