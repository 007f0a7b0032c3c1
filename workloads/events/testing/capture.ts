// What connectors of one feed put into its stream, made by chance from recorded frames: several shards, connections that end in
// every way, holes, drops and jumps, blocks in the order in which they are published.

import { eventRecord, makeBlock, type TestRecord } from '#archive/testing/blocks.ts'
import type { Random } from '#archive/testing/random.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import type { Block } from '#wire/block.ts'

export type PublishedBlock = {
  readonly block: Block
  /** When it was published: after its last record. */
  readonly at: bigint
}

export type CaptureShape = {
  readonly feed: string
  readonly exchange: string
  /** Frames with the names that a connector gives them. */
  readonly frames: readonly TestFrame[]
  readonly shards: number
  /** Connections of a shard, one after the other. */
  readonly connections: number
  readonly startsAt: bigint
  /** Mean time between two frames of a shard, milliseconds. */
  readonly stepMs: number
  /** Chance of a jump, a drop or a hole before a frame. @default 0.03 */
  readonly trouble?: number
}

export type TestFrame = { readonly type: string; readonly symbol: string; readonly payload: string }

const MS = 1_000_000n

export function randomCapture(random: Random, shape: CaptureShape): PublishedBlock[] {
  const { shards } = shape
  const published: PublishedBlock[] = []
  for (let shard = 0; shard < shards; shard++) {
    const frames = shape.frames.filter((_, i) => i % shards === shard)
    published.push(...oneShard(random, shape, shard, frames))
  }
  return published.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function oneShard(
  random: Random,
  { feed, exchange, connections, startsAt, stepMs, trouble = 0.03 }: CaptureShape,
  shard: number,
  frames: readonly TestFrame[]
): PublishedBlock[] {
  const published: PublishedBlock[] = []
  let recv = startsAt + BigInt(random.int(0, stepMs)) * MS
  // Sometimes two records at the very same time.
  const next = (steps = 2): bigint => {
    if (random.next() > 0.1) recv += BigInt(random.int(1, steps * stepMs * 1_000_000))
    return recv
  }
  let follows: object | undefined
  const each = Math.ceil(frames.length / connections)
  for (let c = 0; c < connections; c++) {
    const connection = `01${feed}${shard}x${String(c).padStart(3, '0')}`
    const mine = frames.slice(c * each, (c + 1) * each)
    const records: (TestRecord | number)[] = []
    const open = { kind: 'open', exchange, ...(follows === undefined ? {} : { follows }) }
    records.push(eventRecord(next(), open))
    const readyAt = random.int(0, Math.min(4, mine.length))
    mine.forEach((frame, i) => {
      if (i === readyAt) records.push(eventRecord(next(), { kind: 'ready' }))
      if (random.next() < trouble) records.push(...mischief(random, next))
      records.push({ recv: next(), group: 'all', ...frame })
    })
    const isLost = random.next() < 0.4
    if (!isLost) {
      const close = {
        kind: 'close',
        cause: 'disconnected',
        fault: 'network',
        code: 1006,
        reason: 'x',
      }
      records.push(eventRecord(next(20), close))
    }
    const last = publish(random, { feed, connection, shard, records }, published)
    follows = { connection, number: last, recv: rfc3339(recv) }
    next(20)
  }
  return published
}

/** A jump of the exchange's sequence, frames that were dropped, or numbers that never come. */
function mischief(random: Random, next: () => bigint): (TestRecord | number)[] {
  const kind = random.int(0, 3)
  if (kind === 0) return [random.int(1, 4)]
  if (kind === 1) {
    const gap = { channel: 'book', scope: 1, fromSequence: 5, toSequence: 7, missing: 3 }
    const kinds = { kind: 'gap', cause: 'exchange-sequence', fault: 'exchange' }
    return [eventRecord(next(), { ...kinds, ...gap }, 'all')]
  }
  const from = rfc3339(next())
  const lost = random.int(1, 5)
  const to = lost === 1 ? from : rfc3339(next())
  // The numbers are filled in when it is published.
  const drop = { kind: 'drop', cause: 'buffer-full', fault: 'ours', from, to, lost }
  const dropped = [lost, eventRecord(next(), drop)]
  // Sometimes what was before it never comes either.
  return kind === 2 ? dropped : [random.int(1, 4), ...dropped]
}

/** Cuts records into blocks; a number among them is so many numbers that are not there. Returns the last number. */
function publish(
  random: Random,
  o: {
    readonly feed: string
    readonly connection: string
    readonly shard: number
    readonly records: readonly (TestRecord | number)[]
  },
  published: PublishedBlock[]
): number {
  const { feed, connection, shard } = o
  let number = 0
  let held: TestRecord[] = []
  const flush = (): void => {
    if (held.length === 0) return
    const first = number - held.length + 1
    const block = makeBlock({ connection, first, records: held, feed, shard })
    const at = held.at(-1)!.recv + BigInt(random.int(1, 50)) * MS
    // One program publishes in order.
    const before = published.at(-1)?.at ?? 0n
    published.push({ block, at: at > before ? at : before + 1n })
    held = []
  }
  for (const record of o.records) {
    if (typeof record === 'number') {
      flush()
      number += record
      continue
    }
    number++
    held.push(withNumbers(record, number))
    if (random.next() < 0.15) flush()
  }
  flush()
  return number
}

function withNumbers(record: TestRecord, number: number): TestRecord {
  if (record.type !== 'drop') return record
  const { lost, ...event } = JSON.parse(String(record.payload)) as { lost: number }
  const numbers = { fromNumber: number - lost, toNumber: number - 1 }
  return { ...record, payload: JSON.stringify({ ...event, ...numbers }) }
}
