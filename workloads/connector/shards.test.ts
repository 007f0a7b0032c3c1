// A feed divided among several connectors, each against the same server: every symbol is captured by one of them.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import { adapterOf } from '#exchanges/index.ts'
import { until, within } from '#testing/deadline.ts'
import { SLOTS_PER_SHARD, shardOfSymbol, slotOf } from '#wire/shards.ts'
import { type FakeKalshi, startFakeKalshi } from './testing/fake-kalshi.ts'
import { type HarnessOptions, startCapture } from './testing/harness.ts'

const test = suite('shards of a capture')

type Run = ReturnType<typeof startCapture>

/** So many connectors of one feed, all ready. */
async function withShards(
  of: number,
  options: Partial<HarnessOptions> & { readonly open?: string[] },
  body: (fake: FakeKalshi, runs: readonly Run[]) => Promise<void>
): Promise<void> {
  const { open = [], ...rest } = options
  const fake = await startFakeKalshi()
  fake.markets.open = open
  const { url, restUrl } = fake
  const runs = Array.from({ length: of }, (_, index) =>
    startCapture({ url, restUrl, ...rest, share: { index, of } })
  )
  try {
    await until(20_000, 'all are ready', () => runs.every(({ capture }) => capture.ready))
    await within(20_000, 'test', body(fake, runs))
  } finally {
    await within(10_000, 'stop', Promise.all(runs.map((run) => run.stop())))
    await fake.close()
  }
}

const NAMES = Array.from({ length: 12 }, (_, i) => `M-${i}`)

/** What each connection of the server has subscribed books of. */
const booksOf = (fake: FakeKalshi): string[] =>
  fake.clients.flatMap(({ model }) =>
    [...model.subs.values()]
      .filter(({ channel }) => channel === 'orderbook_delta')
      .flatMap(({ markets }) => [...(markets ?? [])])
  )

test('each symbol, named or discovered, is captured by the shard that its hash says and by no other', async () => {
  const include = ['M-?', 'M-10', 'M-11']
  await withShards(
    3,
    { include, open: NAMES, channels: ['orderbook_delta'] },
    async (fake, runs) => {
      await until(5_000, 'all symbols', () => booksOf(fake).length >= NAMES.length)
      assert.equal(booksOf(fake).sort(), [...NAMES].sort())
      const sizes = [0, 1, 2].map(
        (k) => NAMES.filter((name) => shardOfSymbol(name, 3) === k).length
      )
      assert.equal(
        runs.map(({ capture }) => capture.symbols),
        sizes
      )
      assert.ok(sizes.every((size) => size > 0))
    }
  )
})

test('whole channels come on the first shard alone', async () => {
  const channels = ['trade', 'orderbook_delta']
  await withShards(2, { include: ['*'], open: NAMES, channels }, async (fake) => {
    await until(5_000, 'all symbols', () => booksOf(fake).length >= NAMES.length)
    const whole = fake.clients.flatMap(({ model }) =>
      [...model.subs.values()].filter(({ markets }) => markets === null)
    )
    assert.equal(
      whole.map(({ channel }) => channel),
      ['trade']
    )
  })
})

test('connections of different shards have different slots and subjects', async () => {
  const options = { include: NAMES, symbolsPerConnection: 3, channels: ['orderbook_delta'] }
  await withShards(2, options, async (_fake, runs) => {
    for (const [k, run] of runs.entries()) {
      const slots = run.capture.slots.map(({ index }) => index)
      assert.equal(
        slots,
        slots.map((_, i) => slotOf(k, i))
      )
      assert.ok(slots.length > 1)
      const subjects = new Set(run.publisher.blocks.map(({ subject }) => subject))
      assert.equal([...subjects].sort(), slots.map((slot) => `env.feed.log.${slot}`).sort())
      assert.ok(run.publisher.records.every(({ shard }) => slots.includes(shard)))
    }
  })
})

test('a connection says how many shards there are, and the last one that is ready says so', async () => {
  const options = { include: NAMES, symbolsPerConnection: 3, channels: ['orderbook_delta'] }
  await withShards(2, options, async (_fake, runs) => {
    for (const { publisher } of runs) {
      const opens = publisher.events('open') as { readonly shards?: number }[]
      assert.ok(opens.every(({ shards }) => shards === 2))
      const said = () =>
        (publisher.events('ready') as { readonly complete?: true }[]).map(
          ({ complete }) => complete
        )
      await until(5_000, 'all are published', () => said().length === opens.length)
      // Their blocks come in any order.
      assert.is(said().filter((complete) => complete === true).length, 1)
    }
  })
})

test('a pattern whose symbols all belong to other shards is no trouble, one without any is', async () => {
  const own = NAMES.find((name) => shardOfSymbol(name, 2) === 1)!
  const other = NAMES.find((name) => shardOfSymbol(name, 2) === 0)!
  const include = [`${own}*`, `${other}*`, 'X-*']
  await withShards(2, { include, open: [own, other] }, async (_fake, runs) => {
    for (const { capture } of runs) {
      await until(5_000, 'listed', () => capture.troubles().length > 0)
      const troubles = capture.troubles()
      assert.is(troubles.length, 1)
      assert.match(JSON.stringify(troubles), /X-\*/)
    }
  })
})

test('a shard without a symbol says so and is ready', async () => {
  const include = NAMES.filter((name) => shardOfSymbol(name, 2) === 0)
  await withShards(2, { include, channels: ['orderbook_delta'] }, async (_fake, runs) => {
    const [, empty] = runs
    assert.is(empty!.capture.symbols, 0)
    assert.is(empty!.capture.message(Date.now()), 'no symbol belongs to shard 1 of 2 at present')
  })
})

test('no exchange allows more connections than a shard has slots', async () => {
  for (const name of Object.keys(EXCHANGES)) {
    const { maxConnections } = await adapterOf(name)
    assert.ok(maxConnections <= SLOTS_PER_SHARD, name)
  }
})

test.run()
