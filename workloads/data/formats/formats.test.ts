import { createHash } from 'node:crypto'
import { tableFromIPC, type Vector } from 'apache-arrow'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ALL_TYPES,
  allTypes,
  DECIMALS,
  FLAGS,
  FRAMES,
  INTEGERS,
  JSONS,
  ROWS,
  TEXTS,
  TIMES,
} from '../testing/all-types.ts'
import { decimalWords, wideWords } from './decimal128.ts'
import type { Format, Times } from './format.ts'
import { rowsWriter } from './index.ts'
import { TextBuffer } from './text-buffer.ts'

const test = suite('formats')

const QUALITY = {
  days: [{ feed: 'f', day: '2026-11-24', condition: 'degraded', simulated: false, proof: {} }],
  gaps: [],
}

/** Everything that a writer hands out, and the largest piece of it; each piece is overwritten after it was taken. */
async function write(
  format: Format,
  { times = 'rfc3339' as Times, repeat = 1, size = 3, cursor = null as string | null } = {}
): Promise<{ bytes: Buffer; pieces: number[] }> {
  const chunks: Buffer[] = []
  const source = allTypes(repeat, size)
  const writer = rowsWriter(format, {
    columns: source.columns,
    times,
    sink: async (bytes) => {
      chunks.push(Buffer.from(bytes))
      bytes.fill(0xee)
    },
  })
  await writer.begin()
  for await (const run of source.runs) await writer.run(run)
  const rows = ROWS * repeat
  await writer.end({ rows, quality: QUALITY, about: { at: 'now' }, nextCursor: cursor })
  return { bytes: Buffer.concat(chunks), pieces: chunks.map(({ length }) => length) }
}

const decimals = DECIMALS.map((one) => one?.[2] ?? null)
const timeTexts = TIMES.map((one) => one?.[2] ?? null)
const inJson = FRAMES.map((one) => {
  if (one === null) return null
  if (typeof one !== 'string') return { base64: one.toString('base64') }
  return one === '{"type":"trade", "n":1}' || one === '[1,2]' ? JSON.parse(one) : one
})
const expected = Array.from({ length: ROWS }, (_, i) => ({
  text: TEXTS[i],
  integer: INTEGERS[i],
  decimal: decimals[i],
  time: timeTexts[i],
  flag: FLAGS[i],
  json: JSONS[i],
  frame: inJson[i],
}))

test('json is one object: rows, quality, facts, and whether rows were left out', async () => {
  const { bytes } = await write('json', { cursor: 'abc' })
  assert.equal(JSON.parse(bytes.toString()), {
    rows: expected,
    about: { at: 'now' },
    quality: QUALITY,
    truncated: true,
    next_cursor: 'abc',
  })
})

test('a frame of one line of JSON stands in ndjson byte for byte, and nothing breaks a line', async () => {
  const { bytes } = await write('ndjson')
  const lines = bytes.toString().trimEnd().split('\n')
  assert.is(lines.length, ROWS + 1)
  assert.match(lines[0]!, '"frame":{"type":"trade", "n":1}}')
  assert.equal(
    lines.slice(0, ROWS).map((line) => JSON.parse(line)),
    expected
  )
})

test('the last line of ndjson counts and hashes exactly the lines before it', async () => {
  const { bytes } = await write('ndjson', { repeat: 400 })
  const at = bytes.lastIndexOf('\n', bytes.length - 2) + 1
  const { _end: end } = JSON.parse(bytes.subarray(at).toString())
  const before = bytes.subarray(0, at)
  assert.is(end.bytes, before.length)
  assert.is(end.sha256, createHash('sha256').update(before).digest('hex'))
  assert.equal([end.rows, end.complete, end.truncated], [400 * ROWS, true, false])
  assert.equal(end.days, QUALITY.days)
})

test('?times=ns gives nanoseconds as text', async () => {
  const { bytes } = await write('json', { times: 'ns' })
  const { rows } = JSON.parse(bytes.toString())
  assert.equal(
    rows.map(({ time }: { time: string }) => time),
    TIMES.map((one) => (one === null ? null : String(one[3])))
  )
})

test('csv is read back by a parser of RFC 4180, with empty for absent and "" for an empty text', async () => {
  const { bytes } = await write('csv')
  const text = bytes.toString()
  const [head, ...rows] = parseCsv(text)
  assert.equal(
    head,
    ALL_TYPES.map(({ name }) => name)
  )
  assert.equal(rows.length, ROWS)
  assert.equal(
    rows.map((row) => row[0]),
    TEXTS.map((one) => one ?? '')
  )
  assert.equal(
    rows.map((row) => row[2]),
    decimals.map((one) => one ?? '')
  )
  assert.equal(
    rows.map((row) => row[3]),
    timeTexts.map((one) => one ?? '')
  )
  assert.equal(rows[4]![6], '{"two":\n1}')
  assert.equal(rows[5]![6], 'base64:/wB/')
  // An empty text has its quotes; an absent one has not.
  assert.match(text, /^"",/m)
  assert.match(text, /^,,,,,,$/m)
})

/** Fields by a few lines of its own. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n)/g
  )) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\n') rows.push([])
  }
  rows.pop()
  return rows
}

test('parquet is read by hyparquet: decimals of 128 bits, timestamps of nanoseconds, quality in the file', async () => {
  const { bytes } = await write('parquet', { cursor: 'c' })
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  const metadata = parquetMetadata(file)
  const decimal = metadata.schema.find(({ name }) => name === 'decimal')
  assert.equal(
    [decimal?.type, decimal?.type_length, decimal?.scale, decimal?.precision],
    ['FIXED_LEN_BYTE_ARRAY', 16, 18, 38]
  )
  assert.equal(metadata.schema.find(({ name }) => name === 'time')?.logical_type, {
    type: 'TIMESTAMP',
    isAdjustedToUTC: true,
    unit: 'NANOS',
  })
  const about = JSON.parse(
    metadata.key_value_metadata?.find(({ key }) => key === 'ssmd')?.value ?? ''
  )
  assert.equal(about.quality, QUALITY)
  assert.equal([about.rows, about.complete, about.next_cursor], [ROWS, true, 'c'])
  const rows = await parquetReadObjects({
    file,
    utf8: false,
    parsers: {
      timestampFromMilliseconds: (ms: bigint) => ms,
      timestampFromMicroseconds: (us: bigint) => us,
      timestampFromNanoseconds: (ns: bigint) => ns,
      dateFromDays: (days: number) => days,
      stringFromBytes: (b: Uint8Array) => Buffer.from(b).toString(),
    } as never,
  })
  assert.equal(
    rows.map(({ text }) => text ?? null),
    [...TEXTS]
  )
  assert.equal(
    rows.map(({ time }) => time ?? null),
    TIMES.map((one) => one?.[3] ?? null)
  )
  assert.equal(
    rows.map(({ flag }) => flag ?? null),
    FLAGS
  )
  assert.equal(
    rows.map(({ integer }) => integer ?? null),
    INTEGERS.map((one) => (one === null ? null : BigInt(one)))
  )
  for (const [i, row] of rows.entries()) {
    const wanted = DECIMALS[i]
    if (!wanted) assert.is(row.decimal ?? null, null)
    else
      assert.ok(
        Math.abs(Number(wanted[2]) - row.decimal) <= Math.abs(row.decimal) * 1e-12,
        wanted[2]
      )
  }
  assert.equal(
    rows.map(({ frame }) => (frame ? Buffer.from(frame) : null)),
    FRAMES.map((one) => (one === null ? null : Buffer.from(one)))
  )
})

test('a long answer leaves as parquet in row groups, none of which waits for another', async () => {
  const { bytes, pieces } = await write('parquet', { repeat: 7000, size: 4096 })
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  const { row_groups, num_rows } = parquetMetadata(file)
  assert.is(Number(num_rows), 7000 * ROWS)
  assert.ok(row_groups.length >= 2, `${row_groups.length} groups`)
  assert.is(pieces.length, row_groups.length + 1)
})

test('arrow is read by apache-arrow, with every digit of decimals and times', async () => {
  const { bytes, pieces } = await write('arrow', { repeat: 3, size: 5 })
  assert.ok(pieces.length >= 5, 'a batch for each run')
  const table = tableFromIPC(bytes)
  assert.is(table.numRows, 3 * ROWS)
  assert.is(String(table.schema.fields[2]?.type), 'Decimal[38e+18]')
  assert.is(String(table.schema.fields[3]?.type), 'Timestamp<NANOSECOND, UTC>')
  for (let i = 0; i < table.numRows; i++) {
    const at = i % ROWS
    const value = (name: string) => table.getChild(name)!.get(i)
    assert.is(value('text'), TEXTS[at]!, `text ${i}`)
    assert.is(value('flag'), FLAGS[at]!)
    assert.is(value('integer'), INTEGERS[at] === null ? null : BigInt(INTEGERS[at]!))
    assert.is(decimalOf(value('decimal')), decimals[at] === null ? null : atScale(decimals[at]!))
    assert.is(value('json'), JSONS[at] === null ? null : JSON.stringify(JSONS[at]))
    assert.equal(
      value('frame') && Buffer.from(value('frame')),
      FRAMES[at] && Buffer.from(FRAMES[at])
    )
    assert.is(nanosAt(table.getChild('time')!, i), TIMES[at]?.[3] ?? null)
  }
})

/** The words of a decimal as a whole number. */
function decimalOf(value: Uint32Array | null): bigint | null {
  if (value === null) return null
  let whole = 0n
  for (const word of [...value].reverse()) whole = (whole << 32n) + BigInt(word)
  return BigInt.asIntN(128, whole)
}

/** A decimal text in units of 10^-18. */
function atScale(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(18, '0'))
  return text.startsWith('-') ? -value : value
}

/** Below what its own getter shows, which is milliseconds. */
function nanosAt(column: Vector, i: number): bigint | null {
  if (column.get(i) === null) return null
  let left = i
  for (const data of column.data) {
    if (left < data.length) return (data.values as BigInt64Array)[left]!
    left -= data.length
  }
  return null
}

test('the 128 bits of a decimal are those of exact arithmetic, at every scale, for numbers of every size', () => {
  const quick = new Uint32Array(4)
  const exact = new Uint32Array(4)
  for (let scale = 0; scale <= 18; scale++) {
    for (let bits = 0; bits <= 53; bits++) {
      for (const value of [2 ** bits - 1, -(2 ** bits) + 1, Math.floor(2 ** bits / 3)]) {
        decimalWords(value, scale, quick, 0)
        wideWords(BigInt(value), scale, exact, 0)
        assert.equal([...quick], [...exact], `${value}e-${scale}`)
      }
    }
  }
})

test('a decimal with more digits than the binary forms hold is refused, never rounded', () => {
  const words = new Uint32Array(4)
  assert.throws(() => decimalWords(1, 19, words, 0), /does not fit a decimal of 38 digits/)
  assert.throws(() => wideWords(10n ** 20n, 0, words, 0), /does not fit/)
  decimalWords(10, 19, words, 0)
  assert.equal([...words], [1, 0, 0, 0])
})

test('numbers are written digit by digit as JavaScript writes them', () => {
  const out = new TextBuffer(8)
  for (let bits = 0; bits <= 53; bits++) {
    for (const value of [2 ** bits - 1, -(2 ** bits - 1)]) {
      out.clear()
      out.integer(value)
      assert.is(out.view().toString(), String(value === 0 ? 0 : value))
    }
  }
})

test.run()
