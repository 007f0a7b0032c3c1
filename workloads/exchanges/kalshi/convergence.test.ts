// Whatever is wanted when, and whichever commands fail on the way: in the end the server has exactly the wanted
// markets on every channel, each once, and nothing forbidden was asked.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wants } from '../protocol/testing/wants.ts'
import { KalshiSession } from './session.ts'
import { KalshiModel } from './testing/kalshi-model.ts'
import { channelNamed } from './types.ts'

const test = suite('kalshi session convergence')
const seed = Number(process.env.SSMD_SEED ?? Date.now() & 0x7fffffff)
console.log(`convergence.test: seed ${seed}`)

type Step =
  | { readonly kind: 'want'; readonly symbols: readonly string[] }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'fail'; readonly code: number }
  /** The next command never arrives, or its answers are lost, or come so much later. */
  | { readonly kind: 'lose'; readonly what: 'command' | 'answer' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'jump'; readonly sid: number }
  | { readonly kind: 'end'; readonly sid: number; readonly code: number }

const symbol = fc.integer({ min: 0, max: 11 }).map((n) => `M${n}`)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('want' as const), symbols: fc.uniqueArray(symbol) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30_000 }) }),
  fc.record({ kind: fc.constant('fail' as const), code: fc.constantFrom(1, 18, 27, 10, 11) }),
  fc.record({
    kind: fc.constant('lose' as const),
    what: fc.constantFrom('command' as const, 'answer' as const),
  }),
  fc.record({ kind: fc.constant('delay' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ kind: fc.constant('jump' as const), sid: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('end' as const),
    sid: fc.integer({ min: 1, max: 4 }),
    code: fc.constantFrom(7, 10, 25),
  })
)

function run(steps: readonly Step[], limit: number): void {
  const model = new KalshiModel()
  model.marketLimit = limit
  const session = new KalshiSession({
    filtered: ['orderbook_delta', 'trade'].map(channelNamed),
    whole: [channelNamed('market_lifecycle_v2')],
    spacingMs: 10,
  })
  let now = 1_000
  let wanted: readonly string[] = []
  const failing: (number | 'command' | 'answer' | { readonly ms: number })[] = []
  const inbox: string[] = []
  const later: { readonly at: number; readonly frames: readonly string[] }[] = []
  const act = (actions: ReturnType<typeof session.tick>) => {
    for (const action of actions) {
      assert.is.not(action.kind, 'reconnect')
      if (action.kind !== 'send') continue
      const fault = failing.shift()
      const { id, params } = JSON.parse(action.text) as { id: number; params?: { sids?: number[] } }
      if (fault === 'command') continue
      if (fault === undefined) inbox.push(...model.handle(action.text))
      else if (fault === 'answer') model.handle(action.text)
      else if (typeof fault === 'object') {
        later.push({ at: now + fault.ms, frames: model.handle(action.text) })
      } else inbox.push(model.error(id, fault, 'on purpose'))
      // A terminal error ends the subscription that the command spoke of.
      if (fault === 10) for (const sid of params?.sids ?? []) model.subs.delete(sid)
    }
  }
  const deliver = () => {
    for (let frame = inbox.shift(); frame !== undefined; frame = inbox.shift()) {
      const payload = Buffer.from(frame)
      session.look(payload)
      if (session.frame.control) act(session.control(payload, now))
    }
  }
  const pass = (ms: number) => {
    const end = now + ms
    deliver()
    let turns = 0
    for (;;) {
      const due = later.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
      const next = Math.min(session.wakeAt, due)
      if (next > end) break
      assert.ok(turns++ < 100_000, `it turns without end at ${now}: wakes at ${session.wakeAt}`)
      now = Math.max(now, next)
      for (const late of later.splice(0)) {
        if (late.at <= now) inbox.push(...late.frames)
        else later.push(late)
      }
      if (session.wakeAt <= now) act(session.tick(now))
      deliver()
    }
    now = end
  }
  act(session.opened(now))
  for (const one of steps) {
    switch (one.kind) {
      case 'want':
        act(session.want(wants(wanted, one.symbols), now))
        wanted = one.symbols
        break
      case 'pass':
        pass(one.ms)
        break
      case 'fail':
        failing.push(one.code)
        break
      case 'lose':
        failing.push(one.what)
        break
      case 'delay':
        failing.push({ ms: one.ms })
        break
      case 'jump':
        act(session.jumped(one.sid, now))
        break
      case 'end':
        // No server ends a subscription before it has said that it made it.
        if (later.some(({ frames }) => frames.some((text) => text.includes(`"sid":${one.sid}`))))
          break
        if (model.subs.delete(one.sid)) {
          const msg = { code: one.code, msg: 'over' }
          inbox.push(JSON.stringify({ type: 'error', sid: one.sid, msg }))
        }
    }
  }
  failing.length = 0
  if (!steps.some((one) => one.kind === 'want')) act(session.want(wants([], []), now))
  pass(600_000)
  // A subscription that is there twice shows itself by its frames.
  for (const { sid, channel, markets } of [...model.subs.values()]) {
    const market_ticker = markets === null ? 'M0' : [...markets][0]
    const type = channel === 'orderbook_delta' ? 'orderbook_delta' : channel
    session.look(Buffer.from(JSON.stringify({ type, sid, seq: 7, msg: { market_ticker } })))
    act(session.scopeSeen(sid, now).actions)
  }
  pass(600_000)
  for (const channel of ['orderbook_delta', 'trade']) {
    const has = [...model.subs.values()]
      .filter((sub) => sub.channel === channel)
      .flatMap((sub) => [...(sub.markets ?? [])])
    assert.equal(has.sort(), [...wanted].sort(), channel)
  }
  const whole = [...model.subs.values()].filter((sub) => sub.channel === 'market_lifecycle_v2')
  assert.is(whole.length, 1)
  assert.equal(model.violations, [])
}

// A market that is refused after nobody wants it: the session woke at that past time for ever.
const REFUSED_LATE: readonly Step[] = [
  { kind: 'want', symbols: ['M0'] },
  { kind: 'pass', ms: 20 },
  { kind: 'fail', code: 11 },
  { kind: 'want', symbols: ['M1'] },
  { kind: 'want', symbols: [] },
]

test('a market that is refused after nobody wants it keeps the session neither busy nor troubled', () =>
  run(REFUSED_LATE, 1))

// Found by the property below, seldom enough to be kept.
const LOST: readonly (readonly [what: string, steps: readonly Step[], limit: number])[] = [
  [
    'a market whose delete was not answered is wanted again',
    [
      { kind: 'want', symbols: ['M11'] },
      { kind: 'pass', ms: 10 },
      { kind: 'want', symbols: ['M0'] },
      { kind: 'lose', what: 'answer' },
      { kind: 'pass', ms: 10 },
      { kind: 'want', symbols: ['M11'] },
    ],
    2,
  ],
  [
    'a full subscription whose delete was not answered takes other markets',
    [
      { kind: 'want', symbols: ['M4', 'M1', 'M0', 'M3'] },
      { kind: 'pass', ms: 10 },
      { kind: 'lose', what: 'answer' },
      { kind: 'pass', ms: 10 },
      { kind: 'want', symbols: ['M3'] },
      { kind: 'want', symbols: ['M0', 'M5'] },
    ],
    4,
  ],
  [
    'a market whose add was not answered is no longer wanted',
    [
      { kind: 'want', symbols: ['M4'] },
      { kind: 'pass', ms: 20 },
      { kind: 'lose', what: 'answer' },
      { kind: 'want', symbols: ['M0'] },
      { kind: 'want', symbols: ['M4'] },
    ],
    2,
  ],
  [
    'an add that never arrived was beyond the limit',
    [
      { kind: 'want', symbols: ['M0'] },
      { kind: 'pass', ms: 10 },
      { kind: 'lose', what: 'command' },
      { kind: 'want', symbols: ['M0', 'M1'] },
      { kind: 'delay', ms: 10_000 },
      { kind: 'pass', ms: 20 },
    ],
    1,
  ],
  [
    'a sid that is to be given back is confirmed by a late ack',
    [
      { kind: 'pass', ms: 10 },
      { kind: 'lose', what: 'answer' },
      { kind: 'want', symbols: ['M0'] },
      { kind: 'fail', code: 11 },
      { kind: 'want', symbols: ['M1'] },
      { kind: 'delay', ms: 12_001 },
      { kind: 'pass', ms: 11_010 },
    ],
    1,
  ],
  [
    'an ack comes behind the return of what it confirms',
    [
      { kind: 'pass', ms: 10 },
      { kind: 'want', symbols: ['M0'] },
      { kind: 'delay', ms: 2_980 },
      { kind: 'want', symbols: ['M0', 'M1'] },
      { kind: 'delay', ms: 10_000 },
      { kind: 'end', sid: 2, code: 7 },
      { kind: 'delay', ms: 10_021 },
      { kind: 'pass', ms: 2_990 },
    ],
    1,
  ],
]

for (const [what, steps, limit] of LOST) test(`it converges where ${what}`, () => run(steps, limit))

test('the server ends with exactly what is wanted, each market once a channel', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 12 }), run), {
    seed,
    numRuns: 1500,
  })
})

test.run()
