// Blocks as plain objects, for tests: how to make random ones, how to write one with our writer and with capnp-ts,
// and how to read one back with our reader.

import { Message } from 'capnp-ts'
import fc from 'fast-check'
import { Block } from '../block.ts'
import { type BlockHeader, BlockWriter } from '../block-writer.ts'
import type { Form } from '../form.ts'
import { Block as SchemaBlock } from './block.capnp.ts'

export type PlainRecord = {
  readonly recv: bigint
  readonly number: number
  readonly type: string
  readonly group: string
  readonly symbol: string
  readonly form: Form
  readonly sequence: number
  readonly scope: number
  readonly payload: Uint8Array
}

export type PlainBlock = BlockHeader & { readonly records: readonly PlainRecord[] }

const uint = (max: number) => fc.integer({ min: 0, max })
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const name = fc.oneof(
  text,
  fc.constantFrom('', 'trade', 'KXGOLD15M-26NOV', 'ÄÖ€', '💱', '12345678')
)

const record = fc.record({
  recv: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(0n, 2n ** 64n - 1n)),
  kind: fc.constantFrom('trade trades', 'ticker tickers', 'open connection', ' ', 'é ü'),
  symbol: name,
  form: fc.constantFrom<Form>(0, 1, 2, 3),
  sequence: fc.oneof(fc.constantFrom(-1, 0, 2 ** 32, Number.MAX_SAFE_INTEGER), fc.maxSafeNat()),
  scope: fc.oneof(uint(10), fc.constant(2 ** 32 - 1)),
  payload: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 600 })),
})

/** Any block: empty texts, no records, unsequenced records, 64-bit values, non-ASCII symbols. */
export const anyBlock: fc.Arbitrary<PlainBlock> = fc
  .record({
    environment: name,
    feed: name,
    connection: name,
    shard: uint(65_535),
    simulated: fc.boolean(),
    first: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant(Number.MAX_SAFE_INTEGER - 40)),
    records: fc.array(record, { maxLength: 40 }),
  })
  .map(({ first, records, ...header }) => ({
    ...header,
    records: records.map(({ kind, ...fields }, i) => {
      const [type = '', group = ''] = kind.split(' ')
      return { ...fields, type, group, number: first + i }
    }),
  }))

export function writeBlock(block: PlainBlock, writer = new BlockWriter(block)): Uint8Array {
  for (const r of block.records) {
    const type = writer.type(r.type, r.group)
    const symbol = writer.symbol(r.symbol)
    writer.add(r.recv, r.number, type, symbol, r.form, r.sequence, r.scope, r.payload)
  }
  return writer.finish()
}

/** The same with capnp-ts, fields in the order of the schema. */
export function writeWithCapnpTs(block: PlainBlock): Uint8Array {
  const types = [...new Set(block.records.map((r) => `${r.type}\0${r.group}`))]
  const symbols = [...new Set(block.records.map((r) => r.symbol))]
  const message = new Message()
  const root = message.initRoot(SchemaBlock)
  root.setEnvironment(block.environment)
  root.setFeed(block.feed)
  root.setConnection(block.connection)
  root.setFirst(BigInt(block.records[0]?.number ?? 0))
  root.setShard(block.shard)
  root.setSimulated(block.simulated)
  const typeList = root.initTypes(types.length)
  for (const [i, key] of types.entries()) {
    const type = typeList.get(i)
    const [name = '', group = ''] = key.split('\0')
    type.setName(name)
    type.setGroup(group)
  }
  const symbolList = root.initSymbols(symbols.length)
  for (const [i, symbol] of symbols.entries()) symbolList.set(i, symbol)
  const indexOfType = new Map(types.map((key, i) => [key, i]))
  const indexOfSymbol = new Map(symbols.map((symbol, i) => [symbol, i]))
  const records = root.initRecords(block.records.length)
  for (const [i, r] of block.records.entries()) {
    const record = records.get(i)
    record.setRecv(r.recv)
    record.setNumber(BigInt(r.number))
    record.setSequence(r.sequence === -1 ? 0n : BigInt(r.sequence))
    record.setScope(r.scope)
    record.setSymbol(indexOfSymbol.get(r.symbol) ?? 0)
    record.setType(indexOfType.get(`${r.type}\0${r.group}`) ?? 0)
    record.setForm(r.form)
    record.setSequenced(r.sequence !== -1)
    record.initPayload(r.payload.length).copyBuffer(r.payload)
  }
  return new Uint8Array(message.toArrayBuffer())
}

/** What our reader sees, field by field. */
export function readBlock(bytes: Uint8Array): PlainBlock {
  const block = Block.read(bytes)
  const records: PlainRecord[] = []
  for (let i = 0; i < block.length; i++) {
    records.push({
      recv: block.recv(i),
      number: block.number(i),
      type: block.type(i),
      group: block.group(i),
      symbol: block.symbol(i),
      form: block.form(i),
      sequence: block.sequence(i),
      scope: block.scope(i),
      payload: new Uint8Array(block.payload(i)),
    })
  }
  const { environment, feed, connection, shard, simulated } = block
  return { environment, feed, connection, shard, simulated, records }
}

/** Runs the property with a printed seed, so that a failure can be run again. */
export function checkProperty<T>(property: fc.IPropertyWithHooks<T>, numRuns: number): void {
  const seed = Number(process.env.SSMD_SEED ?? Date.now() % 2 ** 31)
  try {
    fc.assert(property, { numRuns, seed, interruptAfterTimeLimit: 60_000 })
  } catch (error) {
    console.error(`SSMD_SEED=${seed}`)
    throw error
  }
}
