import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { ensureStream } from './stream.ts'
import { type TailOptions, tailStream } from './tail.ts'
import { startBus, streamWant, type TestBus } from './testing/bus.ts'

const test = suite('tail')
const MS = 20_000

let bus: TestBus
test.before(async () => {
  bus = await startBus()
})
test.after(() => bus.close())

const publish = async (stream: string, ...texts: string[]): Promise<void> => {
  for (const text of texts) await bus.nc.jetstream().publish(`${stream}.log.0`, text)
}

/** Reads a stream into a list until it is stopped. */
async function read(stream: string, from: TailOptions['from']) {
  const stop = new AbortController()
  const { sequence, blocks } = await tailStream(bus.nc, {
    stream,
    from,
    maxBytes: 2 * 1024 * 1024,
    signal: stop.signal,
  })
  const got: [sequence: number, text: string][] = []
  let failure: unknown
  const reading = (async () => {
    for await (const { sequence: at, data } of blocks) got.push([at, Buffer.from(data).toString()])
  })().catch((thrown: unknown) => {
    failure = thrown
  })
  return {
    sequence,
    got,
    failure: () => failure,
    async stop() {
      stop.abort()
      await within(MS, 'the end', reading)
    },
  }
}

test('it begins where it is told to, and gives each block once in the order of the stream', async () => {
  const want = streamWant('where')
  await ensureStream(bus.nc, want)
  await publish('where', 'a', 'b', 'c')
  const before = new Date()
  const readers = {
    new: await read('where', 'new'),
    first: await read('where', 'first'),
    third: await read('where', 3),
    since: await read('where', new Date(before.getTime() + 60_000)),
  }
  assert.equal(
    Object.values(readers).map(({ sequence }) => sequence),
    [3, 0, 2, 0]
  )
  await publish('where', 'd', 'e')
  await until(MS, 'all', () => readers.first.got.length === 5 && readers.new.got.length === 2)
  await until(MS, 'the third', () => readers.third.got.length === 3)
  assert.equal(readers.first.got, [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'd'],
    [5, 'e'],
  ])
  assert.equal(readers.new.got, readers.first.got.slice(3))
  assert.equal(readers.third.got, readers.first.got.slice(2))
  for (const reader of Object.values(readers)) await reader.stop()
})

test('a server that is restarted while it reads costs neither a block nor the process', async () => {
  await ensureStream(bus.nc, streamWant('restart'))
  await publish('restart', 'a')
  const reader = await read('restart', 'first')
  await until(MS, 'the first', () => reader.got.length === 1)
  for (const text of ['b', 'c']) {
    await bus.nats.restart()
    await until(MS, 'connected again', () =>
      bus.nc.flush().then(
        () => true,
        () => false
      )
    )
    await publish('restart', text)
    await until(MS, text, () => reader.got.at(-1)?.[1] === text)
  }
  assert.equal(reader.got, [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ])
  assert.is(reader.failure(), undefined)
  await reader.stop()
})

test('it leaves nothing on the server', async () => {
  await ensureStream(bus.nc, streamWant('leaves'))
  const consumers = async (): Promise<number> => {
    const jsm = await bus.nc.jetstreamManager()
    return (await jsm.consumers.list('leaves').next()).length
  }
  const reader = await read('leaves', 'new')
  assert.is(await consumers(), 1)
  const jsm = await bus.nc.jetstreamManager()
  const [{ config } = { config: undefined }] = await jsm.consumers.list('leaves').next()
  assert.is(config?.ack_policy, 'none')
  assert.ok(config?.inactive_threshold, 'the server forgets it when its reader is gone')
  await reader.stop()
})

test('a reading that was opened and is never begun ends with its signal', async () => {
  await ensureStream(bus.nc, streamWant('unread'))
  const stop = new AbortController()
  const { blocks } = await tailStream(bus.nc, {
    stream: 'unread',
    from: 'new',
    maxBytes: 1,
    signal: stop.signal,
  })
  const before = bus.nc.stats().inMsgs
  stop.abort()
  await publish('unread', 'a')
  await bus.nc.flush()
  // The answers of the two requests, and no block.
  assert.ok(bus.nc.stats().inMsgs - before <= 2)
  assert.equal(await within(MS, 'the end', blocks[Symbol.asyncIterator]().next()), {
    done: true,
    value: undefined,
  })
})

test('a stream that is deleted and made anew ends the reading in words', async () => {
  await ensureStream(bus.nc, streamWant('anew'))
  await publish('anew', 'a', 'b')
  const reader = await read('anew', 'first')
  await until(MS, 'both', () => reader.got.length === 2)
  const jsm = await bus.nc.jetstreamManager()
  await jsm.streams.delete('anew')
  await ensureStream(bus.nc, streamWant('anew'))
  await publish('anew', 'other')
  await until(MS, 'the end', () => reader.failure() !== undefined)
  const { code, message } = toSsmdError(reader.failure())
  assert.is(code, 'SSMD_E_STREAM')
  assert.match(message, /stream anew was deleted and recreated/)
})

test('a stream that is not there is an error that says who makes it', async () => {
  try {
    await read('nowhere', 'new')
    assert.unreachable()
  } catch (thrown) {
    const { code, message, hint } = toSsmdError(thrown)
    assert.is(code, 'SSMD_E_STREAM')
    assert.match(message, 'stream nowhere does not exist')
    assert.match(hint ?? '', 'connector')
  }
})

test.run()
