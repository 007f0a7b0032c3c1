import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AsOf, type AsOfJoin, type Leg } from './as-of.ts'
import {
  exact,
  handedOut,
  holesOf,
  isMissed,
  nanos,
  RUNS,
  type Step,
  same,
} from './testing/steps.ts'

const test = suite('as-of join')

const TOLERANCE = 2_000_000_000n
const LEGS = { left: { feed: 'f', symbol: 'A' }, right: { feed: 'g', symbol: 'B' } }
type Name = { readonly feed: string; readonly symbol: string }

for (const event of ['trade', 'quote'] as const) {
  const isTaken = (one: Step): boolean =>
    one.kind === event && !(one.isHistory && event === 'trade')
  const lastOf = (seen: readonly Step[], { feed, symbol }: Name): Step | undefined =>
    seen.findLast((one) => isTaken(one) && one.feed === feed && one.symbol === symbol)
  const priceOf = (one: Step | undefined): bigint | undefined => {
    if (one === undefined) return undefined
    if (event === 'trade') return exact(one.price)
    if (Number.isNaN(one.bid.integer + one.ask.integer)) return undefined
    return (exact(one.bid) + exact(one.ask)) / 2n
  }

  test(`to each ${event} of the left one comes the last one received of the right one, if it is not too old, one by one as in batches`, () => {
    const options = { ...LEGS, event, toleranceMs: 2000 }
    const create = (emit: (join: AsOfJoin) => void) => new AsOf(options, emit)
    const leg = ({ price, priceScale, recvMs, recvNs, timeMs, timeNs, ageNs }: Leg): string =>
      recvMs < 0
        ? '-'
        : [same(price, priceScale), nanos(recvMs, recvNs), nanos(timeMs + 3, timeNs), ageNs].join(
            '/'
          )
    const text = ({ left, right, matched, gap, difference }: AsOfJoin): string => {
      const by = difference === undefined ? '-' : same(difference.value, difference.scale)
      return `${leg(left)} ${leg(right)} ${matched} ${gap} ${by}`
    }
    const read = (seen: readonly Step[]): string => {
      const { at: now } = seen.at(-1)!
      const legs = [LEGS.left, LEGS.right].map((name) => {
        const one = lastOf(seen, name)
        const price = priceOf(one)
        const holes = holesOf(seen, name.feed, name.symbol)
        const shown =
          one === undefined ? '-' : [price ?? '-', one.at, one.at, now - one.at].join('/')
        const isFresh = one !== undefined && now - one.at <= TOLERANCE
        // Of what never came, any gap is one since.
        const gap = isMissed(holes, one?.at ?? -(10n ** 18n))
        return { price, shown, isFresh, gap }
      })
      const [left, right] = legs as [(typeof legs)[0], (typeof legs)[0]]
      const matched =
        left.isFresh && right.isFresh && left.price !== undefined && right.price !== undefined
      const by = matched ? left.price! - right.price! : '-'
      return `${left.shown} ${right.shown} ${matched} ${left.gap || right.gap} ${by}`
    }
    // With two feeds and few symbols, so that most runs have both.
    const runs = RUNS.map((steps) =>
      steps.map((one, i): Step => {
        if (one.kind === 'gap') return one
        return { ...one, ...(i % 3 === 0 ? LEGS.right : LEGS.left) }
      })
    )
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 70 }), (steps, rows) => {
        const single = handedOut(create, text, steps)
        const slow = steps.flatMap((one, i) =>
          isTaken(one) && one.feed === 'f' ? [read(steps.slice(0, i + 1))] : []
        )
        if (steps.length > 0) slow.push(read(steps), '', '', read(steps))
        else slow.push(...single)
        assert.equal(single, slow)
        assert.equal(handedOut(create, text, steps, rows), single)
      }),
      { numRuns: 150 }
    )
  })
}

test.run()
