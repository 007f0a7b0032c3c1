import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ManualClock } from '../testing/clock.ts'
import { PRIORITY, type Taken, WorkQueue } from './queue.ts'

const test = suite('queue')

const make = (options: { random?: () => number } = {}) => {
  const clock = new ManualClock()
  const queue = new WorkQueue({ timers: clock, random: options.random ?? (() => 1) })
  return { clock, queue }
}

const takeNow = async (queue: WorkQueue): Promise<Taken | undefined> =>
  queue.ready > 0 ? queue.take() : undefined

test('a key that is asked for many times is handed out once', async () => {
  const { queue } = make()
  for (let i = 0; i < 100; i++) queue.add('a')
  assert.equal((await queue.take())?.key, 'a')
  assert.equal(queue.ready, 0)
})

test('a key that is being worked on is not handed out again until it is done', async () => {
  const { queue } = make()
  queue.add('a')
  await queue.take()
  queue.add('a')
  assert.equal(queue.ready, 0)
  queue.done('a')
  assert.equal((await takeNow(queue))?.key, 'a')
})

test('a key is gone when it is done and nobody asked for it meanwhile', async () => {
  const { queue } = make()
  queue.add('a')
  await queue.take()
  queue.done('a')
  assert.equal(queue.size, 0)
  assert.equal(queue.ready, 0)
})

test('keys of one priority come out in the order in which they came in', async () => {
  const { queue } = make()
  for (const key of ['a', 'b', 'c']) queue.add(key)
  assert.equal((await queue.take())?.key, 'a')
  assert.equal((await queue.take())?.key, 'b')
  assert.equal((await queue.take())?.key, 'c')
})

test("a user's edit overtakes a start-up of 10 000 objects (controller-runtime#2228)", async () => {
  const { queue } = make()
  for (let i = 0; i < 10_000; i++) queue.add(`k${i}`, { priority: PRIORITY.resync })
  queue.add('k9999', { priority: PRIORITY.edit })
  assert.equal((await queue.take())?.key, 'k9999')
  assert.equal((await queue.take())?.key, 'k0')
})

test('keys that are looked at often and put off each time leave nothing behind, and come at their time', async () => {
  const { clock, queue } = make()
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`)
  let most = 0
  for (let round = 0; round < 200; round++) {
    for (const key of keys) queue.add(key)
    for (let taken = await takeNow(queue); taken; taken = await takeNow(queue)) {
      queue.add(taken.key, { afterMs: 10_000 })
      queue.done(taken.key)
    }
    most = Math.max(most, queue.times)
  }
  assert.ok(most <= 2 * keys.length + 1025, `${most} times of ${keys.length} keys`)
  await clock.advance(9_999)
  assert.is(queue.ready, 0)
  await clock.advance(1)
  assert.is(queue.ready, keys.length)
})

test('who takes edits alone gets an edit at once, and nothing else', async () => {
  const { queue } = make()
  const taken: string[] = []
  const take = async (who: string, least?: number) => {
    const next = await queue.take(least)
    taken.push(`${who} ${next?.key}`)
  }
  const all = [take('edits', PRIORITY.edit), take('any')]
  queue.add('resync', { priority: PRIORITY.resync })
  queue.add('event')
  await all[1]
  assert.equal(taken, ['any resync'])
  queue.add('edit', { priority: PRIORITY.edit })
  await all[0]
  assert.equal(taken, ['any resync', 'edits edit'])
  assert.is((await queue.take())?.key, 'event')
  const last = queue.take(PRIORITY.edit)
  for (const key of ['resync', 'edit', 'event']) queue.done(key)
  await queue.close()
  assert.is(await last, undefined)
})

test('a second wish keeps the higher priority and the earlier time', async () => {
  const { queue, clock } = make()
  queue.add('a', { priority: 100, afterMs: 1000 })
  queue.add('a', { priority: -100, afterMs: 10 })
  queue.add('b', { priority: 0, afterMs: 10 })
  await clock.advance(10)
  assert.equal(await queue.take(), { key: 'a', priority: 100, scope: 'all' })
})

test('a later wish does not put off an earlier one', async () => {
  const { queue } = make()
  queue.add('a')
  queue.add('a', { afterMs: 60_000 })
  assert.equal((await takeNow(queue))?.key, 'a')
})

test('a wish for everything wins over one for the status', async () => {
  const { queue } = make()
  queue.add('a', { scope: 'status' })
  queue.add('a', { scope: 'all' })
  queue.add('a', { scope: 'status' })
  assert.equal((await queue.take())?.scope, 'all')
  queue.add('b', { scope: 'status' })
  assert.equal((await queue.take())?.scope, 'status')
})

test('a delayed key comes at its time and not before', async () => {
  const { queue, clock } = make()
  queue.add('a', { afterMs: 500 })
  await clock.advance(499)
  assert.equal(queue.ready, 0)
  await clock.advance(1)
  assert.equal(queue.ready, 1)
})

test('one timer serves any number of delayed keys', async () => {
  const { queue, clock } = make()
  for (let i = 0; i < 1000; i++) queue.add(`k${i}`, { afterMs: 1000 - i })
  assert.equal(clock.pending, 1)
})

test('whoever waits gets a key as soon as its time comes', async () => {
  const { queue, clock } = make()
  const waiting = queue.take()
  queue.add('a', { afterMs: 100 })
  await clock.advance(100)
  assert.equal((await waiting)?.key, 'a')
})

test('failures of a key double its wait up to the limit, and success ends the row', async () => {
  const { queue } = make()
  const waits: number[] = []
  for (let i = 0; i < 13; i++) waits.push(queue.retry('a'))
  assert.equal(waits.slice(0, 4), [200, 400, 800, 1600])
  assert.equal(waits[12], 300_000)
  queue.forget('a')
  assert.equal(queue.retry('a'), 200)
})

test('the wait after a failure is spread between half and the whole', () => {
  assert.equal(make({ random: () => 0 }).queue.retry('a'), 100)
  assert.equal(make({ random: () => 0.5 }).queue.retry('a'), 150)
})

test('a server that asks for a longer wait gets it', () => {
  assert.equal(make().queue.retry('a', { retryAfterMs: 7000 }), 7000)
})

test('failures of one key do not slow another', () => {
  const { queue } = make()
  for (let i = 0; i < 5; i++) queue.retry('a')
  assert.equal(queue.retry('b'), 200)
})

test('closing hands out nothing more and waits for what was handed out', async () => {
  const { queue } = make()
  queue.add('a')
  queue.add('b')
  await queue.take()
  const waiter = make().queue
  let closed = false
  const closing = queue.close().then(() => {
    closed = true
  })
  assert.equal(await queue.take(), undefined)
  await Promise.resolve()
  assert.not.ok(closed)
  queue.done('a')
  await closing
  const waiting = waiter.take()
  await waiter.close()
  assert.equal(await waiting, undefined)
})

test('depth as the observer sees it is what can be taken', async () => {
  const clock = new ManualClock()
  const depths = new Map<number, number>()
  const queue = new WorkQueue({
    timers: clock,
    random: () => 1,
    observe: {
      added: () => {},
      depth: (priority, delta) => depths.set(priority, (depths.get(priority) ?? 0) + delta),
      taken: () => {},
      done: () => {},
      retried: () => {},
    },
  })
  queue.add('a', { priority: -100 })
  queue.add('b', { afterMs: 10 })
  queue.add('a', { priority: 100 })
  assert.equal(
    [...depths],
    [
      [-100, 0],
      [100, 1],
    ]
  )
  await queue.take()
  assert.equal(depths.get(100), 0)
})

type Command =
  | { readonly do: 'add'; readonly key: number; readonly priority: number; readonly after: number }
  | { readonly do: 'take' }
  | { readonly do: 'done' }
  | { readonly do: 'advance'; readonly ms: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    key: fc.nat(5),
    priority: fc.constantFrom(-100, 0, 100),
    after: fc.constantFrom(0, 0, 10, 50),
  }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('done' as const) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(5, 10, 60) })
)

test('for any course of events: no key is lost, none is out twice, the urgent come first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const { queue, clock } = make()
      /** A plain model: key → priority and time. */
      const model = new Map<string, { priority: number; at: number }>()
      const out: string[] = []
      for (const each of commands) {
        const now = clock.now()
        switch (each.do) {
          case 'add': {
            const key = `k${each.key}`
            const at = now + each.after
            const known = model.get(key)
            model.set(key, {
              priority: Math.max(each.priority, known?.priority ?? Number.NEGATIVE_INFINITY),
              at: Math.min(at, known?.at ?? Number.POSITIVE_INFINITY),
            })
            queue.add(key, { priority: each.priority, afterMs: each.after })
            break
          }
          case 'take': {
            const due = [...model].filter(([key, { at }]) => at <= now && !out.includes(key))
            assert.equal(queue.ready, due.length)
            const taken = await takeNow(queue)
            if (!taken) break
            const top = Math.max(...due.map(([, { priority }]) => priority))
            assert.not.ok(out.includes(taken.key), `${taken.key} is out twice`)
            assert.equal(taken.priority, top)
            assert.equal(model.get(taken.key)?.priority, top)
            model.delete(taken.key)
            out.push(taken.key)
            break
          }
          case 'done': {
            const key = out.shift()
            if (key) queue.done(key)
            break
          }
          case 'advance':
            // Without the promise turns of `advance`: nothing here awaits a timer.
            clock.freeze(each.ms)
            queue.add('tick', { priority: -1000 })
            model.set('tick', {
              priority: -1000,
              at: Math.min(clock.now(), model.get('tick')?.at ?? Number.POSITIVE_INFINITY),
            })
            await clock.advance(0)
            break
        }
      }
      while (out.length > 0) queue.done(out.shift() as string)
      await clock.advance(100)
      const rest = new Set<string>()
      for (let taken = await takeNow(queue); taken; taken = await takeNow(queue))
        rest.add(taken.key)
      assert.equal([...rest].sort(), [...model.keys()].sort())
    }),
    { numRuns: 300 }
  )
})

test.run()
