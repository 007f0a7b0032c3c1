// The work of one announcement, counted: what the session and the placement do to sets and maps is the same for a small
// market and a large one.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SymbolSet } from '../../connector/symbol-set.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { wants } from '../protocol/testing/wants.ts'
import { KalshiSession } from './session.ts'
import { KalshiModel } from './testing/kalshi-model.ts'
import { channelNamed } from './types.ts'

const test = suite('kalshi burst')

/** Counts what `work` asks of sets and maps: each operation, and each step of an iteration. */
function operations(work: () => void): number {
  let count = 0
  const restore: (() => void)[] = []
  const patch = (owner: object, name: PropertyKey, made: (old: unknown) => unknown) => {
    const old = Reflect.get(owner, name)
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)!
    Object.defineProperty(owner, name, { ...descriptor, value: made(old) })
    restore.push(() => Object.defineProperty(owner, name, descriptor))
  }
  const counted = (old: unknown) =>
    function (this: unknown, ...args: unknown[]) {
      count++
      return Reflect.apply(old as () => unknown, this, args)
    }
  for (const name of ['has', 'add', 'delete']) patch(Set.prototype, name, counted)
  for (const name of ['has', 'get', 'set', 'delete']) patch(Map.prototype, name, counted)
  for (const iterator of [new Set().values(), new Map().values()]) {
    patch(Object.getPrototypeOf(iterator), 'next', counted)
  }
  try {
    work()
  } finally {
    for (const one of restore) one()
  }
  return count
}

/** A session that has so many markets, all confirmed. */
function settled(markets: number) {
  const session = new KalshiSession({
    whole: [channelNamed('market_lifecycle_v2')],
    filtered: ['orderbook_delta', 'trade'].map(channelNamed),
    spacingMs: 1,
  })
  const model = new KalshiModel()
  let now = 1_000
  const frame = (text: string) => {
    const payload = Buffer.from(text)
    session.look(payload)
    return session.frame.control ? session.control(payload, now) : []
  }
  const act = (actions: ReturnType<typeof session.tick>) => {
    for (const action of actions) {
      if (action.kind === 'send') for (const one of model.handle(action.text)) act(frame(one))
    }
  }
  const settle = () => {
    while (session.wakeAt < Number.POSITIVE_INFINITY) {
      now = session.wakeAt
      act(session.tick(now))
    }
  }
  act(session.opened(now))
  const symbols = Array.from({ length: markets }, (_, i) => `K-${i}`)
  act(session.want(wants([], symbols), now))
  settle()
  // Every subscription has room, as after some time in a market.
  const gone = symbols.filter((_, i) => i % 7 === 0)
  act(session.want(wants(gone, []), now))
  settle()
  const set = new SymbolSet(symbolFilter(['K-*'], undefined))
  for (const symbol of symbols) set.found(symbol)
  set.take()
  /** One announcement, from its frame to the command that subscribes to it. */
  const announce = (symbol: string): string[] => {
    now += 1_000
    const msg = { market_ticker: symbol, event_type: 'created' }
    const actions = frame(JSON.stringify({ type: 'market_lifecycle_v2', sid: 1, msg }))
    assert.equal(actions, [{ kind: 'found', symbol }])
    assert.ok(set.found(symbol))
    const change = set.take()
    return session
      .want({ ...change, extent: 'all' }, now)
      .flatMap((action) => (action.kind === 'send' ? [action.text] : []))
  }
  return { announce }
}

test('an announcement costs the same with 500 markets and with 20,100', () => {
  const cost = (markets: number) => {
    const { announce } = settled(markets)
    return operations(() => {
      const sent = announce('K-new')
      assert.match(sent.join(), 'K-new')
    })
  }
  const few = cost(500)
  const many = cost(20_100)
  console.log(`burst.test: ${few} operations with 500 markets, ${many} with 20,100`)
  assert.is(many, few)
})

test.run()
