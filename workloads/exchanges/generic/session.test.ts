import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Action, Wanted } from '../protocol/adapter.ts'
import { generic } from './adapter.ts'
import { CONNECTED, COUNTED, feedOf, TOPICS } from './testing/feeds.ts'

const test = suite('generic session')

/** A session on a clock that the test moves, and what it asked for. */
class Driven {
  nowMs = 1_000_000
  readonly session
  readonly actions: Action[] = []

  constructor(spec: string) {
    const feed = feedOf(spec)
    const version = feed.spec.versions[0]!
    const { endpoint } = version
    const context = { feed, version, endpoint, restEndpoint: null, nowMs: () => 0 }
    this.session = generic.open({ ...context, auth: { kind: 'none' } }).session({ shard: 0 })
  }

  want(
    added: readonly string[],
    removed: readonly string[] = [],
    resumed: Wanted['resumed'] = new Map()
  ): void {
    const wanted: Wanted = { added, removed, resumed, extent: 'all' }
    this.actions.push(...this.session.want(wanted, this.nowMs))
  }

  open(...symbols: string[]): void {
    this.want(symbols)
    this.actions.push(...this.session.opened(this.nowMs))
    this.pass(1_000)
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.session.wakeAt <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.session.wakeAt)
      this.actions.push(...this.session.tick(this.nowMs))
    }
    this.nowMs = untilMs
  }

  frame(text: string): void {
    const payload = Buffer.from(text)
    this.session.look(payload)
    if (this.session.frame.control) this.actions.push(...this.session.control(payload, this.nowMs))
  }

  taken<K extends Action['kind']>(kind: K): Extract<Action, { kind: K }>[] {
    const found = this.actions.filter((one) => one.kind === kind)
    for (const one of found) this.actions.splice(this.actions.indexOf(one), 1)
    return found as Extract<Action, { kind: K }>[]
  }

  sent(): string[] {
    return this.taken('send').map(({ text }) => text)
  }

  refusals() {
    return this.session
      .refusals()
      .map(({ channel, symbols, kind, words }) => [channel, symbols, kind, words])
  }
}

const sub = (ch: string, products: string[], id: number) =>
  `{"op":"sub","ch":"${ch}","products":${JSON.stringify(products)},"id":${id}}`

test('symbols are asked for in batches for each channel; it is ready once all are answered', () => {
  const driven = new Driven(COUNTED)
  driven.open('A', 'B', 'C')
  assert.equal(driven.sent(), [
    sub('trade', ['A', 'B'], 1),
    sub('ticker', ['A', 'B'], 2),
    sub('trade', ['C'], 3),
    sub('ticker', ['C'], 4),
  ])
  for (const [id, names] of [
    [1, 'AB'],
    [2, 'AB'],
    [3, 'C'],
  ] as const)
    for (const name of names) driven.frame(`{"result":"ok","product":"${name}","id":${id}}`)
  assert.equal(driven.taken('ready'), [])
  driven.frame('{"result":"ok","product":"C","id":4}')
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 3 }])
  assert.equal(driven.refusals(), [])
  driven.want([], ['B'])
  driven.pass(1_000)
  assert.equal(driven.sent(), [
    '{"op":"unsub","ch":"trade","products":["B"],"id":5}',
    '{"op":"unsub","ch":"ticker","products":["B"],"id":6}',
  ])
})

test('a symbol that is refused is named with the words of the exchange; it is asked for again after five minutes', () => {
  const driven = new Driven(COUNTED)
  driven.open('A', 'NOPE')
  driven.sent()
  for (const id of [1, 2]) {
    driven.frame(`{"result":"ok","product":"A","id":${id}}`)
    driven.frame(`{"error":"no such product","product":"NOPE","id":${id}}`)
  }
  assert.equal(driven.taken('ready').length, 1)
  assert.equal(driven.refusals(), [
    ['trade', ['NOPE'], 'refused', 'no such product'],
    ['ticker', ['NOPE'], 'refused', 'no such product'],
  ])
  driven.pass(5 * 60_000 + 1_000)
  const again = driven.sent().filter((text) => text.includes('sub'))
  assert.equal(again, [
    sub('trade', ['NOPE'], again.length > 0 ? idIn(again[0]!) : 0),
    sub('ticker', ['NOPE'], idIn(again[1]!)),
  ])
  driven.frame(`{"result":"ok","product":"NOPE","id":${idIn(again[0]!)}}`)
  assert.equal(driven.refusals(), [['ticker', ['NOPE'], 'refused', 'no such product']])
  const [missed] = driven.taken('missed')
  assert.equal([missed!.cause, missed!.reason], ['not-subscribed', 'the exchange refused NOPE'])
})

const idIn = (text: string): number => (JSON.parse(text) as { id: number }).id

test('a message that is refused as a whole is halved until the symbol is found', () => {
  const driven = new Driven(COUNTED.replace('symbolsPerMessage: 2', 'symbolsPerMessage: 4'))
  driven.open('A', 'B', 'NOPE', 'C')
  for (let round = 0; round < 4; round++) {
    for (const text of driven.sent().filter((one) => one.includes('"sub"'))) {
      const { products, id } = JSON.parse(text) as { products: string[]; id: number }
      if (products.includes('NOPE')) driven.frame(`{"error":"bad request","id":${id}}`)
      else
        for (const name of products) driven.frame(`{"result":"ok","product":"${name}","id":${id}}`)
    }
    driven.pass(1_000)
  }
  assert.equal(driven.refusals().sort(), [
    ['ticker', ['NOPE'], 'refused', 'bad request'],
    ['trade', ['NOPE'], 'refused', 'bad request'],
  ])
  assert.is(driven.taken('ready').length, 1)
})

test('what is not answered within 10 s is told, asked for again, and missing until it is confirmed', () => {
  const driven = new Driven(COUNTED)
  driven.open('A')
  assert.equal(driven.sent().length, 2)
  driven.frame('{"result":"ok","product":"A","id":1}')
  driven.pass(10_000)
  assert.equal(driven.refusals(), [['ticker', ['A'], 'unanswered', 'no answer within 10 s']])
  driven.pass(2_000)
  const [again] = driven.sent().filter((text) => text.includes('sub'))
  driven.frame(`{"result":"ok","product":"A","id":${idIn(again!)}}`)
  assert.equal(driven.refusals(), [])
  assert.equal(
    driven.taken('missed').map(({ reason }) => reason),
    ['the exchange did not confirm A']
  )
})

test('if nothing is confirmed, what was sent counts; an error that names no symbol is shown as it is', () => {
  const spec = `${CONNECTED}    - { name: error, kind: error, type: error, match: "*", reason: error }\n`
  const driven = new Driven(spec)
  driven.open('A', 'B', 'C')
  assert.equal(driven.sent().sort(), [
    '{"subscribe":"A"}',
    '{"subscribe":"B"}',
    '{"subscribe":"C"}',
  ])
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 3 }])
  driven.frame('{"error":"there is no B here"}')
  assert.equal(driven.refusals(), [['trade', ['B'], 'refused', 'there is no B here']])
  driven.frame('{"error":"slow down"}')
  assert.equal(driven.refusals().at(-1), ['trade', [], 'refused', 'slow down'])
  driven.pass(10 * 60_000)
  assert.is(driven.refusals().length, 0)
})

test('answers that do not say what they are about: one message waits at a time', () => {
  const spec = `${TOPICS.replace('{symbols}', '{symbol}')}    - { name: ok, kind: ack, type: ok, match: "*" }
    - { name: no, kind: error, type: error, match: "*", reason: error }\n`
  const driven = new Driven(spec)
  driven.open('A', 'B')
  assert.equal(driven.sent(), ['{"op":"subscribe","args":["trades:A"]}'])
  driven.frame('{"error":"no"}')
  driven.pass(100)
  assert.equal(driven.sent(), ['{"op":"subscribe","args":["trades:B"]}'])
  driven.frame('{"ok":1}')
  assert.equal(driven.refusals(), [['trades', ['A'], 'refused', 'no']])
  assert.is(driven.taken('ready').length, 1)
})

test('the ping is sent as often as the Feed says', () => {
  const driven = new Driven(COUNTED)
  driven.open()
  driven.pass(14_500)
  assert.equal(driven.sent(), ['{"op":"ping"}', '{"op":"ping"}', '{"op":"ping"}'])
})

test('symbols that come back are told with the time since they were gone', () => {
  const driven = new Driven(CONNECTED)
  driven.open('A')
  driven.want(['B'], [], new Map([['B', 5]]))
  driven.pass(1_000)
  assert.equal(
    driven.taken('resumed').map(({ symbols, sinceMs }) => [symbols, sinceMs]),
    [[['B'], 5]]
  )
})

test.run()
