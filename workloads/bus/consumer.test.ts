import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SsmdError } from '#crds/errors.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { askJetStream } from './api.ts'
import { BlockConsumer, type ConsumerOptions, type StreamBlock } from './consumer.ts'
import { BlockPublisher } from './publisher.ts'
import { ensureStream, streamFacts } from './stream.ts'
import { startBus, streamWant, type TestBus, whole } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('consumer')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

const open = (
  bus: TestBus,
  stream: string,
  over: Partial<ConsumerOptions> = {}
): Promise<BlockConsumer> =>
  BlockConsumer.open(bus.nc, {
    stream,
    durable: 'archive_test',
    startSequence: 1,
    log: bus.log,
    signal: bus.stop.signal,
    maxBytesInFlight: 8 * 1024 * 1024,
    ...over,
  })

function publisherOf(bus: TestBus): BlockPublisher {
  const publisher = new BlockPublisher({
    log: bus.log,
    random: () => 0,
    nowMs: () => performance.now(),
    onAcked: () => undefined,
    onTrouble: () => undefined,
  })
  publisher.attach(bus.nc)
  return publisher
}

/** Fills a stream of this name with blocks `from` to `to`, padded to `bytes`. */
async function fill(bus: TestBus, name: string, from: number, to: number, bytes = 0) {
  const facts = await ensureStream(bus.nc, streamWant(name))
  const publisher = publisherOf(bus)
  for (let i = from; i <= to; i++) {
    publisher.publish(
      `${name}.log.0`,
      `${facts.created}:${i}`,
      Buffer.from(`${i}`.padEnd(bytes)),
      0,
      whole
    )
  }
  await within(20_000, 'filled', publisher.idle())
  publisher.close()
}

/** Takes batches until `count` blocks came or the iteration ends. */
async function take(consumer: BlockConsumer, count: number): Promise<StreamBlock[]> {
  const blocks: StreamBlock[] = []
  const iterator = consumer[Symbol.asyncIterator]()
  while (blocks.length < count) {
    const { value, done } = await within(20_000, `block ${blocks.length}`, iterator.next())
    if (done) break
    blocks.push(...value)
  }
  return blocks
}

const sequences = (blocks: readonly StreamBlock[]): number[] => blocks.map((b) => b.sequence)
const numbers = (blocks: readonly StreamBlock[]): number[] =>
  blocks.map((block) => Number(Buffer.from(block.data).toString()))
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

type ConsumerInfo = {
  readonly ack_floor: { readonly stream_seq: number }
  readonly num_ack_pending: number
  readonly num_waiting: number
  readonly config: Readonly<Record<string, unknown>> & {
    readonly metadata?: Readonly<Record<string, string>>
  }
}
const infoOf = (bus: TestBus, stream: string): Promise<ConsumerInfo> =>
  askJetStream(bus.nc, `CONSUMER.INFO.${stream}.archive_test`, undefined, 'test')

test('blocks come in stream order, each once, with their bytes', async ({ bus }) => {
  await fill(bus, 'order', 1, 2_000)
  const consumer = await open(bus, 'order')
  assert.is(consumer.pending(), 2_000)
  const blocks = await take(consumer, 2_000)
  assert.equal(sequences(blocks), range(1, 2_000))
  assert.equal(numbers(blocks), range(1, 2_000))
  assert.is(consumer.pending(), 0)
  await fill(bus, 'order', 2_001, 2_010)
  assert.equal(sequences(await take(consumer, 10)), range(2_001, 2_010))
  await consumer.close()
})

test('it starts where it is told to, whatever the consumer of before had acknowledged', async ({
  bus,
}) => {
  await fill(bus, 'start', 1, 100)
  const first = await open(bus, 'start')
  await take(first, 100)
  await first.acknowledge(100)
  await first.close()
  for (const startSequence of [40, 101, 1, 100]) {
    const consumer = await open(bus, 'start', { startSequence })
    const count = 101 - startSequence
    assert.equal(sequences(await take(consumer, count)), range(startSequence, 100))
    assert.is((await infoOf(bus, 'start')).ack_floor.stream_seq, startSequence - 1)
    await consumer.close()
  }
})

test('one acknowledgement moves the floor on the server over everything before it', async ({
  bus,
}) => {
  await fill(bus, 'floor', 1, 500)
  const consumer = await open(bus, 'floor')
  await take(consumer, 500)
  assert.is((await infoOf(bus, 'floor')).num_ack_pending, 500)
  await within(20_000, 'confirmed', consumer.acknowledge(321))
  let info = await infoOf(bus, 'floor')
  assert.equal([info.ack_floor.stream_seq, info.num_ack_pending], [321, 179])
  // Again, and less: nothing to do.
  await within(20_000, 'confirmed', consumer.acknowledge(321))
  await within(20_000, 'confirmed', consumer.acknowledge(7))
  assert.is((await infoOf(bus, 'floor')).ack_floor.stream_seq, 321)
  await within(20_000, 'confirmed', consumer.acknowledge(500))
  info = await infoOf(bus, 'floor')
  assert.equal([info.ack_floor.stream_seq, info.num_ack_pending], [500, 0])
  assert.is(info.config.ack_policy, 'all')
  assert.is(info.config.ack_wait, 60_000_000_000)
  await consumer.close()
})

test('who takes nothing is sent no more than the bound, and goes on from there', async ({
  bus,
}) => {
  await fill(bus, 'bound', 1, 300, 100_000)
  const maxBytesInFlight = 4 * 1024 * 1024
  const consumer = await open(bus, 'bound', { maxBytesInFlight })
  const iterator = consumer[Symbol.asyncIterator]()
  const first = await within(20_000, 'a batch', iterator.next())
  const batch = first.value as readonly StreamBlock[]
  let pending = 0
  await until(10_000, 'delivery stands still', async () => {
    const before = pending
    const info = await infoOf(bus, 'bound')
    pending = info.num_ack_pending
    return pending === before && info.num_waiting === 0
  })
  assert.ok(pending * 100_000 <= maxBytesInFlight, `${pending} blocks of 100 kB outstanding`)
  assert.ok(pending * 100_000 > maxBytesInFlight / 2, `only ${pending} blocks outstanding`)
  const blocks = [...batch]
  while (blocks.length < 300) {
    const { value } = await within(10_000, 'a batch', iterator.next())
    const bytes = (value as StreamBlock[]).reduce((sum, block) => sum + block.data.length, 0)
    assert.ok(bytes <= maxBytesInFlight / 4)
    blocks.push(...(value as StreamBlock[]))
  }
  assert.equal(sequences(blocks), range(1, 300))
  await consumer.close()
})

test('a bound below the largest message still lets every message through', async ({ bus }) => {
  await fill(bus, 'tiny', 1, 5, 1_000_000)
  const consumer = await open(bus, 'tiny', { maxBytesInFlight: 1 })
  assert.equal(sequences(await take(consumer, 5)), range(1, 5))
  await consumer.close()
})

test('a deleted consumer is made again behind the last block', async ({ bus }) => {
  await fill(bus, 'gone', 1, 100)
  const consumer = await open(bus, 'gone')
  await take(consumer, 100)
  // The operator notes whose it is; the note outlives the consumer.
  const { config } = await infoOf(bus, 'gone')
  const noted = { ...config, metadata: { 'ssmd.io/archive': 'test' } }
  const update = { stream_name: 'gone', config: noted, action: 'update' }
  await askJetStream(bus.nc, 'CONSUMER.CREATE.gone.archive_test', update, 'test')
  await consumer.close()
  const again = await open(bus, 'gone', { startSequence: 101 })
  assert.is((await infoOf(bus, 'gone')).config.metadata?.['ssmd.io/archive'], 'test')
  await askJetStream(bus.nc, 'CONSUMER.DELETE.gone.archive_test', undefined, 'test')
  await fill(bus, 'gone', 101, 200)
  assert.equal(sequences(await take(again, 100)), range(101, 200))
  await within(20_000, 'confirmed', again.acknowledge(200))
  assert.is((await infoOf(bus, 'gone')).ack_floor.stream_seq, 200)
  assert.is((await infoOf(bus, 'gone')).config.metadata?.['ssmd.io/archive'], 'test')
  await again.close()
})

test('blocks that are no longer in the stream are named, before those behind them', async ({
  bus,
}) => {
  await fill(bus, 'aged', 1, 50)
  const story: (string | number)[] = []
  const consumer = await open(bus, 'aged', {
    onSkipped: (from, to) => story.push(`skipped ${from} to ${to}`),
  })
  for (const block of await take(consumer, 50)) story.push(block.sequence)
  await askJetStream(bus.nc, 'CONSUMER.DELETE.aged.archive_test', undefined, 'test')
  await fill(bus, 'aged', 51, 60)
  await askJetStream(bus.nc, 'STREAM.PURGE.aged', { seq: 56 }, 'test')
  await consumer.close()
  const other = await open(bus, 'aged', {
    startSequence: 51,
    onSkipped: (from, to) => story.push(`skipped ${from} to ${to}`),
  })
  for (const block of await take(other, 5)) story.push(block.sequence)
  await other.close()
  assert.equal(story, [...range(1, 50), 'skipped 51 to 55', ...range(56, 60)])
})

test('a stream that is made again while it is read is told between the old blocks and the new', async ({
  bus,
}) => {
  await fill(bus, 'anew', 1, 30)
  const story: (string | number)[] = []
  const consumer = await open(bus, 'anew', {
    onRestart: (facts, why) =>
      story.push(`${why} ${facts.firstSequence} ${facts.created > created}`),
  })
  const { created } = consumer.facts
  for (const block of await take(consumer, 30)) story.push(block.sequence)
  await askJetStream(bus.nc, 'STREAM.DELETE.anew', undefined, 'test')
  await fill(bus, 'anew', 31, 40)
  const blocks = await take(consumer, 10)
  for (const block of blocks) story.push(block.sequence)
  assert.equal(story, [...range(1, 30), 'recreated 1 true', ...range(1, 10)])
  assert.equal(numbers(blocks), range(31, 40))
  await within(20_000, 'confirmed', consumer.acknowledge(10))
  assert.is((await infoOf(bus, 'anew')).ack_floor.stream_seq, 10)
  await consumer.close()
})

test('without a word on what to do then, the iteration ends with SSMD_E_STREAM', async ({
  bus,
}) => {
  await fill(bus, 'ends', 1, 30)
  const consumer = await open(bus, 'ends')
  await take(consumer, 30)
  const next = take(consumer, 1).then(
    () => assert.unreachable(),
    (thrown) => thrown as SsmdError
  )
  await askJetStream(bus.nc, 'STREAM.DELETE.ends', undefined, 'test')
  await fill(bus, 'ends', 1, 1)
  const error = (await within(15_000, 'an end', next)) as SsmdError
  assert.is(error.code, 'SSMD_E_STREAM')
  assert.match(error.message, /deleted and recreated/)
})

test('a stream that was made again before the start, or ends too early, is told as well', async ({
  bus,
}) => {
  await fill(bus, 'earlier', 1, 30)
  const story: string[] = []
  const onRestart: ConsumerOptions['onRestart'] = (_, why) => story.push(why)
  const start = { startSequence: 21, created: '2020-01-01T00:00:00Z', onRestart }
  const recreated = await open(bus, 'earlier', start)
  assert.equal(sequences(await take(recreated, 30)), range(1, 30))
  await recreated.close()
  const rolledBack = await open(bus, 'earlier', { startSequence: 32, onRestart })
  assert.equal(sequences(await take(rolledBack, 30)), range(1, 30))
  await rolledBack.close()
  assert.equal(story, ['recreated', 'rolled-back'])
})

test('a stream that is missing is made again where the consumer is told how', async ({ bus }) => {
  await fill(bus, 'restored', 1, 3)
  const want = streamWant('restored')
  const consumer = await open(bus, 'restored', {
    onRestart: () => undefined,
    restoreStream: () => ensureStream(bus.nc, want),
  })
  await take(consumer, 3)
  await askJetStream(bus.nc, 'STREAM.DELETE.restored', undefined, 'test')
  const restored = () => streamFacts(bus.nc, 'restored')
  // One on the files of its predecessor may be there for a moment first (remade.test.ts): what it takes goes with it.
  await until(15_000, 'made again', async () => (await restored())?.lastSequence === 0)
  // It takes blocks, and they come: one that stands on the files of its predecessor would not.
  await fill(bus, 'restored', 11, 13)
  assert.equal(numbers(await take(consumer, 3)), range(11, 13))
  await consumer.close()
})

test('a stream that is not there cannot be opened, and is named', async ({ bus }) => {
  const error = await open(bus, 'nothing').then(
    () => assert.unreachable(),
    (thrown) => thrown as SsmdError
  )
  assert.is((error as SsmdError).code, 'SSMD_E_STREAM')
  assert.match((error as SsmdError).message, /stream nothing does not exist/)
})

test('the signal ends the iteration, and the last commit can still be acknowledged', async ({
  bus,
}) => {
  await fill(bus, 'signal', 1, 40)
  const stop = new AbortController()
  const consumer = await open(bus, 'signal', { signal: stop.signal })
  await take(consumer, 40)
  const waiting = take(consumer, 1)
  stop.abort()
  assert.equal(await within(20_000, 'the end', waiting), [])
  await within(20_000, 'confirmed', consumer.acknowledge(40))
  assert.is((await infoOf(bus, 'signal')).ack_floor.stream_seq, 40)
  await consumer.close()
  assert.equal(await within(20_000, 'the end', take(consumer, 1)), [])
})

test('leaving the loop ends the reading, and what was read can still be acknowledged', async ({
  bus,
}) => {
  await fill(bus, 'leave', 1, 40)
  const consumer = await open(bus, 'leave')
  let last = 0
  for await (const batch of consumer) {
    last = batch.at(-1)!.sequence
    if (last === 40) break
  }
  await within(20_000, 'confirmed', consumer.acknowledge(last))
  assert.is((await infoOf(bus, 'leave')).ack_floor.stream_seq, 40)
  await consumer.close()
})

test('kill -9 and restart of the server under load: every block once and in order', async () => {
  const bus = await startBus()
  try {
    await ensureStream(bus.nc, streamWant('kill'))
    const publisher = publisherOf(bus)
    const count = 6_000
    let published = 0
    const publishSome = (): void => {
      for (let i = 0; i < 40 && published < count; i++) {
        published++
        const block = Buffer.from(`${published}`.padEnd(2_000))
        publisher.publish('kill.log.0', `c:${published}`, block, 0, whole)
      }
      if (published < count) setTimeout(publishSome, 10)
    }
    const consumer = await open(bus, 'kill')
    const blocks: StreamBlock[] = []
    const reading = (async () => {
      for await (const batch of consumer) {
        blocks.push(...batch)
        void consumer.acknowledge(batch.at(-1)!.sequence)
        if (blocks.length >= count) return
      }
    })()
    publishSome()
    for (const at of [800, 2_400, 4_000]) {
      await until(20_000, `${at} read`, () => blocks.length >= at)
      await bus.nats.restart()
    }
    await within(30_000, 'all read', reading)
    publisher.close()
    assert.equal(sequences(blocks), range(1, count))
    assert.equal(
      numbers(blocks).sort((a, b) => a - b),
      range(1, count)
    )
    await consumer.close()
  } finally {
    await bus.close()
  }
})

test('a server that stands still loses and repeats nothing', async () => {
  const bus = await startBus()
  try {
    await fill(bus, 'still', 1, 2_000, 1_000)
    const consumer = await open(bus, 'still', { maxBytesInFlight: 1_200_000 })
    const blocks = await take(consumer, 200)
    await bus.nats.kill('SIGSTOP')
    const rest = take(consumer, 2_000 - blocks.length)
    await waitOut(1_000, 'a server that stands still')
    await bus.nats.kill('SIGCONT')
    assert.equal(sequences([...blocks, ...(await within(20_000, 'rest', rest))]), range(1, 2_000))
    await consumer.close()
  } finally {
    await bus.nats.kill('SIGCONT')
    await bus.close()
  }
})

test.run()
