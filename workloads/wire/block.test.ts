import { Message } from 'capnp-ts'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { Block } from './block.ts'
import { BlockWriter } from './block-writer.ts'
import { Block as SchemaBlock } from './testing/block.capnp.ts'
import {
  anyBlock,
  checkProperty,
  type PlainBlock,
  readBlock,
  writeBlock,
  writeWithCapnpTs,
} from './testing/blocks.ts'

const test = suite('block')

const header = {
  environment: 'local',
  feed: 'kalshi',
  connection: '01kb2x7f9m3q5v8z',
  shard: 2,
  simulated: true,
}
const record = {
  recv: 1764000000123456789n,
  number: 7,
  type: 'trade',
  group: 'trades',
  symbol: 'KXGOLD15M-26NOV',
  form: 0,
  sequence: 12,
  scope: 3,
  payload: new Uint8Array(Buffer.from('{"type":"trade","msg":{"price":"0.1000"}}')),
} as const
const three: PlainBlock = {
  ...header,
  records: [
    record,
    { ...record, number: 8, symbol: '', type: 'open', group: 'connection', form: 3, sequence: -1 },
    { ...record, number: 9, symbol: 'ÄÖ€-💱', payload: new Uint8Array(0) },
  ],
}

/** The message of the SsmdError that reading these bytes throws. */
function refusal(bytes: Uint8Array): string {
  try {
    Block.read(bytes)
  } catch (error) {
    assert.instance(error, SsmdError)
    assert.is((error as SsmdError).code, 'SSMD_E_BLOCK')
    return (error as SsmdError).message
  }
  throw new Error('these bytes were read as a block')
}

test('what is written is read back, field by field', () => {
  assert.equal(readBlock(writeBlock(three)), three)
  checkProperty(
    fc.property(anyBlock, (block) => assert.equal(readBlock(writeBlock(block)), block)),
    300
  )
})

test('the writer gives byte for byte what capnp-ts writes for the same block', () => {
  assert.equal(writeBlock(three), writeWithCapnpTs(three))
  checkProperty(
    fc.property(anyBlock, (block) => assert.equal(writeBlock(block), writeWithCapnpTs(block))),
    300
  )
})

test('a writer used again and again writes each block as a new one would', () => {
  checkProperty(
    fc.property(fc.array(anyBlock, { maxLength: 6 }), (blocks) => {
      const writer = new BlockWriter(header)
      for (const block of blocks) {
        const mine = { ...header, records: block.records }
        assert.equal(writeBlock(mine, writer), writeBlock(mine))
        assert.is(writer.count, 0)
      }
    }),
    60
  )
})

test('capnp-ts reads what the writer wrote', () => {
  const root = new Message(writeBlock(three), false).getRoot(SchemaBlock)
  assert.is(root.getConnection(), header.connection)
  assert.is(root.getFirst(), 7n)
  assert.equal(root.getSymbols().toArray(), ['KXGOLD15M-26NOV', '', 'ÄÖ€-💱'])
  assert.equal(
    root.getRecords().map((r) => [r.getNumber(), r.getSequenced(), r.getSequence()]),
    [
      [7n, true, 12n],
      [8n, false, 0n],
      [9n, true, 12n],
    ]
  )
  assert.equal(new Uint8Array(root.getRecords().get(0).getPayload().toUint8Array()), record.payload)
})

test('a block without records and with empty texts is a block', () => {
  const empty = { environment: '', feed: '', connection: '', shard: 0, simulated: false }
  const bytes = writeBlock({ ...empty, records: [] })
  assert.equal(bytes, writeWithCapnpTs({ ...empty, records: [] }))
  const block = Block.read(bytes)
  assert.is(block.length, 0)
  assert.is(block.first, 0)
  assert.equal(readBlock(bytes), { ...empty, records: [] })
})

test('payloads of 1 MB pass unchanged, and the writer stays usable after them', () => {
  const payload = new Uint8Array(1024 * 1024 + 3).map((_, i) => i * 7)
  const records = Array.from({ length: 12 }, (_, i) => ({ ...record, number: 7 + i, payload }))
  const writer = new BlockWriter(header)
  const bytes = writeBlock({ ...header, records }, writer)
  const block = Block.read(bytes)
  for (let i = 0; i < 12; i++) assert.is(Buffer.compare(block.payload(i), payload), 0)
  assert.equal(writeBlock(three, writer), writeBlock(three))
  const two = { ...header, records: records.slice(0, 2) }
  assert.is(Buffer.compare(writeBlock(two), writeWithCapnpTs(two)), 0)
})

test('count, bytes, first and firstRecv say what finish will give', () => {
  const writer = new BlockWriter(header)
  assert.equal([writer.count, writer.first, writer.firstRecv], [0, 0, 0n])
  checkProperty(
    fc.property(anyBlock, (block) => {
      for (const r of block.records) {
        const type = writer.type(r.type, r.group)
        writer.add(r.recv, r.number, type, writer.symbol(r.symbol), r.form, -1, 0, r.payload)
      }
      assert.is(writer.count, block.records.length)
      assert.is(writer.first, block.records[0]?.number ?? 0)
      assert.is(writer.firstRecv, block.records[0]?.recv ?? 0n)
      const { bytes } = writer
      assert.is(writer.finish().length, bytes)
    }),
    100
  )
})

test('a finished block has memory of its own', () => {
  const writer = new BlockWriter(header)
  const bytes = writeBlock(three, writer)
  const copy = bytes.slice()
  assert.is(bytes.buffer.byteLength, bytes.length)
  writeBlock({ ...three, records: three.records.map((r) => ({ ...r, recv: 1n })) }, writer)
  assert.equal(bytes, copy)
})

test('references outlive their block, their writer, and the bound on the tables', () => {
  const one = new BlockWriter(header)
  const other = new BlockWriter(header)
  const type = one.type('trade', 'trades')
  const symbol = one.symbol('KXGOLD15M-26NOV')
  assert.is(one.type('trade', 'trades'), type)
  assert.is(one.symbol('KXGOLD15M-26NOV'), symbol)
  const add = (writer: BlockWriter, number: number): void =>
    writer.add(record.recv, number, type, symbol, 0, 12, 3, record.payload)
  const want = writeBlock({ ...header, records: [record, { ...record, number: 8 }] })
  for (let round = 0; round < 2; round++) {
    add(one, 7)
    add(one, 8)
    assert.equal(one.finish(), want)
    add(other, 7)
    add(other, 8)
    assert.equal(other.finish(), want)
    for (let i = 0; i <= 100_000; i++) one.symbol(`S${i}`)
    one.finish()
    assert.is.not(one.symbol('KXGOLD15M-26NOV'), symbol)
  }
})

test('the writer refuses what the schema cannot hold, and keeps the block as it was', () => {
  const writer = new BlockWriter(header)
  const type = writer.type('trade', 'trades')
  const symbol = writer.symbol('A')
  const add = (over: Partial<Record<keyof typeof record, unknown>>) => () => {
    const r = { ...record, ...over } as typeof record
    writer.add(r.recv, r.number, type, symbol, r.form, r.sequence, r.scope, r.payload)
  }
  const refused: [Partial<Record<keyof typeof record, unknown>>, RegExp][] = [
    [{ number: 2 ** 53 }, /number 9007199254740992 is not/],
    [{ number: 0 }, /number 0 is not/],
    [{ number: 1.5 }, /number 1.5 is not/],
    [{ sequence: 2 ** 53 }, /sequence 9007199254740992 is not/],
    [{ sequence: -2 }, /sequence -2 is not/],
    [{ sequence: Number.NaN }, /sequence NaN is not/],
    [{ scope: 2 ** 32 }, /scope 4294967296 is not/],
    [{ scope: -1 }, /scope -1 is not/],
    [{ form: 4 }, /form 4 is none/],
    [{ recv: -1n }, /receive time -1 is not/],
    [{ recv: 2n ** 64n }, /receive time 18446744073709551616 is not/],
    [{ payload: { length: 2 ** 29 } }, /payload of 536870912 bytes/],
  ]
  add({})()
  for (const [over, message] of [
    ...refused,
    [{ number: 9 }, /number 9 does not follow 7/] as const,
  ]) {
    assert.throws(add({ number: 8, ...over }), (error: SsmdError) => {
      return error.code === 'SSMD_E_BLOCK' && message.test(error.message)
    })
  }
  assert.equal(writer.finish(), writeBlock({ ...header, records: [{ ...record, symbol: 'A' }] }))
  assert.throws(() => new BlockWriter({ ...header, shard: 65_536 }), /shard 65536/)
})

test('accessors refuse an index outside the block', () => {
  const block = Block.read(writeBlock(three))
  for (const i of [-1, 3, 0.5, Number.NaN, 2 ** 32]) {
    assert.throws(() => block.recv(i), RangeError)
    assert.throws(() => block.payload(i), RangeError)
    assert.throws(() => block.number(i), RangeError)
  }
})

// Where things stand in the bytes of `three`: frame 8, root pointer 8, root 64, then texts.
const ROOT = 16
const words = (bytes: Uint8Array) => new DataView(bytes.buffer)
/** Byte that a list pointer at `pointer` points to. */
const target = (view: DataView, pointer: number): number =>
  pointer + 8 + (view.getInt32(pointer, true) >> 2) * 8
const damaged: [string, (view: DataView, bytes: Uint8Array) => undefined | Uint8Array, RegExp][] = [
  ['no bytes', () => new Uint8Array(0), /0 bytes are too few/],
  ['a cut tail', (_, b) => b.slice(0, -8), /the frame says \d+ words, \d+ bytes follow/],
  ['an odd tail', (_, b) => b.slice(0, -3), /bytes follow/],
  ['a longer tail', (_, b) => new Uint8Array(Buffer.concat([b, b])), /bytes follow/],
  ['two segments', (v) => void v.setUint32(0, 1, true), /2 segments/],
  ['a huge size', (v) => void v.setUint32(4, 0xffffffff, true), /4294967295 words/],
  ['a root elsewhere', (v) => void v.setInt32(8, 0x7ffffffc, true), /the root lies in words/],
  ['a root before the start', (v) => void v.setInt32(8, -400, true), /the root lies in words/],
  ['a far root', (v) => void v.setInt32(8, 2, true), /the root is no struct/],
  ['a small root', (v) => void v.setUint16(12, 1, true), /1 data words and 6 pointers/],
  [
    'a text beyond the end',
    (v) => void v.setInt32(ROOT + 16, 0x7ffffffd, true),
    /environment lies/,
  ],
  ['a long text', (v) => void v.setUint32(ROOT + 20, 0xfffffffa, true), /environment lies/],
  ['a text of words', (v) => void v.setUint32(ROOT + 20, 0xd, true), /elements of kind 5, not 2/],
  ['a text of no byte', (v) => void v.setUint32(ROOT + 20, 2, true), /without a terminator/],
  ['an open text', (v) => void v.setUint8(target(v, ROOT + 24) + 6, 33), /feed is a text without/],
  ['a bad letter', (v) => void v.setUint8(target(v, ROOT + 24) + 2, 0xff), /feed is not UTF-8/],
  [
    'a first beyond 2^53',
    (v) => void v.setUint32(ROOT + 4, 0x200000, true),
    /first is beyond 2\^53/,
  ],
  ['a first of 0', (v) => void v.setUint32(ROOT, 0, true), /numbers start at 1/],
  [
    'a huge count',
    (v) => void v.setUint32(target(v, ROOT + 56), 0xfffffffc, true),
    /1073741823 elem/,
  ],
  ['a wrong tag', (v) => void v.setUint32(target(v, ROOT + 56), 13, true), /no tag of structs/],
  ['small records', (v) => void v.setUint16(target(v, ROOT + 56) + 4, 4, true), /4 data words/],
  ['no records pointer', (v) => void v.setUint32(ROOT + 56, 3, true), /records is no list/],
  [
    'a jump in numbers',
    (v) => void v.setUint8(target(v, ROOT + 56) + 8 + 48 + 8, 9),
    /number 9, not 8/,
  ],
  [
    'a type of none',
    (v) => void v.setUint16(target(v, ROOT + 56) + 8 + 32, 2, true),
    /type 2 of 2/,
  ],
  [
    'a symbol of none',
    (v) => void v.setUint32(target(v, ROOT + 56) + 36, 9, true),
    /symbol 9 of 3/,
  ],
  ['a form of none', (v) => void v.setUint16(target(v, ROOT + 56) + 42, 4, true), /form 4, none/],
  [
    'a sequence beyond 2^53',
    (v) => void v.setUint32(target(v, ROOT + 56) + 28, 0x200000, true),
    /sequ/,
  ],
  [
    'a payload of words',
    (v) => void v.setUint8(target(v, ROOT + 56) + 52, 5),
    /payload of record 0/,
  ],
  [
    'a payload outside',
    (v) => void v.setInt32(target(v, ROOT + 56) + 48, 4001, true),
    /a payload lies/,
  ],
  [
    'payloads that share bytes',
    (v) => {
      const at = target(v, ROOT + 56) + 8
      v.setInt32(at + 48 + 40, v.getInt32(at + 40, true) - 24, true)
      v.setInt32(at + 96 + 40, v.getInt32(at + 40, true) - 48, true)
      v.setUint32(at + 48 + 44, v.getUint32(at + 44, true), true)
      v.setUint32(at + 96 + 44, v.getUint32(at + 44, true), true)
      return undefined
    },
    /shares its words/,
  ],
]

for (const [what, damage, message] of damaged) {
  test(`the reader refuses ${what}, and says so`, () => {
    const bytes = writeBlock(three)
    assert.match(refusal(damage(words(bytes), bytes) ?? bytes), message)
  })
}

test('the reader takes structs that a later schema made larger', () => {
  const bytes = writeBlock({ ...three, records: [record] })
  const at = target(words(bytes), ROOT + 56)
  // One data word more in the only record: the pointer moves one word on, its offset shrinks by nothing it crosses.
  const wide = new Uint8Array(
    Buffer.concat([
      bytes.subarray(0, at + 8 + 40),
      Buffer.from('new data'),
      bytes.subarray(at + 8 + 40),
    ])
  )
  const view = words(wide)
  view.setUint32(4, view.getUint32(4, true) + 1, true)
  view.setUint16(at + 4, 6, true)
  view.setUint32(ROOT + 60, view.getUint32(ROOT + 60, true) + 8, true)
  assert.equal(readBlock(wide), { ...three, records: [record] })
})

test.run()
