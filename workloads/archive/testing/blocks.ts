// Blocks for tests, made by the real block writer: records of one connection in order, from plain objects.

import { Block } from '#wire/block.ts'
import { BlockWriter } from '#wire/block-writer.ts'
import { FORM, type Form } from '#wire/form.ts'

export type TestRecord = {
  readonly recv: bigint
  readonly payload: string | Uint8Array
  readonly type?: string
  readonly group?: string
  readonly symbol?: string
  readonly form?: Form
  readonly sequence?: number
  readonly scope?: number
}

export type TestBlock = {
  readonly connection: string
  readonly first: number
  readonly records: readonly TestRecord[]
  readonly environment?: string
  readonly feed?: string
  readonly shard?: number
  readonly simulated?: boolean
}

export const makeBlock = (o: TestBlock): Block => Block.read(encodeBlock(o))

/** The block as it is published. */
export function encodeBlock(o: TestBlock): Uint8Array {
  const { connection, first, records } = o
  const writer = new BlockWriter({
    environment: o.environment ?? 'test',
    feed: o.feed ?? 'made',
    connection,
    shard: o.shard ?? 0,
    simulated: o.simulated ?? true,
  })
  records.forEach((record, i) => {
    const { payload } = record
    writer.add(
      record.recv,
      first + i,
      writer.type(record.type ?? 'trade', record.group ?? 'trades'),
      writer.symbol(record.symbol ?? ''),
      record.form ?? FORM.json,
      record.sequence ?? -1,
      record.scope ?? 0,
      typeof payload === 'string' ? Buffer.from(payload) : payload
    )
  })
  return writer.finish()
}

/** An event record as a connector writes it. */
export const eventRecord = (
  recv: bigint,
  event: { kind: string },
  group = 'connection'
): TestRecord => ({
  recv,
  payload: JSON.stringify(event),
  type: event.kind,
  group,
  form: FORM.event,
})

/** Nanoseconds of an RFC 3339 text with at most milliseconds. */
export const at = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n
