import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { decodeRecords, encodeRecord } from './state/journal-record.ts'
import { at, eventRecord, makeBlock, type TestRecord } from './testing/blocks.ts'
import {
  manifestOf,
  openWriter,
  readBack,
  readFiles,
  STREAM,
  silent,
  temporaryFolder,
} from './testing/folders.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('writer')
const DAY = '2026-11-24'
const t = (time: string, nanos = 0n): bigint => at(`${DAY}T${time}Z`) + nanos

const frames = (from: bigint, count: number, type = 'trade', group = 'trades'): TestRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    recv: from + BigInt(i),
    payload: `{"i":${i}}`,
    type,
    group,
    symbol: `S${i % 3}`,
  }))

const isWhole = async (root: string): Promise<void> => {
  assert.equal((await verifyArchive(root)).problems, [])
}

async function refused(work: () => Promise<unknown>): Promise<ReturnType<typeof toSsmdError>> {
  try {
    await work()
  } catch (thrown) {
    return toSsmdError(thrown)
  }
  throw new Error('nothing was refused')
}

test('what is committed is there for zcat at once, and nothing before', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 10) }), 1)
  assert.is(writer.committed, null)
  assert.ok(writer.bufferedBytes > 0)
  assert.is(await writer.commit(), 1)
  assert.is(writer.bufferedBytes, 0)
  assert.is(readBack(folder.path).size, 10)
  writer.add(makeBlock({ connection: '01a', first: 11, records: frames(t('12:00:01'), 5) }), 2)
  assert.is(readBack(folder.path).size, 10)
  await writer.close()
  assert.is(readBack(folder.path).size, 15)
  assert.is(manifestOf(folder.path, DAY).records, 15)
  await isWhole(folder.path)
})

test('a block that comes again is ignored, also after a restart', async () => {
  using folder = temporaryFolder()
  const block = makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 10) })
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(block, 1)
  writer.add(block, 2)
  await writer.commit()
  assert.is(writer.stats.duplicates, 10)
  assert.is(writer.stats.records, 10)
  await writer.close()
  writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(block, 3)
  assert.is(await writer.commit(), 3)
  await writer.close()
  assert.is(readBack(folder.path).size, 10)
})

test('a hole in the numbers is a gap until what is missing comes', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  writer.add(makeBlock({ connection: '01a', first: 11, records: frames(t('12:00:05'), 5) }), 2)
  await writer.commit()
  assert.is(writer.stats.holes, 5)
  await writer.commit() // the manifest follows the first
  const [gap] = manifestOf(folder.path, DAY).gaps
  assert.is(gap!.cause, 'number-hole')
  assert.equal(gap!.numbers, [6, 10])
  assert.is(manifestOf(folder.path, DAY).condition, 'degraded')
  await isWhole(folder.path)
  writer.add(makeBlock({ connection: '01a', first: 6, records: frames(t('12:00:01'), 5) }), 3)
  await writer.close()
  const manifest = manifestOf(folder.path, DAY)
  assert.equal(manifest.gaps, [])
  assert.is(manifest.condition, 'pending')
  assert.is(manifest.segments[0]!.late, 5, 'the manifest says that lines came late')
  await isWhole(folder.path)
})

test('a record lies in the day of its own time, whatever its block', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(
    makeBlock({ connection: '01a', first: 1, records: frames(t('23:59:59.999', 999_998n), 4) }),
    1
  )
  await writer.close()
  assert.equal(
    [...readFiles(folder.path).keys()].filter((file) => file.endsWith('.gz')),
    ['2026-11-24/trades_000.jsonl.gz', '2026-11-25/trades_000.jsonl.gz']
  )
  assert.is(readBack(folder.path).size, 4)
  await isWhole(folder.path)
})

test('a drop names its numbers, and no hole is told beside it', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  const drop = {
    kind: 'drop',
    cause: 'buffer-full',
    fault: 'ours',
    fromNumber: 6,
    toNumber: 9,
    from: '2026-11-24T12:00:01.000000000Z',
    to: '2026-11-24T12:00:02.000000000Z',
  }
  writer.add(
    makeBlock({ connection: '01a', first: 10, records: [eventRecord(t('12:00:03'), drop)] }),
    2
  )
  await writer.close()
  const { gaps } = manifestOf(folder.path, DAY)
  assert.is(gaps.length, 1)
  assert.is(gaps[0]!.cause, 'buffer-full')
  assert.is(gaps[0]!.missing, 4)
  assert.equal(gaps[0]!.numbers, [6, 9])
  assert.is(gaps[0]!.to, drop.to)
  await isWhole(folder.path)
})

test('a gap of the exchange is one of the manifest, with channel and count', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const gap = {
    kind: 'gap',
    cause: 'exchange-sequence',
    fault: 'exchange',
    channel: 'orderbook_delta',
    scope: 3,
    fromSequence: 7,
    toSequence: 9,
    missing: 3,
  }
  const records = [...frames(t('12:00:00'), 1), eventRecord(t('12:00:01'), gap, 'orderbook')]
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const [told] = manifestOf(folder.path, DAY).gaps
  assert.is(told!.missing, 3)
  assert.is(told!.from, '2026-11-24T12:00:00.000000000Z')
  assert.is(told!.to, '2026-11-24T12:00:01.000000000Z')
  assert.ok(existsSync(join(folder.path, 'made', DAY, 'orderbook_000.jsonl.gz')))
  await isWhole(folder.path)
})

test('symbols that were given up and came back are a gap of the manifest, by name (freqtrade/freqtrade#1302)', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const gap = {
    kind: 'gap',
    cause: 'unsubscribed',
    fault: 'exchange',
    channel: 'trade',
    scope: 2,
    symbols: ['KXA-1', 'KXA-2'],
    missing: null,
    from: '2026-11-24T11:59:00.000000000Z',
    reason: 'given up',
  }
  const records = [...frames(t('12:00:00'), 1), eventRecord(t('12:00:01'), gap, 'trades')]
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const { gaps, condition } = manifestOf(folder.path, DAY)
  assert.is(condition, 'degraded')
  assert.is(gaps.length, 1)
  assert.is(gaps[0]!.cause, 'unsubscribed')
  assert.is(gaps[0]!.fault, 'exchange')
  assert.is(gaps[0]!.from, gap.from)
  assert.is(gaps[0]!.to, '2026-11-24T12:00:01.000000000Z')
  assert.is(gaps[0]!.detail, 'KXA-1, KXA-2: given up')
  assert.ok(existsSync(join(folder.path, 'made', DAY, 'trades_000.jsonl.gz')))
  await isWhole(folder.path)
})

test('days that lie in a gap from midnight to midnight have a manifest that says so', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const life = (connection: string, from: bigint) =>
    makeBlock({
      connection,
      first: 1,
      records: [
        eventRecord(from, { kind: 'open' }),
        eventRecord(from + 1n, { kind: 'ready' }),
        ...frames(from + 2n, 3),
      ],
    })
  writer.add(life('01a', t('12:00:00')), 1)
  writer.add(life('01b', t('12:00:00') + 3n * 86_400_000_000_000n), 2)
  await writer.close()
  assert.equal(
    ['2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'].map((day) => {
      const { condition, gaps } = manifestOf(folder.path, day)
      return [
        condition,
        gaps.length,
        gaps[0]!.cause,
        gaps[0]!.from.slice(8, 13),
        gaps[0]!.to?.slice(8, 13),
      ]
    }),
    [
      ['degraded', 1, 'connector-lost', '24T12', '25T00'],
      ['missing', 1, 'connector-lost', '25T00', '26T00'],
      ['missing', 1, 'connector-lost', '26T00', '27T00'],
      ['degraded', 1, 'connector-lost', '27T00', '27T12'],
    ]
  )
  await isWhole(folder.path)
})

test('types that are not kept are counted, and their numbers are no hole', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path, { types: ['trade'] })
  writer.bind(STREAM)
  const records = [
    eventRecord(t('12:00:00'), { kind: 'open' }),
    ...frames(t('12:00:01'), 3, 'ticker', 'tickers'),
    ...frames(t('12:00:02'), 2),
    ...frames(t('12:00:03'), 4, 'ticker', 'tickers'),
  ]
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const manifest = manifestOf(folder.path, DAY)
  assert.is(manifest.records, 3)
  assert.equal(manifest.skipped, { ticker: 7 })
  assert.is(manifest.connections[0]!.skipped, 7)
  assert.equal(manifest.gaps, [])
  await isWhole(folder.path)
})

test('what the stream discarded is a gap, and the holes of its connections are owed to it', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  writer = await openWriter(folder.path)
  writer.bind({ ...STREAM, firstSequence: 10 })
  assert.is(writer.nextSequence, 10)
  writer.add(makeBlock({ connection: '01a', first: 46, records: frames(t('12:00:09'), 5) }), 10)
  await writer.close()
  const { gaps } = manifestOf(folder.path, DAY)
  assert.equal(
    gaps.map(({ cause, connection, missing }) => [cause, connection, missing]),
    [
      ['stream-aged', null, null],
      ['stream-aged', '01a', 40],
    ]
  )
  await isWhole(folder.path)
})

test('a stream that was made anew is read from its beginning, and says so', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const old = makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) })
  writer.add(old, 1)
  writer.add(makeBlock({ connection: '01a', first: 6, records: frames(t('12:00:01'), 5) }), 2)
  await writer.close()
  writer = await openWriter(folder.path)
  writer.bind({ ...STREAM, created: '2026-11-24T13:00:00Z' })
  assert.is(writer.nextSequence, 1)
  writer.add(makeBlock({ connection: '01a', first: 11, records: frames(t('13:00:01'), 5) }), 1)
  assert.is(await writer.commit(), 1)
  await writer.close()
  assert.is(readBack(folder.path).size, 15)
  assert.equal(
    manifestOf(folder.path, DAY).gaps.map((gap) => gap.cause),
    ['stream-recreated']
  )
  await isWhole(folder.path)
})

test('a loss is not forgotten when the writer ends before the next block', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  for (let i = 0; i < 2; i++) {
    writer = await openWriter(folder.path)
    writer.bind({ ...STREAM, firstSequence: 5 })
    await writer.commit()
    await writer.close()
  }
  writer = await openWriter(folder.path)
  writer.bind({ ...STREAM, firstSequence: 5 })
  writer.add(makeBlock({ connection: '01b', first: 1, records: frames(t('13:00:00'), 5) }), 5)
  await writer.close()
  assert.is(
    manifestOf(folder.path, DAY).gaps.filter((gap) => gap.cause === 'stream-aged').length,
    1
  )
})

test('sequences of a stream that was made anew are not acknowledged by an older commit', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  writer.bind({ ...STREAM, created: 'later' })
  assert.is(await writer.commit(), null)
  writer.add(makeBlock({ connection: '01a', first: 6, records: frames(t('12:00:01'), 5) }), 1)
  assert.is(await writer.commit(), 1)
  await writer.close()
})

test('a message that is no block is passed over, and the day says so', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const other = makeBlock({
    connection: '01a',
    first: 1,
    records: frames(t('12:00:00'), 5),
    feed: 'other',
  })
  assert.throws(() => writer.add(other, 1), /other/)
  writer.skip(1, 'it is of another feed')
  await writer.commit()
  await writer.commit() // the manifest follows the first
  assert.is(
    manifestOf(folder.path, new Date(Date.parse(`${DAY}T12:00:00Z`)).toISOString().slice(0, 10))
      .gaps.length,
    1
  )
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 2)
  await writer.close()
  assert.is(readBack(folder.path).size, 5)
  assert.is(writer.committed!.sequence, 2)
})

test('groups and connections that would lead out of the folder are refused', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  for (const block of [
    makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 1, 'x', '../../x') }),
    makeBlock({ connection: '"}{', first: 1, records: frames(t('12:00:00'), 1) }),
  ]) {
    assert.throws(
      () => writer.add(block, 1),
      (thrown: unknown) => toSsmdError(thrown).code === 'SSMD_E_BLOCK'
    )
  }
  await writer.close()
})

test('a second writer is refused and told who holds the folder; the first goes on', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const error = await refused(() => openWriter(folder.path))
  assert.is(error.code, 'SSMD_E_LOCKED')
  assert.match(error.message, String(process.pid))
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  assert.is(readBack(folder.path).size, 5)
  await (await openWriter(folder.path)).close()
})

test('a folder of another environment or archive is refused', async () => {
  using folder = temporaryFolder()
  await (await openWriter(folder.path)).close()
  for (const other of [{ environment: 'prod' }, { archive: 'b' }]) {
    const error = await refused(() => openWriter(folder.path, other))
    assert.is(error.code, 'SSMD_E_ARCHIVE_INVALID')
    assert.match(error.message, 'belongs to')
  }
})

test('days without their journal are refused and left alone', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  rmSync(join(folder.path, 'made', '.commit'), { recursive: true })
  const before = readFiles(folder.path)
  assert.is((await refused(() => openWriter(folder.path))).code, 'SSMD_E_ARCHIVE_INVALID')
  assert.equal(readFiles(folder.path), before)
})

test('a segment shorter than committed, or changed, is refused and left alone', async () => {
  for (const damage of ['shorter', 'changed', 'gone'] as const) {
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
    await writer.close()
    const path = join(folder.path, 'made', DAY, 'trades_000.jsonl.gz')
    const bytes = readFiles(folder.path).get(`${DAY}/trades_000.jsonl.gz`)!
    if (damage === 'gone') rmSync(path)
    else {
      const changed = damage === 'shorter' ? bytes.subarray(0, -1) : Buffer.from(bytes)
      if (damage === 'changed') changed[20]! ^= 4
      writeFileSync(path, changed)
    }
    const before = readFiles(folder.path)
    const error = await refused(() => openWriter(folder.path))
    assert.is(error.code, 'SSMD_E_ARCHIVE_INVALID', damage)
    assert.match(error.message, 'trades_000.jsonl.gz')
    assert.ok(error.hint)
    assert.equal(readFiles(folder.path), before)
  }
})

test('what a crash leaves behind is cut off and swept, files of others stay', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  const before = readFiles(folder.path)
  const feed = join(folder.path, 'made')
  const commits = join(feed, '.commit')
  const journal = readdirSync(commits).find((name) => name.startsWith('journal-'))!
  appendFileSync(join(feed, DAY, 'trades_000.jsonl.gz'), 'half a li')
  appendFileSync(join(feed, DAY, 'trades_000.index.jsonl'), 'half a li')
  // The next commit was about to make a segment, and its record came to the disk in part.
  const begun = { kind: 'create', files: [{ day: DAY, name: 'trades_001.jsonl.gz' }] }
  appendFileSync(join(commits, journal), encodeRecord(begun))
  appendFileSync(join(commits, journal), encodeRecord({ kind: 'commit' }).subarray(0, 25))
  const { id } = decodeRecords(readFileSync(join(commits, 'checkpoint'))).records[0] as {
    id: string
  }
  const strays = [
    'trades_001.jsonl.gz',
    'trades_001.index.jsonl',
    `manifest.json.${id}.tmp`,
    `trades_000.jsonl.gz.${id}.tmp`,
  ]
  const bytes = before.get(`${DAY}/trades_000.jsonl.gz`)!
  for (const name of strays) {
    writeFileSync(join(feed, DAY, name), name === 'trades_001.index.jsonl' ? '' : bytes)
  }
  writeFileSync(join(feed, DAY, 'notes.txt'), 'mine')
  await (await openWriter(folder.path)).close()
  const after = readFiles(folder.path)
  assert.equal([...after.keys()], [...before.keys(), `${DAY}/notes.txt`].sort())
  for (const [file, bytes] of before) {
    if (!file.endsWith('manifest.json')) assert.ok(after.get(file)!.equals(bytes), file)
  }
  assert.equal(readdirSync(feed).sort(), ['.commit', DAY], 'nothing had to be moved aside')
  await isWhole(folder.path)
})

test('an older journal beside newer days is refused', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  const commits = join(folder.path, 'made', '.commit')
  const older = readdirSync(commits).map(
    (name) => [name, readFileSync(join(commits, name))] as const
  )
  writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 6, records: frames(t('12:00:01'), 5) }), 2)
  await writer.close()
  rmSync(commits, { recursive: true })
  mkdirSync(commits)
  for (const [name, bytes] of older) writeFileSync(join(commits, name), bytes)
  assert.is((await refused(() => openWriter(folder.path))).code, 'SSMD_E_ARCHIVE_INVALID')
})

test('a whole older copy of the folder goes on from its own commit (T4)', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.close()
  // The copy knows nothing of sequence 2: the stream still has it.
  writer = await openWriter(folder.path)
  writer.bind({ ...STREAM, lastSequence: 2 })
  assert.is(writer.nextSequence, 2)
  await writer.close()
})

test('a stream that lost its end is read anew, and nothing is twice', async () => {
  using folder = temporaryFolder()
  const block = (n: number) =>
    makeBlock({ connection: '01a', first: n * 5 - 4, records: frames(t(`12:00:0${n}`), 5) })
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  for (const n of [1, 2, 3]) writer.add(block(n), n)
  await writer.close()
  writer = await openWriter(folder.path)
  writer.bind({ ...STREAM, lastSequence: 2 })
  assert.is(writer.nextSequence, 1)
  writer.add(block(1), 1)
  writer.add(block(4), 2)
  await writer.close()
  assert.is(readBack(folder.path).size, 20)
  assert.equal(manifestOf(folder.path, DAY).gaps, [])
})

test('an idle archive seals its last segments by the clock, and the day becomes available', async () => {
  using folder = temporaryFolder()
  let now = Date.parse(`${DAY}T12:00:00Z`)
  const writer = await openWriter(folder.path, { nowMs: () => now })
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await writer.commit()
  writer.settle()
  await writer.commit()
  assert.is(manifestOf(folder.path, DAY).segments[0]!.sealed, false)
  now = Date.parse('2026-11-25T00:30:00Z')
  writer.settle()
  await writer.commit()
  await until(20_000, 'the day is available', async () => {
    await writer.commit()
    return manifestOf(folder.path, DAY).condition === 'available'
  })
  const { commits } = writer.stats
  writer.settle()
  await writer.commit()
  assert.is(writer.stats.commits, commits, 'an idle archive writes nothing')
  await writer.close()
  await isWhole(folder.path)
})

test('a forgotten connection is known again from its manifest: nothing is twice, a hole is filled', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const first = makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) })
  writer.add(first, 1)
  writer.add(makeBlock({ connection: '01a', first: 11, records: frames(t('12:00:05'), 5) }), 2)
  // Days later: another connection, many checkpoints.
  for (let day = 1; day <= 4; day++) {
    const from = t('12:00:00') + BigInt(day) * 86_400_000_000_000n
    const records = [eventRecord(from, { kind: 'open' }), eventRecord(from + 1n, { kind: 'ready' })]
    writer.add(makeBlock({ connection: `01b${day}`, first: 1, records }), 2 + day)
    await writer.commit()
    await until(20_000, 'sealed', async () => {
      await writer.commit()
      return writer.stats.sealed >= day
    })
    await writer.checkpoint()
  }
  assert.not.ok(writer.knows('01a'), 'it was forgotten')
  assert.is(
    manifestOf(folder.path, DAY).gaps.filter((gap) => gap.cause === 'number-hole').length,
    1
  )
  writer.add(first, 7)
  writer.add(makeBlock({ connection: '01a', first: 6, records: frames(t('12:00:01'), 3) }), 8)
  await writer.close()
  assert.is(writer.stats.duplicates, 5)
  writer = await openWriter(folder.path)
  await writer.close()
  assert.is([...readBack(folder.path).keys()].filter((key) => key.startsWith('01a ')).length, 13)
  const gaps = manifestOf(folder.path, DAY).gaps.filter((gap) => gap.cause === 'number-hole')
  assert.equal(
    gaps.map((gap) => gap.numbers),
    [[9, 10]]
  )
  assert.equal(
    manifestOf(folder.path, DAY).segments.map((segment) => segment.name),
    ['trades_000.jsonl.gz', 'trades_001.jsonl.gz']
  )
  await isWhole(folder.path)
})

test('days beyond the retention go, whole, and only those of ours', async () => {
  using folder = temporaryFolder()
  let now = Date.parse(`${DAY}T12:00:00Z`)
  const warned: unknown[] = []
  const log = { ...silent, warn: (fields: { day?: string }) => void warned.push(fields.day) }
  const writer = await openWriter(folder.path, { nowMs: () => now, retentionDays: 3, log })
  writer.bind(STREAM)
  // What cannot be looked at hinders nothing behind it.
  writeFileSync(join(folder.path, 'made', '2026-10-31'), 'a file where a folder should be')
  const foreign = join(folder.path, 'made', '2026-11-01')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'notes.txt'), 'mine')
  for (let day = 0; day <= 8; day++) {
    const from = t('12:00:00') + BigInt(day) * 86_400_000_000_000n
    now = Number(from / 1_000_000n)
    writer.add(
      makeBlock({ connection: '01a', first: day * 5 + 1, records: frames(from, 5) }),
      day + 1
    )
    await writer.commit()
    await until(20_000, 'sealed', async () => {
      await writer.commit()
      return writer.stats.sealed >= day
    })
    await writer.checkpoint()
    await writer.commit()
  }
  await until(20_000, 'old days are gone', async () => {
    now += 60_000
    await writer.commit()
    return !existsSync(join(folder.path, 'made', '2026-11-27'))
  })
  assert.ok(warned.includes('2026-10-31'))
  rmSync(join(folder.path, 'made', '2026-10-31'))
  await writer.close()
  assert.equal(readdirSync(join(folder.path, 'made')).sort(), [
    '.commit',
    '2026-11-01',
    '2026-11-29',
    '2026-11-30',
    '2026-12-01',
    '2026-12-02',
  ])
  rmSync(foreign, { recursive: true })
  await isWhole(folder.path)
})

test('close is quick and safe to call twice, and after it nothing is taken', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(makeBlock({ connection: '01a', first: 1, records: frames(t('12:00:00'), 5) }), 1)
  await within(20_000, 'close', Promise.all([writer.close(), writer.close()]))
  assert.is(readBack(folder.path).size, 5)
  assert.equal(
    readdirSync(join(folder.path, 'made', '.commit')).filter((name) => name.startsWith('lock')),
    []
  )
})

test.run()
