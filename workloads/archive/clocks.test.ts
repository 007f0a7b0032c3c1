// Connections whose clocks disagree: the order of the stream, and what a connection says of the one before it, tell what
// followed what. A gap between them is named, whatever their times say.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at, eventRecord, makeBlock, type TestRecord } from './testing/blocks.ts'
import { manifestOf, openWriter, STREAM, temporaryFolder } from './testing/folders.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('clocks')
const MINUTE = 60_000_000_000n
const HOUR = 60n * MINUTE
const NOON = at('2026-11-24T12:00:00Z')

type Life = {
  readonly id: string
  readonly from: bigint
  readonly follows?: { readonly connection: string; readonly number: number; readonly recv: string }
  readonly close?: string
}

/** Open, ready, three frames a minute apart, and perhaps a close: six records at the most. */
function life({ id, from, follows, close }: Life) {
  const frame = (recv: bigint): TestRecord => ({ recv, payload: '{}', symbol: 'S' })
  const records = [
    eventRecord(from, { kind: 'open', ...(follows && { follows }) }),
    eventRecord(from + 1n, { kind: 'ready' }),
    frame(from + 2n),
    frame(from + MINUTE),
    frame(from + 2n * MINUTE),
    ...(close === undefined
      ? []
      : [
          eventRecord(from + 2n * MINUTE + 1n, {
            kind: 'close',
            cause: close,
            fault: 'network',
          } as { kind: string }),
        ]),
  ]
  return makeBlock({ connection: id, first: 1, records })
}

async function archived(root: string, lives: readonly Life[]): Promise<void> {
  const writer = await openWriter(root)
  writer.bind(STREAM)
  for (const [i, one] of lives.entries()) writer.add(life(one), i + 1)
  await writer.commit()
  await writer.checkpoint()
  await writer.close()
}

const isWhole = async (root: string): Promise<void> => {
  assert.equal((await verifyArchive(root)).problems, [])
}

/** Ids begin with the time, so a clock that is set back makes the later connection's id the smaller one. */
const CASES: readonly [string, bigint, readonly string[]][] = [
  ['1 h back', -HOUR, ['2026-11-24']],
  ['13 h back, over midnight', -13n * HOUR, ['2026-11-23', '2026-11-24']],
  ['3 days back', -72n * HOUR, ['2026-11-21', '2026-11-24']],
  ['56 years back', -NOON + HOUR, ['1970-01-01', '2026-11-24']],
  ['1 h forward', HOUR, ['2026-11-24']],
  ['13 h forward, over midnight', 13n * HOUR, ['2026-11-24', '2026-11-25']],
]
for (const close of ['connector-stopped', undefined]) {
  for (const [what, step, days] of CASES) {
    test(`a clock that goes ${what} between two connectors hides no gap, ${close ?? 'without a close'}`, async () => {
      using folder = temporaryFolder()
      const next = NOON + 7n * MINUTE + step
      await archived(folder.path, [
        { id: '01b', from: NOON, ...(close && { close }) },
        { id: step < 0n ? '01a' : '01c', from: next },
      ])
      for (const day of days) {
        const { condition, gaps } = manifestOf(folder.path, day)
        assert.is(condition, 'degraded', day)
        assert.is(gaps.length, 1, day)
        assert.is(gaps[0]!.connection, '01b')
        assert.is(gaps[0]!.cause, close ?? 'connector-lost')
        assert.is(gaps[0]!.clock, step < 0n ? 'back' : undefined)
        assert.ok(gaps[0]!.to! > gaps[0]!.from)
      }
      const first = manifestOf(folder.path, days[0]!).gaps[0]!
      const last = manifestOf(folder.path, days.at(-1)!).gaps[0]!
      const [from, to] =
        step < 0n ? [next + 1n, NOON + 2n * MINUTE] : [NOON + 2n * MINUTE, next + 1n]
      assert.is(at(`${first.from.slice(0, 23)}Z`), from - (from % 1_000_000n))
      assert.is(at(`${last.to!.slice(0, 23)}Z`), to - (to % 1_000_000n))
      // No day is said to be missing that both connections only jumped over.
      if (step < -48n * HOUR) assert.throws(() => manifestOf(folder.path, '2026-11-22'))
      await isWhole(folder.path)
    })
  }
}

test('one that was replaced while it still received leaves no gap, also where the new clock is behind', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(life({ id: '01b', from: NOON }), 1)
  const follows = { connection: '01b', number: 5, recv: '2026-11-24T12:02:00.000000000Z' }
  writer.add(life({ id: '01a', from: NOON - HOUR, follows }), 2)
  const more = [{ recv: NOON + 9n * MINUTE, payload: '{}' }]
  writer.add(makeBlock({ connection: '01b', first: 6, records: more }), 3)
  await writer.close()
  assert.equal(manifestOf(folder.path, '2026-11-24').gaps, [])
  await isWhole(folder.path)
})

test('a last block that is sent again and comes late hides no gap from the one that followed', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  writer.add(life({ id: '01b', from: NOON }), 1)
  // The clock was set back, the next connection opened, and only then NATS took the rest of the first.
  const follows = { connection: '01b', number: 6, recv: '2026-11-24T12:03:00.000000000Z' }
  writer.add(life({ id: '01a', from: NOON - HOUR, follows }), 2)
  const rest = [{ recv: NOON + 3n * MINUTE, payload: '{}' }]
  writer.add(makeBlock({ connection: '01b', first: 6, records: rest }), 3)
  await writer.close()
  const { gaps, condition } = manifestOf(folder.path, '2026-11-24')
  assert.equal(
    gaps.map(({ connection, clock }) => [connection, clock]),
    [['01b', 'back']]
  )
  assert.is(condition, 'degraded')
  await isWhole(folder.path)
})

test('an archive of older connectors and checkpoints keeps its order', async () => {
  using folder = temporaryFolder()
  await archived(folder.path, [
    { id: '01b', from: NOON, close: 'disconnected' },
    { id: '01c', from: NOON + 10n * MINUTE, close: 'disconnected' },
    { id: '01d', from: NOON + 20n * MINUTE },
  ])
  assert.equal(
    manifestOf(folder.path, '2026-11-24').gaps.map((gap) => [
      gap.connection,
      gap.from.slice(14, 16),
      gap.to?.slice(14, 16),
    ]),
    [
      ['01b', '02', '10'],
      ['01c', '12', '20'],
    ]
  )
})

test('the verifier finds a connection that another one followed, and no gap between them', async () => {
  using folder = temporaryFolder()
  const follows = { connection: '01b', number: 6, recv: '2026-11-24T12:02:00.000000001Z' }
  await archived(folder.path, [
    { id: '01b', from: NOON, close: 'disconnected' },
    { id: '01a', from: NOON - HOUR, follows },
  ])
  const { readFileSync, writeFileSync } = await import('node:fs')
  const { formatManifest, readManifestText } = await import('./format/manifest.ts')
  const path = `${folder.path}/made/2026-11-24/manifest.json`
  const manifest = readManifestText(readFileSync(path, 'utf8'), path)
  writeFileSync(path, formatManifest({ ...manifest, gaps: [], condition: 'pending' }))
  const { problems } = await verifyArchive(folder.path)
  assert.is(problems.length, 1)
  assert.match(problems[0]!.what, /01b ended before 01a/)
})

test.run()
