import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { SCHEMA_VERSION } from '#bus/stream.ts'
import { within } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { FORM } from './form.ts'
import { BLOCK, RECORD, TYPE } from './layout.ts'
import { anyBlock, type PlainBlock, readBlock, writeBlock } from './testing/blocks.ts'

const test = suite('schema')

const FOLDER = new URL('../../exchanges/schemas/', import.meta.url).pathname
const SCHEMA = `${FOLDER}block.capnp`
const missing = await missingProgram('capnp')

async function capnp(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const ended = new Promise<Buffer>((resolve, reject) => {
    const child = execFile(
      'capnp',
      args,
      { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout)
        else reject(new Error(`capnp ${args[0]}: ${stderr.toString()}`))
      }
    )
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
  return within(20_000, `capnp ${args[0]}`, ended)
}

type Version = { readonly name: string; readonly status: string; readonly hash: string }

test('the hash of the active version is that of the schema file', async () => {
  const meta = parse(await readFile(`${FOLDER}block.yaml`, 'utf8')) as {
    readonly name: string
    readonly format: string
    readonly schemaFile: string
    readonly versions: readonly Version[]
  }
  assert.equal([meta.name, meta.format, meta.schemaFile], ['block', 'capnp', 'block.capnp'])
  const active = meta.versions.filter((version) => version.status === 'active')
  assert.is(active.length, 1)
  const schema = await readFile(`${FOLDER}${meta.schemaFile}`)
  const hash = `sha256:${createHash('sha256').update(schema).digest('hex')}`
  assert.is(active[0]?.hash, hash)
  assert.is(active[0]?.name, SCHEMA_VERSION)
})

test('the offsets that writer and reader use are those that capnp computes', async () => {
  if (missing) return skip(missing)
  const output = await capnp(['compile', '-ocapnp', SCHEMA])
  const layout = output.toString()
  const size = (name: string): string | undefined =>
    new RegExp(`struct ${name} @\\w+ \\{ {2}# (\\d+ bytes, \\d+ ptrs)`).exec(layout)?.[1]
  const sizeOf = (s: { dataWords: number; pointers: number }): string =>
    `${s.dataWords * 8} bytes, ${s.pointers} ptrs`
  assert.is(size('Block'), sizeOf(BLOCK))
  assert.is(size('Type'), sizeOf(TYPE))
  assert.is(size('Record'), sizeOf(RECORD))
  /** Byte offset of a field in its struct, from `ptr[i]` or `bits[from, to)`. */
  const place = (struct: string, field: string, dataBytes: number): number => {
    const body = layout.slice(layout.indexOf(`struct ${struct} `))
    const match = new RegExp(`\\n  ${field} @.*# (?:ptr\\[(\\d+)\\]|bits\\[(\\d+),)`).exec(body)
    return match?.[1] ? dataBytes + Number(match[1]) * 8 : Math.floor(Number(match?.[2]) / 8)
  }
  for (const [struct, fields] of [
    ['Block', BLOCK],
    ['Type', TYPE],
    ['Record', RECORD],
  ] as const) {
    const { dataWords, ...offsets } = fields
    for (const [field, offset] of Object.entries(offsets)) {
      if (field === 'pointers' || field === 'bytes') continue
      assert.is(offset, place(struct, field, dataWords * 8), `${struct}.${field}`)
    }
  }
})

const two: PlainBlock = {
  environment: 'local',
  feed: 'kalshi',
  connection: 'c',
  shard: 1,
  simulated: false,
  records: [
    {
      recv: 2n ** 64n - 1n,
      number: 5,
      type: 'trade',
      group: 'trades',
      symbol: '',
      form: 0,
      sequence: -1,
      scope: 0,
      payload: new Uint8Array(Buffer.from('{}')),
    },
    {
      recv: 2n,
      number: 6,
      type: 'trade',
      group: 'trades',
      symbol: 'KX',
      form: 3,
      sequence: Number.MAX_SAFE_INTEGER,
      scope: 2 ** 32 - 1,
      payload: new Uint8Array(0),
    },
  ],
}

/** A block as `capnp convert binary:json` shows it. */
const asJson = (block: PlainBlock): object => {
  const types = [...new Set(block.records.map((r) => `${r.type}\0${r.group}`))]
  const symbols = [...new Set(block.records.map((r) => r.symbol))]
  const forms = Object.keys(FORM)
  return {
    environment: block.environment,
    feed: block.feed,
    connection: block.connection,
    first: String(block.records[0]?.number ?? 0),
    shard: block.shard,
    simulated: block.simulated,
    types: types.map((key) => ({ name: key.split('\0')[0], group: key.split('\0')[1] })),
    symbols,
    records: block.records.map((r) => ({
      recv: String(r.recv),
      number: String(r.number),
      sequence: r.sequence === -1 ? '0' : String(r.sequence),
      scope: r.scope,
      symbol: symbols.indexOf(r.symbol),
      type: types.indexOf(`${r.type}\0${r.group}`),
      form: forms[r.form],
      sequenced: r.sequence !== -1,
      payload: [...r.payload],
    })),
  }
}

test('the capnp tool reads from a block what was written into it', async () => {
  if (missing) return skip(missing)
  const seed = Number(process.env.SSMD_SEED ?? Date.now() % 2 ** 31)
  console.log(`SSMD_SEED=${seed}`)
  for (const block of fc.sample(anyBlock, { numRuns: 25, seed })) {
    const args = ['convert', 'binary:json', SCHEMA, 'Block']
    const output = await capnp(args, writeBlock(block))
    assert.equal(JSON.parse(output.toString()), asJson(block))
  }
})

test('capnp decode shows a block as text', async () => {
  if (missing) return skip(missing)
  const output = await capnp(['decode', SCHEMA, 'Block'], writeBlock(two))
  const text = output.toString()
  for (const part of [
    'environment = "local"',
    'symbols = ["", "KX"]',
    'sequence = 9007199254740991',
    'payload = "{}"',
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`)
  }
})

test('our reader reads a block that the capnp tool wrote', async () => {
  const text = `(environment = "local", feed = "kalshi", connection = "c", first = 5, shard = 1,
    types = [(name = "trade", group = "trades")], symbols = ["", "KX"],
    records = [(recv = 18446744073709551615, number = 5, symbol = 0, payload = "{}"),
      (recv = 2, number = 6, symbol = 1, sequence = 9007199254740991, sequenced = true, scope = 4294967295,
        form = event, payload = "")])`
  if (missing) return skip(missing)
  const output = await capnp(['encode', SCHEMA, 'Block'], Buffer.from(text))
  assert.equal(readBlock(output), two)
})

test.run()
