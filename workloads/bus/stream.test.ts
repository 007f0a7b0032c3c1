import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { askJetStream } from './api.ts'
import { ensureStream, streamFacts } from './stream.ts'
import { startBus, streamWant, type TestBus } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('stream')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

type Config = Readonly<Record<string, unknown>>
const configOf = async (bus: TestBus, name: string): Promise<Config> =>
  (await askJetStream<{ config: Config }>(bus.nc, `STREAM.INFO.${name}`, undefined, 'test')).config
const create = (bus: TestBus, name: string, over: object): Promise<unknown> => {
  const config = { name, subjects: [`${name}.log.>`], storage: 'file', retention: 'limits' }
  return askJetStream(bus.nc, `STREAM.CREATE.${name}`, { ...config, ...over }, 'test')
}

test('a missing stream is made: on disk, refusing when full, its messages safe from deletion', async ({
  bus,
}) => {
  const facts = await within(10_000, 'made', ensureStream(bus.nc, streamWant('made')))
  assert.is(facts.name, 'made')
  assert.equal([facts.firstSequence, facts.lastSequence], [1, 0])
  assert.ok(Date.parse(facts.created) > 0)
  const config = await configOf(bus, 'made')
  const expected = {
    subjects: ['made.log.>'],
    storage: 'file',
    retention: 'limits',
    discard: 'new',
    deny_delete: true,
    deny_purge: false,
    allow_direct: true,
    max_age: 3_600_000_000_000,
    max_bytes: 256 * 1024 * 1024,
    num_replicas: 1,
    duplicate_window: 120_000_000_000,
  }
  for (const [key, value] of Object.entries(expected)) assert.equal(config[key], value, key)
  assert.is((config.metadata as Config)['ssmd.io/schema'], 'v1')
})

test('a stream that suffices is left as it is, and so is one that holds more', async ({ bus }) => {
  const made = await ensureStream(bus.nc, streamWant('same'))
  const before = await configOf(bus, 'same')
  assert.equal(await ensureStream(bus.nc, streamWant('same')), made)
  const less = { maxAgeMs: 1_000, maxBytes: 1_000, duplicateWindowMs: 200, subjects: [] }
  assert.equal(await ensureStream(bus.nc, streamWant('same', less)), made)
  assert.equal(await configOf(bus, 'same'), before)
})

test('unlimited counts as more than any limit', async ({ bus }) => {
  await create(bus, 'endless', { discard: 'new', max_age: 0, max_bytes: -1 })
  await ensureStream(bus.nc, streamWant('endless'))
  const config = await configOf(bus, 'endless')
  assert.equal([config.max_age, config.max_bytes], [0, -1])
})

test('a stream is widened where more is asked for, and keeps its messages and what others set', async ({
  bus,
}) => {
  await create(bus, 'wider', {
    discard: 'new',
    max_age: 1_000_000_000,
    max_bytes: 1_000_000,
    description: "somebody's",
    metadata: { team: 'x' },
    subjects: ['wider.log.0'],
  })
  await bus.nc.request('wider.log.0', 'kept')
  const facts = await ensureStream(bus.nc, streamWant('wider', { subjects: ['wider.log.1'] }))
  assert.is(facts.lastSequence, 1)
  const config = await configOf(bus, 'wider')
  assert.equal(config.subjects, ['wider.log.0', 'wider.log.1'])
  assert.is(config.max_age, 3_600_000_000_000)
  assert.is(config.max_bytes, 256 * 1024 * 1024)
  assert.is(config.description, "somebody's")
  const metadata = config.metadata as Config
  assert.equal([metadata.team, metadata['ssmd.io/schema']], ['x', 'v1'])
})

test('several that make the same stream at once all get it', async ({ bus }) => {
  const wants = [1, 2, 3, 4, 5, 6].map((n) => streamWant('race', { maxBytes: n * 1024 * 1024 }))
  const all = await within(10_000, 'all', Promise.all(wants.map((w) => ensureStream(bus.nc, w))))
  assert.is(new Set(all.map((facts) => facts.created)).size, 1)
})

const refused: [string, object, RegExp, RegExp][] = [
  ['throws away old messages when full', { discard: 'old' }, /discards old/, /--discard new/],
  [
    'keeps no messages',
    { retention: 'workqueue', discard: 'new' },
    /retention workqueue/,
    /delete/,
  ],
  ['is only in memory', { storage: 'memory', discard: 'new' }, /storage memory/, /delete/],
  [
    'holds another schema',
    { discard: 'new', metadata: { 'ssmd.io/schema': 'v7' } },
    /schema v7, not v1/,
    /another name/,
  ],
]
for (const [index, [what, over, message, hint]] of refused.entries()) {
  test(`a stream that ${what} is refused with what to do`, async ({ bus }) => {
    await create(bus, `bad${index}`, over)
    try {
      await ensureStream(bus.nc, streamWant(`bad${index}`))
      assert.unreachable()
    } catch (error) {
      assert.instance(error, SsmdError)
      const { code, message: text, hint: next } = error as SsmdError
      assert.is(code, 'SSMD_E_STREAM')
      assert.match(text, message)
      assert.match(next ?? '', hint)
    }
  })
}

test('subjects that another stream takes, and more bytes than there are, are refused with what to do', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('first'))
  const overlap = streamWant('second', { subjects: ['first.log.>'] })
  const huge = streamWant('huge', { maxBytes: 2 ** 60 })
  for (const [want, pattern] of [
    [overlap, /another stream already takes/],
    [huge, /transport.stream.maxBytes/],
  ] as const) {
    const error: SsmdError = await ensureStream(bus.nc, want).then(
      () => assert.unreachable() as never,
      (thrown) => thrown
    )
    assert.is(error.code, 'SSMD_E_STREAM')
    assert.match(error.hint ?? error.message, pattern)
  }
})

test('a missing stream has no facts, and one made again is told by its date', async ({ bus }) => {
  assert.is(await streamFacts(bus.nc, 'never'), undefined)
  const first = await ensureStream(bus.nc, streamWant('again'))
  await askJetStream(bus.nc, 'STREAM.DELETE.again', undefined, 'test')
  const second = await ensureStream(bus.nc, streamWant('again'))
  assert.is.not(second.created, first.created)
})

test('a server that does not answer is named as that', async () => {
  const bus = await startBus()
  try {
    await bus.nats.kill('SIGSTOP')
    const error: SsmdError = await within(15_000, 'an answer', streamFacts(bus.nc, 'x')).then(
      () => assert.unreachable() as never,
      (thrown) => thrown
    )
    assert.is(error.code, 'SSMD_E_NATS')
    assert.match(error.message, /reading stream x: NATS has not answered/)
  } finally {
    await bus.close()
  }
})

test.run()
