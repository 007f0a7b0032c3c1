import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BookRows } from './book-rows.ts'
import { EVENT, EVENT_NAMES, FLAG, MarketEvent, SIDE } from './event.ts'
import { emitUnknown, takeHeader } from './normalizer.ts'

const header = { recvMs: 1_786_410_915_566, recvNs: 273_001, feed: 'f', type: 't', symbol: 's' }

test('every kind has its name', () => {
  for (const [name, kind] of Object.entries(EVENT)) assert.is(EVENT_NAMES[kind], name)
})

test('an event that begins says nothing of the one before', () => {
  const fresh = new MarketEvent()
  takeHeader(fresh, header)
  for (const kind of Object.values(EVENT)) {
    const event = new MarketEvent()
    takeHeader(event, header)
    event.begin(kind)
    const own = event as unknown as Record<string, unknown>
    // What a reader says of the record, before its events.
    const kept = [
      ...['kind', 'feed', 'type', 'symbol', 'recvMs', 'recvNs', 'bytes'],
      ...['connection', 'number', 'row'],
    ]
    // Some fields are filled in by quotes alone, some by gaps.
    const isOwn = (name: string): boolean =>
      /^(bid|ask|last|volume)/.test(name)
        ? kind === EVENT.quote
        : !name.startsWith('until') || kind === EVENT.gap
    for (const name of Object.keys(own)) {
      if (!kept.includes(name) && isOwn(name)) own[name] = typeof own[name] === 'string' ? 'x' : 7
    }
    event.begin(EVENT.trade)
    fresh.kind = EVENT.trade
    assert.equal({ ...event }, { ...fresh }, EVENT_NAMES[kind])
  }
})

test('times, sequence and id are texts when they are read', () => {
  const event = new MarketEvent()
  takeHeader(event, header)
  assert.is(event.recvText, '2026-08-11T01:15:15.566273001Z')
  assert.is(event.recv, 1_786_410_915_566_273_001n)
  assert.is(event.time, -1n)
  assert.equal([event.timeText, event.sequence, event.id], ['', '', ''])
  event.timeMs = 1_786_410_915_566
  event.timeNs = 5
  assert.is(event.timeText, '2026-08-11T01:15:15.566000005Z')
  event.bytes = Buffer.from('{"seq":18446744073709551616,"id":"e0689eae"}')
  event.sequenceStart = 7
  event.sequenceEnd = 27
  event.idStart = 34
  event.idEnd = 42
  assert.equal([event.sequence, event.id], ['18446744073709551616', 'e0689eae'])
})

test('the rows of a snapshot begin with FIRST and end with LAST, those of a change only end', () => {
  const event = new MarketEvent()
  const rows = new BookRows()
  const flags: number[] = []
  const sizes: number[] = []
  const emitted = (kind: number, count: number, flag: number): number[] => {
    flags.length = 0
    sizes.length = 0
    event.begin(kind)
    rows.clear()
    for (let i = 0; i < count; i++) rows.add(SIDE.bid, 10 + i, 1, i, 2)
    rows.emit(event, flag, (row) => {
      flags.push(row.flags)
      sizes.push(row.size)
    })
    return flags
  }
  const { first, last, empty, change } = FLAG
  assert.equal(emitted(EVENT.bookSnapshot, 3, 0), [first, 0, last])
  assert.equal(emitted(EVENT.bookSnapshot, 1, 0), [first | last])
  assert.equal(emitted(EVENT.bookSnapshot, 0, 0), [first | last | empty])
  assert.ok(Number.isNaN(event.price))
  assert.equal(emitted(EVENT.bookChange, 2, change), [change, change | last])
  assert.equal(emitted(EVENT.bookChange, 0, 0), [last | empty])
  emitted(EVENT.bookSnapshot, 5000, 0)
  assert.equal(
    sizes,
    Array.from({ length: 5000 }, (_, i) => i)
  )
})

test('an unknown event names the field and the reason, and nothing else of the frame', () => {
  const event = new MarketEvent()
  takeHeader(event, header)
  event.begin(EVENT.quote)
  event.bid = 5
  emitUnknown(event, 'price', 'missing', (unknown) => {
    assert.is(unknown.reason, 'price: missing')
    assert.is(unknown.type, 't')
    assert.ok(Number.isNaN(unknown.bid))
  })
  emitUnknown(event, '', 'not JSON', (unknown) => assert.is(unknown.reason, 'not JSON'))
})

test.run()
