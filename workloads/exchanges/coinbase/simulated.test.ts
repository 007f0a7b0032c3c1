// The simulated exchange against what was recorded of the real one, and against what the connector must be able to read.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STRANGERS } from '#testing/recordings.ts'
import { VirtualExchange } from '../../simulator/testing/virtual-exchange.ts'
import { createVenue } from './simulator/venue.ts'
import { simulatedFrames } from './testing/simulated.ts'

const test = suite('coinbase simulated')

type Level = Readonly<Record<string, string>>
type Framed = {
  readonly channel: string
  readonly sequence_num: number
  readonly timestamp: string
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

/** What a frame consists of: its members in order, those of its events and levels, and the forms of their values. */
function shapeOf(text: string): string[] {
  const frame = JSON.parse(text) as Framed
  const shape = [`frame ${Object.keys(frame)}`, `timestamp ${formOf(frame.timestamp)}`]
  for (const event of frame.events) {
    if (frame.channel === 'subscriptions') continue
    shape.push(`event ${Object.keys(event)}`)
    for (const level of (event.updates ?? []) as readonly Level[]) {
      shape.push(`level ${Object.keys(level)}`, `side ${level.side}`)
      for (const name of ['event_time', 'price_level', 'new_quantity']) {
        shape.push(`${name} ${formOf(level[name])}`)
      }
    }
  }
  return shape
}

/** `78856.05` is a decimal without zeros at its end, `2026-08-24T22:34:13.813164957Z` a time with 9 decimals. */
function formOf(value: unknown): string {
  const text = String(value)
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d+)Z$/.exec(text)
  if (time !== null) return `time ${time[1]!.length}`
  return /^(0|[1-9]\d*)(\.\d*[1-9])?$/.test(text) ? `${typeof value} decimal` : text
}

const framesOf = (channel: string, frames: readonly string[]) =>
  frames.filter((text) => text.startsWith(`{"channel":"${channel}"`))

test('frames of the simulator have the shape of recorded ones', () => {
  const recorded = STRANGERS.coinbase!()
  const made = simulatedFrames(5_000).map((frame) => frame.toString())
  for (const channel of ['l2_data', 'subscriptions']) {
    const forms = new Set(framesOf(channel, recorded).flatMap(shapeOf))
    const own = framesOf(channel, made)
    assert.ok(own.length > 2)
    for (const text of own) for (const form of shapeOf(text)) assert.ok(forms.has(form), form)
  }
  const updates = (frames: readonly string[]) =>
    framesOf('l2_data', frames).filter((text) => text.includes('"type":"update"'))
  const bytes = (frames: readonly string[]) =>
    frames.reduce((sum, text) => sum + text.length, 0) / frames.length
  const [one, other] = [bytes(updates(made)), bytes(updates(recorded))]
  assert.ok(one > other / 2 && one < other * 2, `${one} bytes, ${other} recorded`)
})

test('all frames of a connection are counted from 0, answers and heartbeats among them; snapshots come before the answer', () => {
  const frames = simulatedFrames(2_000).map((frame) => JSON.parse(String(frame)) as Framed)
  for (const [i, { sequence_num }] of frames.entries()) assert.is(sequence_num, i)
  const channels = frames.map(({ channel }) => channel)
  assert.equal(channels.slice(0, 4), ['subscriptions', 'l2_data', 'l2_data', 'l2_data'])
  assert.ok(channels.filter((name) => name === 'heartbeats').length > 2)
  assert.ok(
    frames.some(({ events }) => (events[0]?.updates as unknown[] | undefined)?.length === 0)
  )
})

test('it deletes levels that it never sent', () => {
  const books = new Map<string, Set<string>>()
  let unknown = 0
  for (const frame of simulatedFrames(3_000)) {
    const { channel, events } = JSON.parse(String(frame)) as Framed
    if (channel !== 'l2_data') continue
    for (const event of events) {
      const book = books.get(String(event.product_id)) ?? new Set()
      books.set(String(event.product_id), book)
      for (const { side, price_level, new_quantity } of event.updates as readonly Level[]) {
        const key = `${side} ${price_level}`
        if (new_quantity !== '0') book.add(key)
        else if (!book.delete(key)) unknown++
      }
    }
  }
  assert.ok(unknown > 10, `${unknown}`)
})

const answerTo = (text: string): Record<string, unknown> => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 2 })
  const client = exchange.connect('/')
  client.send(text)
  return JSON.parse(String(client.frames.at(-1))) as Record<string, unknown>
}

test('what a client sends is read strictly: one channel a message, products that exist, and errors name none of them', () => {
  const ask = (more: object) =>
    JSON.stringify({ type: 'subscribe', channel: 'level2', product_ids: ['BTC-USD'], ...more })
  assert.is(answerTo(ask({})).channel, 'subscriptions')
  for (const text of [
    '{',
    '[]',
    'null',
    '{}',
    ask({ type: 'subscript' }),
    ask({ channel: 'l2_data' }),
    ask({ channel: 'user' }),
    ask({ channel: null }),
    ask({ channels: ['level2'] }),
    ask({ product_ids: [] }),
    ask({ product_ids: 'BTC-USD' }),
    ask({ product_ids: ['BTC-USD', 7] }),
    ask({ product_ids: ['BTC-USD', 'NOPE-USD'] }),
  ]) {
    const answer = answerTo(text)
    assert.equal([Object.keys(answer), answer.type], [['type', 'message'], 'error'], text)
    assert.not.match(String(answer.message), /NOPE/)
  }
})

test('a client that subscribes to nothing for five seconds is sent away, and so is a ninth message of a second', () => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 2 })
  const silent = exchange.connect('/')
  exchange.advance(4_900, 0)
  assert.is(silent.closed, null)
  exchange.advance(200, 0)
  assert.is(silent.closed?.code, 1008)
  const loud = exchange.connect('/')
  for (let i = 0; i < 9; i++) loud.send('{"type":"subscribe","channel":"heartbeats"}')
  const types = loud.frames.map((frame) => JSON.parse(String(frame)).type ?? 'answer')
  assert.equal(types, [...Array(8).fill('answer'), 'error'])
})

test('a ninth connection of a second is refused', () => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 2 })
  for (let i = 0; i < 8; i++) exchange.connect('/')
  const refused = exchange.dial('/')
  assert.is('status' in refused ? refused.status : 101, 429)
})

test('products are listed page by page, and a call too many is refused', () => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 5 })
  const list = (query: string) =>
    exchange.rest(`/api/v3/brokerage/market/products${query}`) as {
      status: number
      body: { products?: { product_id: string }[] }
    }
  const names = (query: string) => list(query).body.products?.map(({ product_id }) => product_id)
  assert.is(names('')?.length, 5)
  assert.equal(names('?limit=2&offset=1'), names('')?.slice(1, 3))
  assert.is(list('?limit=-1').status, 400)
  for (let i = 0; i < 10; i++) list('')
  assert.is(list('').status, 429)
})

test.run()
