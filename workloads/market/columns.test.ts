import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventBatch } from './columns.ts'
import { MAX_MANTISSA, MAX_SCALE } from './decimal.ts'
import { EVENT, MarketEvent } from './event.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 200 }
console.log(`columns.test: seed ${seed}`)

/** Everything that an event says, its texts included; not where they stand. */
function shown(event: MarketEvent): Record<string, unknown> {
  const { bytes, sequenceStart, sequenceEnd, idStart, idEnd, ...said } = event
  return { ...said, sequence: event.sequence, id: event.id }
}

const name = fc.constantFrom('', 'kalshi', 'BTC-USD', 'trade', 'ETH-USD', 'é')
const mantissa = fc.oneof(
  fc.integer({ min: -MAX_MANTISSA, max: MAX_MANTISSA }),
  fc.constant(Number.NaN)
)
const scale = fc.nat(MAX_SCALE)
const ms = fc.oneof(fc.constant(-1), fc.integer({ min: 631_152_000_000, max: 9_214_646_399_999 }))
const decimals = fc.array(fc.tuple(mantissa, scale), { minLength: 7, maxLength: 7 })
const instrument = fc.record({ phase: fc.constant('open' as const), action: name, tick: name })
const DECIMALS = ['bid', 'bidSize', 'ask', 'askSize', 'last', 'lastSize', 'volume'] as const

/** An event of any kind with everything that its kind may say. */
const anyEvent = fc
  .record({
    kind: fc.constantFrom(...Object.values(EVENT)),
    head: fc.record({
      feed: name,
      type: name,
      symbol: name,
      connection: name,
      number: fc.maxSafeNat(),
      row: fc.integer({ min: -1, max: 1000 }),
      recvMs: ms,
      recvNs: fc.nat(999_999),
    }),
    own: fc.record({
      timeMs: ms,
      timeNs: fc.nat(999_999),
      side: fc.nat(2),
      flags: fc.nat(31),
      price: mantissa,
      priceScale: scale,
      size: mantissa,
      sizeScale: scale,
      reason: name,
    }),
    decimals,
    until: fc.record({ untilMs: ms, untilNs: fc.nat(999_999) }),
    instrument,
    texts: fc.tuple(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 })),
  })
  .map(({ kind, head, own, decimals: values, until, instrument: said, texts }) => {
    const event = new MarketEvent()
    event.begin(kind)
    Object.assign(event, head, own)
    if (kind < EVENT.instrument) event.reason = ''
    if (kind === EVENT.instrument) event.instrument = said
    if (kind === EVENT.gap) Object.assign(event, until)
    if (kind === EVENT.quote) {
      for (const [i, field] of DECIMALS.entries()) {
        event[field] = values[i]![0]
        event[`${field}Scale`] = values[i]![1]
      }
    }
    const [sequence, id] = texts.map((text) => Buffer.from(text)) as [Buffer, Buffer]
    event.bytes = Buffer.concat([Buffer.from('{"id":"'), id, Buffer.from('":'), sequence])
    event.idStart = 7
    event.idEnd = 7 + id.length
    event.sequenceStart = event.idEnd + 2
    event.sequenceEnd = event.bytes.length
    return event
  })

test('a batch shows every event as it was appended, in order, also after it was cleared', () => {
  const batch = new EventBatch()
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      batch.clear()
      for (const event of events) batch.append(event)
      assert.is(batch.length, events.length)
      let row = 0
      batch.each((event, i) => {
        assert.is(i, row)
        assert.equal(shown(event), shown(events[row++]!))
      })
      assert.is(row, events.length)
    }),
    options
  )
})

test('a batch grows to any length', () => {
  const batch = new EventBatch()
  const event = new MarketEvent()
  const rows = 40_000
  for (let i = 0; i < rows; i++) {
    const kind = [EVENT.trade, EVENT.quote, EVENT.bookChange, EVENT.gap][i % 4]!
    event.begin(kind)
    event.symbol = `S${i % 300}`
    event.price = i
    if (kind === EVENT.quote) event.ask = 2 * i
    if (kind === EVENT.gap) event.reason = `r${i}`
    event.bytes = Buffer.from(`${i}`)
    event.sequenceEnd = event.bytes.length
    batch.append(event)
  }
  batch.each((row, i) => {
    assert.is(row.sequence, String(i))
    assert.is(row.price, i)
    assert.is(row.symbol, `S${i % 300}`)
    assert.equal(row.ask, i % 4 === 1 ? 2 * i : Number.NaN)
    assert.is(row.reason, i % 4 === 3 ? `r${i}` : '')
  })
  assert.is(batch.length, rows)
  assert.is(batch.names.length, 301)
})

test('rows of one batch can be appended to another', () => {
  const [from, to] = [new EventBatch(), new EventBatch()]
  const event = new MarketEvent()
  event.begin(EVENT.trade)
  event.bytes = Buffer.from('12abc')
  event.sequenceEnd = 2
  event.idStart = 2
  event.idEnd = 5
  from.append(event)
  from.each((row) => to.append(row))
  to.each((row) => assert.equal([row.sequence, row.id], ['12', 'abc']))
  assert.is(to.length, 1)
})

test.run()
