// Holes that a manifest counts together, found again in the lines; and what stays as it is because they do not show it.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/read/reader.ts'
import { at, eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import { manifestOf, openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { holesOneByOne } from './number-holes.ts'
import { dayRecords } from './records.ts'

const test = suite('holes in numbers')
const START = at('2026-11-24T12:00:00Z')
const DAY = '2026-11-24'
const CONNECTION = '01made'
/** Time of the record of a number. */
const time = (number: number): bigint => START + BigInt(number) * 1_000_000n

type Numbers = readonly [first: number, last: number]

/** Archives records 1 to 100 but the holes, in two groups by turns, and returns the gaps that a reader makes of its day. */
async function readGaps(
  holes: readonly Numbers[],
  { types, drops = [] }: { types?: readonly string[]; drops?: readonly Numbers[] } = {}
): Promise<readonly Gap[]> {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path, { types })
  writer.bind(STREAM)
  let sequence = 0
  for (let number = 1; number <= 100; number++) {
    if ([...holes, ...drops].some(([first, last]) => number >= first && number <= last)) continue
    const dropped = drops.find(([, last]) => last === number - 1)
    const group = number % 2 === 0 ? 'books' : 'trades'
    const type = number % 2 === 0 ? 'book' : 'trade'
    const frame = { recv: time(number), payload: '{}', type, group }
    const [fromNumber, toNumber] = dropped ?? [0, 0]
    const drop = {
      ...{ kind: 'drop', cause: 'buffer-full', fault: 'ours', fromNumber, toNumber },
      from: rfc3339(time(fromNumber)),
      to: rfc3339(time(toNumber)),
    }
    const record = dropped !== undefined ? eventRecord(time(number), drop) : frame
    writer.add(makeBlock({ connection: CONNECTION, first: number, records: [record] }), ++sequence)
  }
  await writer.close()
  const manifest = manifestOf(folder.path, DAY)
  assert.ok(
    manifest.gaps.some(({ count }) => count === holes.length),
    'the manifest counts them together'
  )
  return await holesOneByOne(dayRecords(folder.path, manifest))
}

const spanOf = ({ cause, from, to, numbers, missing, count }: Gap) =>
  [cause, from, to, numbers?.join('-'), missing, count ?? 1].join(' ')

const hole = ([first, last]: Numbers): string =>
  [
    ...['number-hole', rfc3339(time(first - 1)), rfc3339(time(last + 1))],
    ...[`${first}-${last}`, last - first + 1, 1],
  ].join(' ')

const HOLES = Array.from({ length: 12 }, (_, i): Numbers => [5 + 8 * i, 5 + 8 * i + (i % 3)])

test('holes that a manifest counts together are found one by one, over all groups of records', async () => {
  const gaps = await readGaps(HOLES)
  assert.equal(gaps.map(spanOf), HOLES.map(hole))
})

test('frames that a connector dropped are no hole, and one before them ends when they came', async () => {
  const drops = HOLES.map(([, last]): Numbers => [last + 1, last + 2])
  const gaps = await readGaps(HOLES, { drops })
  const dropped = gaps.filter(({ cause }) => cause === 'buffer-full')
  assert.equal(
    dropped.map(({ count }) => count),
    [drops.length],
    'the lines tell them one by one'
  )
  assert.equal(gaps.filter((gap) => !dropped.includes(gap)).map(spanOf), HOLES.map(hole))
})

test('lines that do not show what a manifest counts leave it one gap: an archive without some types', async () => {
  const gaps = await readGaps(HOLES, { types: ['trade'] })
  assert.is(gaps.length, 1)
  assert.is(gaps[0]!.count, HOLES.length)
  assert.equal(gaps[0]!.numbers, [HOLES[0]![0], HOLES.at(-1)![1]])
})

test.run()
