import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isOlder } from './objects.ts'
import {
  type Failure,
  type Input,
  inactivityMs,
  initialState,
  type State,
  step,
  watchSeconds,
} from './reflector-machine.ts'

const test = suite('reflector machine')
const half = () => 0.5

const run = (inputs: readonly Input[], from: State = initialState) => {
  let state = from
  const steps = inputs.map((input) => {
    const taken = step(state, input, half)
    state = taken.state
    return taken
  })
  return { state, steps, last: steps.at(-1)! }
}

const latest = { kind: 'latest' } as const
const listed = (resourceVersion: string): Input => ({
  kind: 'listed',
  resourceVersion,
  from: latest,
})
const watching = run([listed('100')]).state

test('starts with a consistent list and watches from its version', () => {
  assert.equal(initialState.plan, { kind: 'list', from: latest })
  assert.equal(watching.plan, { kind: 'watch', resourceVersion: '100' })
})

test('an event and a bookmark move the version that the next watch begins at', () => {
  const { state } = run(
    [
      { kind: 'progress', resourceVersion: '101', event: true },
      { kind: 'progress', resourceVersion: '150', event: false },
      { kind: 'watchEnded', end: { kind: 'closed', shortLived: false } },
    ],
    watching
  )
  assert.equal(state.plan, { kind: 'watch', resourceVersion: '150' })
  assert.is(state.phase, 'watching')
})

test('410 leads to a list that is not older than what was shown, then to a consistent one', () => {
  const first = run([{ kind: 'watchEnded', end: { kind: 'expired' } }], watching)
  assert.equal(first.state.plan, {
    kind: 'list',
    from: { kind: 'notOlderThan', resourceVersion: '100' },
  })
  assert.is(first.state.phase, 'listing')
  const second = run([{ kind: 'listFailed', failure: { kind: 'expired' } }], first.state)
  assert.equal(second.state.plan, { kind: 'list', from: latest })
})

test('a server that answers 410 to everything is asked less and less often', () => {
  let state = watching
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    const expired = step(state, { kind: 'watchEnded', end: { kind: 'expired' } }, half)
    waits.push(expired.waitMs ?? 0)
    state = step(expired.state, { kind: 'waited' }, half).state
    state = step(state, listed('100'), half).state
  }
  assert.is(waits[0], 0)
  assert.ok(
    waits.slice(1).every((wait, i) => i === 0 || wait >= waits[i]!),
    waits.join(' ')
  )
  assert.ok(waits.at(-1)! > 10_000)
})

test('a list from the past is thrown away and read again consistently (O4)', () => {
  const relisting = run([{ kind: 'watchEnded', end: { kind: 'expired' } }], watching).state
  const stale = step(
    relisting,
    {
      kind: 'listed',
      resourceVersion: '90',
      from: { kind: 'notOlderThan', resourceVersion: '100' },
    },
    half
  )
  assert.is(stale.take, undefined)
  assert.is(stale.count, 'staleList')
  assert.equal(stale.state.plan, { kind: 'list', from: latest })
})

test('a consistent list that is older is taken: etcd was restored from a backup', () => {
  const relisting = run([{ kind: 'watchEnded', end: { kind: 'expired' } }], watching).state
  const restored = step(relisting, listed('90'), half)
  assert.is(restored.take, true)
  assert.is(restored.count, 'restored')
  assert.equal(restored.state.plan, { kind: 'watch', resourceVersion: '90' })
})

test('backs off and rewatches on every other ERROR status, and counts it (headlamp#7451)', () => {
  const { last, state } = run([{ kind: 'watchEnded', end: { kind: 'errorEvent' } }], watching)
  assert.is(last.count, 'errorEvent')
  assert.ok(last.waitMs! > 0)
  assert.equal(state.plan, { kind: 'watch', resourceVersion: '100' })
})

test('ERROR after ERROR at one version leads to a list', () => {
  const errors = Array.from(
    { length: 5 },
    (): Input => ({ kind: 'watchEnded', end: { kind: 'errorEvent' } })
  )
  assert.is(run(errors.slice(1), watching).state.plan.kind, 'watch')
  assert.is(run(errors, watching).state.plan.kind, 'list')
})

test('lengthens the inactivity limit after three silent ones in a row instead of thrashing', () => {
  const silent: Input = { kind: 'watchEnded', end: { kind: 'silent', eventless: true } }
  const two = run([silent, silent], watching).state
  assert.is(inactivityMs(two, 300), 90_000)
  const three = run([silent], two).state
  assert.is(inactivityMs(three, 300), 300_000)
  const again = run([{ kind: 'progress', resourceVersion: '101', event: true }], three).state
  assert.is(inactivityMs(again, 300), 90_000)
})

test('a bookmark is a sign of life and no event', () => {
  const silent: Input = { kind: 'watchEnded', end: { kind: 'silent', eventless: true } }
  const bookmark: Input = { kind: 'progress', resourceVersion: '101', event: false }
  const { state } = run([silent, bookmark, silent, bookmark, silent], watching)
  assert.is(state.silent, 3)
})

test('missing rights and missing definitions are waited for, slowly and for ever', () => {
  for (const kind of ['forbidden', 'absent'] as const) {
    let state: State = initialState
    for (let i = 0; i < 50; i++) {
      const failed = step(state, { kind: 'listFailed', failure: { kind } }, half)
      assert.ok(failed.waitMs! >= 3750, `${failed.waitMs}`)
      assert.ok(failed.waitMs! <= 60_000)
      state = step(failed.state, { kind: 'waited' }, half).state
    }
    assert.is(state.phase, 'listing')
  }
})

test('a server that asks for a wait gets it', () => {
  const failure: Failure = { kind: 'transient', retryAfterMs: 9000 }
  assert.is(run([{ kind: 'listFailed', failure }]).last.waitMs, 9000)
})

test('sends a random timeoutSeconds between 290 and 580', () => {
  assert.is(
    watchSeconds(() => 0),
    290
  )
  assert.is(
    watchSeconds(() => 0.999999),
    580
  )
})

const failure = fc.record({
  kind: fc.constantFrom('transient', 'expired', 'tooLarge', 'forbidden', 'absent'),
}) as fc.Arbitrary<Failure>
const version = fc.integer({ min: 90, max: 130 }).map(String)

/** What may happen to a reflector that is where `state` says. */
const inputFor = (state: State, pick: number, versions: string, broken: Failure): Input => {
  if (state.phase === 'waiting') return { kind: 'waited' }
  if (state.plan.kind === 'list')
    return pick % 2 === 0
      ? { kind: 'listed', resourceVersion: versions, from: state.plan.from }
      : { kind: 'listFailed', failure: broken }
  const next = String(Number(state.plan.resourceVersion) + 1)
  const inputs: readonly Input[] = [
    { kind: 'progress', resourceVersion: next, event: true },
    { kind: 'progress', resourceVersion: next, event: false },
    { kind: 'watchEnded', end: { kind: 'closed', shortLived: pick % 3 === 0 } },
    { kind: 'watchEnded', end: { kind: 'silent', eventless: true } },
    { kind: 'watchEnded', end: { kind: 'expired' } },
    { kind: 'watchEnded', end: { kind: 'errorEvent' } },
    { kind: 'watchEnded', end: { kind: 'failed', failure: broken } },
  ]
  return inputs[pick % inputs.length]!
}

test('never opens a watch again at a resourceVersion the server called expired (kdashboard#59)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(20), version, failure), { maxLength: 80 }),
      (happenings) => {
        let state: State = initialState
        let expired: string | undefined
        for (const [pick, versions, broken] of happenings) {
          const input = inputFor(state, pick, versions, broken)
          const before = state
          const taken = step(state, input, half)
          state = taken.state
          if (
            input.kind === 'watchEnded' &&
            before.plan.kind === 'watch' &&
            (input.end.kind === 'expired' ||
              (input.end.kind === 'failed' && input.end.failure.kind === 'expired'))
          )
            expired = before.plan.resourceVersion
          // A list that was taken is a fresh start, also where it has the same number.
          if (taken.take) expired = undefined
          assert.not.ok(
            state.plan.kind === 'watch' && state.plan.resourceVersion === expired,
            `watches at ${expired}`
          )
          assert.is.not(state.phase, 'stopped')
          if (state.phase === 'waiting') assert.ok(taken.waitMs === undefined || taken.waitMs > 0)
          if (taken.take && taken.count !== 'restored')
            assert.not.ok(isOlder(state.shown, before.shown), 'went back in time')
        }
      }
    ),
    { numRuns: 1000 }
  )
})

test.run()
