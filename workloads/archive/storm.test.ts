// Storms: endless gaps, holes and connections stay few entries of a small manifest, and every total stays exact.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339 } from '#crds/rfc3339.ts'
import { until } from '#testing/deadline.ts'
import { countGaps, type Gap } from './format/manifest.ts'
import type { Checkpoint } from './state/feed-state.ts'
import { boundGaps, MAX_GAPS, takeBack } from './state/gap-list.ts'
import { decodeRecords, encodeRecord } from './state/journal-record.ts'
import { NumberRanges } from './state/number-ranges.ts'
import { at, eventRecord, makeBlock, type TestRecord } from './testing/blocks.ts'
import { manifestOf, openWriter, STREAM, temporaryFolder } from './testing/folders.ts'
import { verifyArchive } from './verify/verify.ts'
import type { FeedWriter } from './writer.ts'

const test = suite('storm')
const DAY = '2026-11-24'
const START = at(`${DAY}T12:00:00Z`)
const MS = 1_000_000n

const manifestBytes = (root: string): number =>
  statSync(join(root, 'made', DAY, 'manifest.json')).size
const missingOf = (gaps: readonly Gap[]): number =>
  gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0)

const isWhole = async (root: string): Promise<void> => {
  assert.equal((await verifyArchive(root)).problems, [])
}

const jump = (recv: bigint, from: number, missing: number, scope = 1, more = {}): TestRecord =>
  eventRecord(
    recv,
    {
      kind: 'gap',
      cause: 'exchange-sequence',
      fault: 'exchange',
      channel: 'orderbook_delta',
      scope,
      fromSequence: from,
      toSequence: from + missing - 1,
      missing,
      ...more,
    } as { kind: string },
    'orderbook'
  )

/** Adds records in blocks of 1000, with a commit now and then as the archiver would. */
async function addAll(
  writer: FeedWriter,
  id: string,
  records: readonly TestRecord[]
): Promise<void> {
  for (let i = 0; i < records.length; i += 1000) {
    const block = { connection: id, first: i + 1, records: records.slice(i, i + 1000) }
    writer.add(makeBlock(block), i / 1000 + 1)
    if (i % 10_000 === 0) await writer.commit()
  }
}

test('60,000 gaps of an older connector, one a frame, are a small manifest with exact totals', async () => {
  using folder = temporaryFolder()
  const count = 60_000
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const records = Array.from({ length: count }, (_, i) =>
    jump(START + BigInt(i) * 50n * MS, 1 + i * 3, 2)
  )
  await addAll(writer, '01a', records)
  await writer.commit()
  assert.is(writer.stats.dayGaps, count)
  assert.ok(writer.stats.dayGapEntries <= MAX_GAPS)
  await writer.close()
  assert.ok(manifestBytes(folder.path) < 1_000_000, `${manifestBytes(folder.path)} bytes`)
  const checkpoint = statSync(join(folder.path, 'made', '.commit', 'checkpoint')).size
  writer = await openWriter(folder.path)
  await writer.close()
  const after = statSync(join(folder.path, 'made', '.commit', 'checkpoint')).size
  assert.ok(Math.max(after, checkpoint) < 4_000_000, `checkpoint of ${after} bytes`)
  const { gaps, condition } = manifestOf(folder.path, DAY)
  assert.is(condition, 'degraded')
  assert.is(missingOf(gaps), count * 2)
  assert.is(countGaps(gaps), count)
  await isWhole(folder.path)
})

test('an archive that an older archiver left with 60,000 gaps starts, and heals', async () => {
  using folder = temporaryFolder()
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(
    makeBlock({ connection: '01a', first: 1, records: [{ recv: START, payload: '{}' }] }),
    1
  )
  await writer.commit()
  await writer.checkpoint()
  await writer.close()
  // As the old code wrote it: every gap an entry of its own, without scope and sequences.
  const path = join(folder.path, 'made', '.commit', 'checkpoint')
  const old = decodeRecords(readFileSync(path)).records[0] as Checkpoint
  const gaps = Array.from({ length: 60_000 }, (_, i) => {
    const time = rfc3339(START + BigInt(i) * MS)
    const gap = {
      cause: 'exchange-sequence',
      fault: 'exchange',
      from: time,
      to: time,
      connection: '01a',
    }
    return {
      ...gap,
      shard: 0,
      missing: 2,
      channel: 'orderbook_delta',
      detail: `scope 1, ${i}`,
    } as Gap
  })
  const connections = old.connections.map(({ order: _o, follows: _f, proofs: _p, ...rest }) => rest)
  const days = old.days.map((day) => ({ ...day, gaps }))
  writeFileSync(path, encodeRecord({ ...old, connections, days }))
  writer = await openWriter(folder.path)
  assert.is(writer.stats.dayGaps, 60_000)
  await writer.close()
  assert.ok(manifestBytes(folder.path) < 1_000_000)
  assert.ok(statSync(path).size < 2_000_000)
  assert.is(missingOf(manifestOf(folder.path, DAY).gaps), 120_000)
})

test('200,000 gaps of every kind over a day are at most a thousand entries, and no count is lost', () => {
  const gaps: Gap[] = []
  let missing = 0
  const causes = ['exchange-sequence', 'buffer-full', 'number-hole', 'disconnected'] as const
  let held: readonly Gap[] = []
  for (let i = 0; i < 200_000; i++) {
    const time = rfc3339(at(`${DAY}T00:00:00Z`) + BigInt(i) * 430n * MS)
    const cause = causes[i % 4]!
    const isKnown = cause !== 'disconnected'
    if (isKnown) missing += 3
    gaps.push({
      cause,
      fault: 'exchange',
      from: time,
      to: time,
      connection: `c${i % 1009}`,
      shard: i % 256,
      missing: isKnown ? 3 : null,
      ...(i % 4 === 0
        ? { channel: `ch${i % 3}`, scope: i % 700, sequences: [i * 9, i * 9 + 2] }
        : {}),
      ...(i % 4 === 1 || i % 4 === 2 ? { numbers: [i * 9, i * 9 + 2] } : {}),
      detail: 'x',
    })
    if (gaps.length < 50_000) continue
    held = boundGaps([...held, ...gaps])
    gaps.length = 0
  }
  held = boundGaps([...held, ...gaps])
  assert.ok(held.length <= MAX_GAPS, `${held.length}`)
  assert.is(countGaps(held), 200_000)
  assert.is(missingOf(held), missing)
  assert.ok(held.every((gap) => gap.to !== null && gap.to >= gap.from))
})

test('in whatever order and portions gaps of a storm come, the entries are the same', () => {
  const all = Array.from({ length: 600 }, (_, i): Gap => {
    const time = rfc3339(START + BigInt(i) * 3000n * MS)
    return {
      cause: 'exchange-sequence',
      fault: 'exchange',
      from: time,
      to: time,
      connection: '01a',
      shard: 0,
      missing: 1,
      channel: 'c',
      scope: 1,
      sequences: [i * 2, i * 2],
      detail: `d${i}`,
    }
  })
  const sorted = (gaps: readonly Gap[]) => gaps.map((gap) => JSON.stringify(gap)).sort()
  const once = sorted(boundGaps(all))
  let portions: readonly Gap[] = []
  for (let i = all.length; i > 0; i -= 37) {
    portions = boundGaps([...all.slice(Math.max(0, i - 37), i), ...portions])
  }
  assert.equal(sorted(portions), once)
  assert.ok(once.length < 10)
})

test('sequences that come late are taken back from one gap, a part of it, and many that are counted together', () => {
  const gap = (first: number, last: number, more: Partial<Gap> = {}): Gap => ({
    cause: 'exchange-sequence',
    fault: 'exchange',
    from: rfc3339(START),
    to: rfc3339(START),
    connection: '01a',
    shard: 0,
    missing: last - first + 1,
    channel: 'c',
    scope: 1,
    sequences: [first, last],
    detail: '',
    ...more,
  })
  const take = (gaps: Gap[], first: number, last: number, scope = 1) => {
    const taken = { connection: '01a', scope, channel: 'c', sequences: [first, last] as const }
    const { gaps: kept, left } = takeBack(gaps, taken)
    return [kept.map(({ sequences, missing }) => [sequences, missing]), left]
  }
  assert.equal(take([gap(5, 5)], 5, 5), [[], []])
  assert.equal(take([gap(5, 9)], 7, 7), [
    [
      [[5, 6], 2],
      [[8, 9], 2],
    ],
    [],
  ])
  assert.equal(take([gap(5, 5)], 5, 5, 2), [[[[5, 5], 1]], [[5, 5]]])
  assert.equal(take([gap(5, 5, { connection: '01b' })], 5, 5), [[[[5, 5], 1]], [[5, 5]]])
  assert.equal(take([gap(1, 100, { missing: 40, count: 30 })], 7, 8), [[[[1, 100], 38]], []])
  assert.equal(take([gap(1, 3), gap(6, 8)], 3, 6), [
    [
      [[1, 2], 2],
      [[7, 8], 2],
    ],
    [[4, 5]],
  ])
  assert.equal(take([gap(5, 5, { missing: null })], 5, 5), [[[[5, 5], null]], [[5, 5]]])
})

test('a gap that late frames fill is taken back, in the same commit and after a restart, and late frames are counted', async () => {
  using folder = temporaryFolder()
  const late = (recv: bigint, filled: number[][], count: number, repeated: number) =>
    eventRecord(
      recv,
      { kind: 'late', channel: 'orderbook_delta', scope: 1, filled, late: count, repeated } as {
        kind: string
      },
      'orderbook'
    )
  let writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const first = [
    eventRecord(START, { kind: 'open' }),
    jump(START + MS, 5, 1),
    late(START + 2n * MS, [[5, 5]], 1, 2),
    jump(START + 3n * MS, 10, 10),
  ]
  writer.add(makeBlock({ connection: '01a', first: 1, records: first }), 1)
  await writer.commit()
  await writer.commit()
  assert.equal(
    manifestOf(folder.path, DAY).gaps.map((gap) => gap.sequences),
    [[10, 19]]
  )
  await writer.close()
  writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(
    makeBlock({ connection: '01a', first: 5, records: [late(START + 4n * MS, [[12, 14]], 3, 0)] }),
    2
  )
  await writer.close()
  let manifest = manifestOf(folder.path, DAY)
  assert.equal(
    manifest.gaps.map((gap) => [gap.sequences, gap.missing]),
    [
      [[10, 11], 2],
      [[15, 19], 5],
    ]
  )
  assert.equal([manifest.connections[0]!.late, manifest.connections[0]!.repeated], [4, 2])
  await isWhole(folder.path)
  writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const rest = [
    late(
      START + 5n * MS,
      [
        [10, 11],
        [15, 19],
      ],
      7,
      0
    ),
  ]
  writer.add(makeBlock({ connection: '01a', first: 6, records: rest }), 3)
  await writer.close()
  manifest = manifestOf(folder.path, DAY)
  assert.equal(manifest.gaps, [])
  assert.is(manifest.condition, 'pending')
  await isWhole(folder.path)
})

test('a proof that was lost is a gap from the last proven record until it is back, or the connection ends', async () => {
  using folder = temporaryFolder()
  const proof = (recv: bigint, state: string, type: string) =>
    eventRecord(
      recv,
      { kind: 'proof', state, type, channel: 'c', scope: 1, reason: 'seq is null' } as {
        kind: string
      },
      'orderbook'
    )
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const frame = (recv: bigint): TestRecord => ({ recv, payload: '{}' })
  const records = [
    eventRecord(START, { kind: 'open' }),
    eventRecord(START, { kind: 'ready' }),
    frame(START + MS),
    proof(START + 2n * MS, 'lost', 'a'),
    frame(START + 3n * MS),
    proof(START + 4n * MS, 'back', 'a'),
    proof(START + 5n * MS, 'lost', 'b'),
  ]
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.commit()
  await writer.commit()
  const told = () =>
    manifestOf(folder.path, DAY).gaps.map(({ cause, channel, from, to }) => [
      cause,
      channel,
      from.slice(20, 23),
      to?.slice(20, 23),
    ])
  assert.equal(told(), [
    ['proof-lost', 'c', '001', '004'],
    ['proof-lost', 'c', '004', undefined],
  ])
  assert.is(manifestOf(folder.path, DAY).condition, 'degraded')
  const close = eventRecord(START + 9n * MS, { kind: 'close', cause: 'disconnected' } as {
    kind: string
  })
  writer.add(
    makeBlock({ connection: '01a', first: 8, records: [frame(START + 8n * MS), close] }),
    2
  )
  await writer.close()
  assert.equal(told()[1], ['proof-lost', 'c', '004', '008'])
  await isWhole(folder.path)
})

test('endless holes in the numbers of a connection stay few ranges, and their count stays exact', () => {
  let numbers = new NumberRanges()
  const count = 200_000
  for (let i = 0; i < count; i++) {
    numbers.claim(1 + i * 3, 1 + i * 3, (number) => BigInt(number))
    if (i % 50_000 === 0) numbers = NumberRanges.fromJSON(JSON.parse(JSON.stringify(numbers)))
  }
  assert.ok(numbers.ranges.length <= 4096)
  assert.is(numbers.missing, (count - 1) * 2)
  const holes = numbers.holes()
  assert.is(
    holes.reduce((sum, hole) => sum + hole.missing, 0),
    (count - 1) * 2
  )
  assert.is(
    holes.reduce((sum, hole) => sum + hole.count, 0),
    count - 1
  )
  // What is retried soon finds its hole; what comes after thousands of others does not, and stays named.
  assert.equal(numbers.claim(count * 3 - 1000, count * 3 - 1000, BigInt), [
    { first: count * 3 - 1000, last: count * 3 - 1000 },
  ])
  assert.equal(numbers.claim(2, 2, BigInt), [])
})

test('holes of an archive beyond what is kept apart are counted together, and the verifier agrees', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  for (let i = 0; i < 9000; i++) {
    const records = [{ recv: START + BigInt(i) * MS, payload: '{}' }]
    writer.add(makeBlock({ connection: '01a', first: 1 + i * 2, records }), i + 1)
  }
  await writer.close()
  const { gaps } = manifestOf(folder.path, DAY)
  assert.ok(gaps.length <= MAX_GAPS && manifestBytes(folder.path) < 1_000_000)
  assert.is(missingOf(gaps), 8999)
  assert.is(countGaps(gaps), 8999)
  await isWhole(folder.path)
})

/** One short connection of a storm. */
function storm(i: number) {
  const from = START + BigInt(i) * 2000n * MS
  const records = [
    eventRecord(from, { kind: 'open' }),
    eventRecord(from + 1n, { kind: 'ready' }),
    { recv: from + MS, payload: '{}' },
    eventRecord(from + 2n * MS, { kind: 'close', cause: 'disconnected' } as { kind: string }),
  ]
  return makeBlock({ connection: `01${String(i).padStart(6, '0')}`, first: 1, records })
}

test('a storm of reconnects makes a small manifest that the verifier can prove', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const count = 2500
  for (let i = 0; i < count; i++) {
    writer.add(storm(i), i + 1)
    if (i % 700 === 699) {
      await writer.commit()
      await writer.checkpoint()
    }
  }
  await writer.close()
  const { gaps, connections, moreConnections, records } = manifestOf(folder.path, DAY)
  assert.ok(manifestBytes(folder.path) < 1_000_000, `${manifestBytes(folder.path)} bytes`)
  assert.ok(gaps.length <= MAX_GAPS)
  assert.is(countGaps(gaps), count)
  assert.is(connections.length + moreConnections!.count, count)
  assert.is(records, count * 4)
  assert.ok(!writer.knows('01000000'), 'old connections leave the memory')
  await isWhole(folder.path)
  // Days later the stream is read again: what no manifest names is known from the lines, and nothing is there twice.
  let days = 0
  const info = (fields: object) => {
    if ('days' in fields) days = fields.days as number
  }
  const again = await openWriter(folder.path, { log: { info, warn() {} } })
  again.bind(STREAM)
  const later = START + 4n * 86_400_000n * MS
  const next = [
    eventRecord(later, { kind: 'open' }),
    eventRecord(later, { kind: 'ready' }),
    { recv: later, payload: '{}' },
  ]
  again.add(makeBlock({ connection: '02a', first: 1, records: next }), 1)
  await until(60_000, 'the day is no longer in memory', async () => {
    await again.commit()
    await again.checkpoint()
    return days === 1 && !again.knows('01002499')
  })
  for (const i of [0, 1, count - 1]) again.add(storm(i), 2 + i)
  await again.commit()
  assert.is(again.stats.duplicates, 12)
  await again.close()
  await isWhole(folder.path)
})

test.run()
