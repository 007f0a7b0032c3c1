import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { parseIndexLine } from '../format/index-line.ts'
import { listNumbers } from '../format/symbols.ts'
import { at, makeBlock } from '../testing/blocks.ts'
import { openWriter, STREAM, temporaryFolder } from '../testing/folders.ts'
import { makeArchive } from '../testing/made-archive.ts'
import { seeded, testSeed } from '../testing/random.ts'
import { continueVersion1, unpackVersion1, VERSION_1_STREAM } from '../testing/version-1.ts'
import { type LineFilter, listDays, readLines, readManifest, surveyDays } from './reader.ts'

const test = suite('reader')
const seed = testSeed('reader')

async function linesOf(root: string, day: string, filter: LineFilter = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(root, 'made', day, filter))
    lines.push(line.toString().slice(0, -1))
  return lines
}

type Parsed = { recv: string; conn: string; n: number }
const keyOf = (line: string): string => {
  const { recv, conn, n } = JSON.parse(line) as Parsed
  return `${recv} ${conn} ${String(n).padStart(9, '0')}`
}
const inOrder = (lines: Iterable<string>): string[] =>
  [...lines].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

test('lines of all groups come in receive order, each once, over connections that overlap', async () => {
  for (let round = 0; round < 3; round++) {
    using folder = temporaryFolder()
    const stream = await makeArchive(folder.path, seeded(seed + round), { mischief: 0.1 })
    const days = await listDays(folder.path)
    const read: string[] = []
    for (const { day } of days) read.push(...(await linesOf(folder.path, day)))
    assert.equal(read, inOrder(stream.lines.values()), `seed ${seed + round}`)
    assert.is(
      days.reduce((sum, day) => sum + day.records, 0),
      stream.lines.size
    )
  }
})

test('filters by group, time and count give what a filter of all lines gives', async () => {
  using folder = temporaryFolder()
  const stream = await makeArchive(folder.path, seeded(seed), {})
  const day = (await listDays(folder.path))[0]!.day
  const all = inOrder([...stream.lines.values()].filter((line) => line.includes(`"recv":"${day}`)))
  const recvOf = (line: string) => (JSON.parse(line) as Parsed).recv
  const from = recvOf(all[Math.floor(all.length / 3)]!)
  const to = recvOf(all[Math.floor(all.length / 2)]!)
  assert.equal(
    await linesOf(folder.path, day, { from, to }),
    all.filter((line) => recvOf(line) >= from && recvOf(line) < to)
  )
  assert.equal(await linesOf(folder.path, day, { limit: 5 }), all.slice(0, 5))
  assert.equal(await linesOf(folder.path, day, { from: to.slice(0, 16), limit: 1 }), [
    all.find((line) => recvOf(line) >= to.slice(0, 16))!,
  ])
  const trades = await linesOf(folder.path, day, { groups: ['trades'] })
  assert.ok(trades.length > 0 && trades.length < all.length)
  assert.equal(
    trades,
    all.filter((line) => trades.includes(line))
  )
})

test('type and symbol choose lines without a look into their frames, whatever the names are', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path, { chunkBytes: 1000 })
  writer.bind(STREAM)
  const types = ['trade', 'trade"', 'trad', 'trade\n', 'ü\\', '']
  const symbols = ['', 'S', 'S1', 'S"1', '","frame":{}', '\u2028', '"type":"trade",']
  const all = types.flatMap((type) => symbols.map((symbol) => ({ type, symbol })))
  const recv = at('2026-11-24T12:00:00Z')
  const records = all.map((names, i) => ({
    ...names,
    recv: recv + BigInt(i),
    payload: '{"type":"S","symbol":"trade"}',
  }))
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const numbers = async (filter: LineFilter): Promise<number[]> =>
    (await linesOf(folder.path, '2026-11-24', filter)).map(
      (line) => (JSON.parse(line) as { n: number }).n
    )
  const expected = (is: (names: (typeof all)[number]) => boolean): number[] =>
    all.flatMap((names, i) => (is(names) ? [i + 1] : []))
  for (const one of types) {
    assert.equal(
      await numbers({ types: [one] }),
      expected(({ type }) => type === one)
    )
  }
  for (const one of symbols) {
    assert.equal(
      await numbers({ symbols: [one] }),
      expected(({ symbol }) => symbol === one)
    )
  }
  assert.equal(
    await numbers({ types: ['trad', 'ü\\'], symbols: ['S', 'S"1'] }),
    expected(({ type, symbol }) => /^(trad|ü\\)$/.test(type) && /^S("1)?$/.test(symbol))
  )
})

test('lines of format 1 are chosen by what the caller says of them, beside those of format 2', async () => {
  using folder = temporaryFolder()
  unpackVersion1(folder.path)
  await continueVersion1(folder.path)
  let asked = 0
  const namesInFormat1 = (line: Buffer) => {
    asked++
    return {
      type: (JSON.parse(line.toString()) as { frame?: { type?: string } }).frame?.type ?? '',
      symbol: '',
    }
  }
  for (const day of readdirSync(join(folder.path, 'made')).filter((name) => /^\d/.test(name))) {
    const lines = await linesOf(folder.path, day, { types: ['ticker'], namesInFormat1 })
    const recv = `{"recv":"${day}`
    // In format 1 the caller knows frames alone by their type, not text and bytes.
    const isTicker = (line: string) =>
      line.startsWith(recv) && /"frame":\{"type":"ticker"/.test(line)
    const found = lines
      .filter(isTicker)
      .map((line) => JSON.parse(line) as { n: number; conn: string })
    const wanted = [...VERSION_1_STREAM.lines.values()].filter(isTicker)
    assert.is(found.length, wanted.length)
    for (const line of lines) {
      if (line.includes('"type":"ticker"')) continue
      assert.unreachable(line)
    }
  }
  assert.ok(asked > 10)
})

test('a symbol that a member does not hold is skipped, one that it holds never is', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path, { chunkBytes: 300 })
  writer.bind(STREAM)
  const start = at('2026-11-24T12:00:00Z')
  for (let i = 0; i < 200; i++) {
    const records = [
      { recv: start + BigInt(i), payload: `{"s":"${i % 50}"}`, symbol: `S${i % 50}` },
    ]
    writer.add(makeBlock({ connection: '01a', first: i + 1, records }), i + 1)
    if (i % 9 === 0) await writer.commit()
  }
  await writer.close()
  // Members without any of these symbols are made unreadable: reading one would throw.
  const segment = join(folder.path, 'made/2026-11-24/trades_000.jsonl.gz')
  const bytes = readFileSync(segment)
  let zeroed = 0
  for (const line of readFileSync(segment.replace('jsonl.gz', 'index.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue
    const { offset, bytes: length, symbols } = parseIndexLine(line)
    const numbers = listNumbers(symbols)
    if ([0, 17, 49].some((number) => numbers.includes(number))) continue
    bytes.fill(0, offset, offset + length)
    zeroed++
  }
  assert.ok(zeroed > 5, String(zeroed))
  writeFileSync(segment, bytes)
  for (const wanted of [0, 17, 49]) {
    const lines = await linesOf(folder.path, '2026-11-24', { symbols: [`S${wanted}`] })
    const hits = lines.filter((line) => line.includes(`"s":"${wanted}"`))
    assert.is(hits.length, 4, 'every record of the symbol')
    assert.is(lines.length, 4, 'and no other')
  }
  assert.equal(await linesOf(folder.path, '2026-11-24', { symbols: ['S50'] }), [])
})

test('while it is written and sealed, a reader sees whole lines, each once, in order', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path, { maxBytes: 20_000, chunkBytes: 2000 })
  writer.bind(STREAM)
  const start = at('2026-11-24T12:00:00Z')
  let number = 0
  const write = async (): Promise<void> => {
    const records = Array.from({ length: 20 }, () => ({
      recv: start + BigInt(++number),
      payload: '{"type":"trade","price":"0.5"}',
    }))
    writer.add(makeBlock({ connection: '01a', first: number - 19, records }), number / 20)
    await writer.commit()
  }
  for (let i = 0; i < 5; i++) await write()
  await writer.commit()
  let done = false
  const writing = (async () => {
    for (let i = 0; i < 150; i++) await write()
    done = true
  })()
  let rounds = 0
  const reading = (async () => {
    while (!done) {
      const lines = await linesOf(folder.path, '2026-11-24')
      lines.forEach((line, i) => {
        assert.is((JSON.parse(line) as Parsed).n, i + 1)
      })
      rounds++
    }
  })()
  await within(20_000, 'reading beside writing', Promise.all([writing, reading]))
  assert.ok(rounds > 0)
  await writer.close()
  assert.is((await linesOf(folder.path, '2026-11-24')).length, number)
})

test('a day whose manifest is damaged is named, and hides no other', async () => {
  using folder = temporaryFolder()
  await makeArchive(folder.path, seeded(seed), { connections: 1, blocksEach: 2 })
  const [whole] = await listDays(folder.path)
  assert.ok(whole)
  const text = readFileSync(join(folder.path, 'made', whole.day, 'manifest.json'), 'utf8')
  const other = join(folder.path, 'made', '2020-01-01')
  mkdirSync(other)
  writeFileSync(join(other, 'manifest.json'), text.replace('"records":', '"records": '))
  const { days, damaged } = await surveyDays(folder.path)
  assert.ok(days.some(({ day }) => day === whole.day))
  assert.equal(
    damaged.map(({ feed, day, error }) => [feed, day, error.code]),
    [['made', '2020-01-01', 'SSMD_E_ARCHIVE_INVALID']]
  )
  try {
    await listDays(folder.path)
    assert.unreachable('it lists what it cannot read')
  } catch (thrown) {
    assert.is(toSsmdError(thrown).code, 'SSMD_E_ARCHIVE_INVALID')
  }
})

test('what is not there is said so, and no name leads out of the root', async () => {
  using folder = temporaryFolder()
  await makeArchive(folder.path, seeded(seed), { connections: 1, blocksEach: 2 })
  for (const [feed, day] of [
    ['other', '2026-11-24'],
    ['made', '2020-01-01'],
    ['made', '2026-13-45'],
    ['made', '../..'],
    ['..', '2026-11-24'],
    ['made/../made', '2026-11-24'],
  ] as const) {
    try {
      await readManifest(folder.path, feed, day)
      assert.unreachable(`${feed} ${day}`)
    } catch (thrown) {
      assert.is(toSsmdError(thrown).code, 'SSMD_E_NOT_FOUND', `${feed} ${day}`)
    }
  }
})

test.run()
