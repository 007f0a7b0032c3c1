// Recordings as they lie on disk: both forms, packed or plain, cut anywhere, out of order, several at once.
// Everything that can be read is given, in order, and what cannot is told with its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { venue } from '#exchanges/kalshi/simulator/venue.ts'
import { Random } from '#exchanges/simulation/random.ts'
import { within } from '#testing/deadline.ts'
import { Merge } from './merge.ts'
import { type FrameReader, Recording } from './recording.ts'
import { accountFor, findRecordings } from './recordings.ts'
import { SortedRecording } from './sorted-recording.ts'

const test = suite('recording')
const folder = mkdtempSync(join(tmpdir(), 'ssmd-recording-'))
const signal = new AbortController().signal
test.after(() => rmSync(folder, { recursive: true }))

let files = 0
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, `${++files}-${name}`)
  writeFileSync(path, content)
  return path
}

const frameAt = (n: number, market = 'KX-A-1') =>
  `{"type":"trade","sid":2,"seq":${n},"msg":{"market_ticker":"${market}","n":"${'x'.repeat(n % 97)}"}}`
const sample = (n: number, recv = 1_786_400_000_000 + n) =>
  `{"recv_ms":${recv},"event":${frameAt(n)}}`
const archived = (n: number, ns: string, conn = '01k0000000000000', frame = frameAt(n)) =>
  `{"recv":"2026-11-24T15:01:${ns}Z","conn":"${conn}","n":${n},"frame":${frame}}`

type Read = { recv: number; number: number; frame: string }
async function readAll(reader: FrameReader): Promise<Read[]> {
  const all: Read[] = []
  while (await within(20_000, 'fill', reader.fill()))
    while (reader.next())
      all.push({
        recv: reader.recv,
        number: reader.number,
        frame: reader.frame.bytes.toString('utf8', reader.frame.start, reader.frame.end),
      })
  return all
}
const framesOf = async (path: string) =>
  (await readAll(new Recording(path, venue))).map((r) => r.frame)

const LINES = Array.from({ length: 5000 }, (_, i) => sample(i + 1))
const FRAMES = LINES.map((_, i) => frameAt(i + 1))
const TEXT = `${LINES.join('\n')}\n`

test('reads the same from plain and packed files, whatever their size and members', async () => {
  const members = Buffer.concat(
    [0, 1000, 1001, 4000].map((from, i, all) =>
      gzipSync(`${LINES.slice(from, all[i + 1] ?? LINES.length).join('\n')}\n`)
    )
  )
  for (const path of [
    write('a.ndjson', TEXT),
    write('a.ndjson.gz', gzipSync(TEXT)),
    write('a.jsonl.gz', members),
    write('crlf.ndjson', TEXT.replaceAll('\n', '\r\n')),
    write('blank.ndjson', `\n${TEXT}\n\n`),
    write('unended.ndjson', TEXT.trimEnd()),
  ]) {
    const frames = await framesOf(path)
    assert.is(frames.length, FRAMES.length, path)
    assert.equal(frames, FRAMES, path)
  }
})

test('reads the lines of an archive, to the nanosecond, and passes over what is no frame', async () => {
  const path = write(
    'a.jsonl',
    [
      '{"recv":"2026-11-24T15:01:02.000000001Z","conn":"01k0000000000000","n":1,"event":{"kind":"open"}}',
      archived(2, '02.123456789'),
      '{"recv":"2026-11-24T15:01:02.2Z","conn":"01k0000000000000","n":3,"text":"not json"}',
      archived(4, '59.5'),
      archived(5, '59'),
    ].join('\n')
  )
  const recording = new Recording(path, venue)
  const read = await readAll(recording)
  assert.equal(
    read.map((r) => r.number),
    [2, 4, 5]
  )
  const base = Date.UTC(2026, 10, 24, 15, 1)
  assert.ok(Math.abs((read[0]?.recv ?? 0) - (base + 2123.456789)) < 0.001)
  assert.is(read[1]?.recv, base + 59_500)
  assert.is(read[2]?.recv, base + 59_000)
  assert.is(read[0]?.frame, frameAt(2))
  assert.is(recording.odd, 1, 'the text; an event is no frame and nothing odd')
})

test('type and symbol that a line of format 2 has before its frame are passed over, whatever is in them', async () => {
  const named = (n: number, names: object) =>
    archived(n, '02').replace('"frame":', `${JSON.stringify(names).slice(1, -1)},"frame":`)
  const path = write(
    'b.jsonl',
    [
      '{"recv":"2026-11-24T15:01:02Z","conn":"01k0000000000000","n":1,"type":"open","event":{"kind":"open"}}',
      named(2, { type: 'trade', symbol: 'KX-A-1' }),
      named(3, { type: 'trade' }),
      named(4, { type: 'a "b\\"', symbol: ',"frame":{}' }),
      named(5, { type: '', symbol: '\\' }),
      named(6, { type: 'trade', symbol: 'Ü\n' }).replace('"frame":', '"pad":["","\\n"],"frame":'),
    ].join('\n')
  )
  const recording = new Recording(path, venue)
  const read = await readAll(recording)
  assert.equal(
    read.map(({ frame }) => frame),
    [2, 3, 4, 5, 6].map((n) => (n === 6 ? `${frameAt(n)}\n` : frameAt(n)))
  )
  assert.is(recording.odd, 0)
})

test('white space that an archive keeps beside a frame is around it again', async () => {
  const frame = '{"type":"trade","sid":1,"seq":2,"msg":{"market_ticker":"A"}}'
  const line = archived(2, '02').replace('"frame":', '"pad":[" \\r\\n","\\n"],"frame":')
  const path = write('pad.jsonl', `${line.replace(frameAt(2), frame)}\n${archived(3, '03')}\n`)
  const recording = new Recording(path, venue)
  const read = await readAll(recording)
  assert.equal(
    read.map((r) => r.frame),
    [` \r\n${frame}\n`, frameAt(3)]
  )
  assert.is(recording.odd, 0)
})

test('keeps the bytes of a frame whatever is in them', async () => {
  const frame =
    '{"type":"trade","sid":1,"seq":2,"msg":{"market_ticker":"Ü\\"}","p":"0.4800","n":12345678901234567890}}'
  assert.equal(await framesOf(write('odd.ndjson', `{"recv_ms":1,"event":${frame}}\n`)), [frame])
})

test('gives all that stands before the place where a packed file is cut, and tells that place', async () => {
  const packed = gzipSync(TEXT)
  const random = new Random(5)
  for (let round = 0; round < 25; round++) {
    const size = 20 + random.below(packed.length - 21)
    const cut = packed.subarray(0, size)
    const path = write('cut.ndjson.gz', cut)
    const recording = new Recording(path, venue)
    const frames = (await readAll(recording)).map((r) => r.frame)
    // What zlib itself can still get out of it.
    const readable = gunzipSync(cut, { finishFlush: 2 }).toString('utf8')
    const whole = readable.slice(0, readable.lastIndexOf('\n') + 1).split('\n').length - 1
    assert.equal(frames, FRAMES.slice(0, whole), `${size} bytes`)
    assert.ok(recording.problem, `${size} bytes: a problem`)
    assert.is(recording.problem?.line, whole + 1)
  }
})

test('tells half a line at the end of a plain file, and gives those before it', async () => {
  for (const cut of [1, 2, 3, 50]) {
    const recording = new Recording(write('half.ndjson', TEXT.trimEnd().slice(0, -cut)), venue)
    assert.is((await readAll(recording)).length, FRAMES.length - 1)
    assert.equal(recording.problem, { line: 5000, message: 'the last line is cut short' })
  }
})

test('tells bytes that are no gzip, or are damaged, and goes no further', async () => {
  const damaged = gzipSync(TEXT.repeat(40), { level: 0 })
  damaged.fill(0xff, damaged.length - 200_000)
  const random = new Recording(write('random.ndjson.gz', Buffer.from('no gzip at all')), venue)
  assert.is((await readAll(random)).length, 0)
  assert.match(random.problem?.message ?? '', /header/)
  const half = new Recording(write('damaged.ndjson.gz', damaged), venue)
  const frames = (await readAll(half)).map((r) => r.frame)
  assert.ok(frames.length > 100_000 && frames.length < 200_000, `${frames.length} frames`)
  assert.ok(half.problem)
  for (let i = 0; i < 100_000; i++)
    if (frames[i] !== FRAMES[i % 5000]) assert.is(frames[i], FRAMES[i % 5000])
})

test('lines that are something else are counted and left out', async () => {
  const recording = new Recording(
    write(
      'mixed.ndjson',
      `hello\n${sample(1)}\n{"recv_ms":2,"event":[1]}\n{"recv_ms":3}\n${sample(4)}\n`
    ),
    venue
  )
  assert.equal(
    (await readAll(recording)).map((r) => r.frame),
    [frameAt(1), frameAt(4)]
  )
  assert.is(recording.odd, 3)
  assert.is(recording.problem, null)
})

test('a file that is not there, or no file, is a problem and no exception', async () => {
  for (const path of [join(folder, 'missing.ndjson'), join(folder, 'missing.ndjson.gz'), folder]) {
    const recording = new Recording(path, venue)
    assert.is(await within(20_000, 'fill', recording.fill()), false)
    assert.ok(recording.problem)
  }
})

test('finds recordings in files and folders, each once, and nothing else', async () => {
  const { mkdirSync } = await import('node:fs')
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, '2026-11-24'), { recursive: true })
  mkdirSync(join(tree, '.commit'))
  for (const name of [
    'b.ndjson.gz',
    'a.jsonl',
    'readme.md',
    '2026-11-24/trades_000.jsonl.gz',
    '2026-11-24/trades_000.index.jsonl',
    '2026-11-24/manifest.json',
    '.commit/journal.jsonl',
  ])
    writeFileSync(join(tree, name), '')
  const found = await findRecordings([tree, join(tree, 'b.ndjson.gz')])
  assert.equal(
    found.map((path) => path.slice(tree.length + 1)),
    ['2026-11-24/trades_000.jsonl.gz', 'a.jsonl', 'b.ndjson.gz']
  )
  try {
    await findRecordings([join(folder, 'nowhere')])
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /recording .*nowhere does not exist/)
  }
})

test('accounts for markets, channels, times and what is not played', async () => {
  const path = write(
    'account.ndjson',
    [
      sample(5),
      sample(7),
      '{"recv_ms":1786400000009,"event":{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"KX-B-1","market_id":"31185e50-0db4-4c57-b95d-0123f5c07ec8"}}}',
      '{"recv_ms":1786400000009,"event":{"id":1,"type":"ok","sid":1,"seq":2}}',
    ].join('\n')
  )
  const { frames, unplayed, from, to, markets, firsts, ordered } = await accountFor(
    path,
    venue,
    signal
  )
  assert.equal(
    [frames, unplayed, from, to, ordered],
    [3, 1, 1_786_400_000_005, 1_786_400_000_009, true]
  )
  assert.equal(
    [...markets].map(([{ name }, set]) => [name, [...set]]),
    [
      ['trade', ['KX-A-1']],
      ['orderbook_delta', ['KX-B-1']],
    ]
  )
  assert.match(firsts.get('KX-B-1') ?? '', /^\{"type":"orderbook_snapshot".*\}$/)
})

async function merged(paths: readonly string[]): Promise<Read[]> {
  const accounts = await Promise.all(paths.map((path) => accountFor(path, venue, signal)))
  const merge = new Merge(accounts, venue)
  const all: Read[] = []
  while (await within(20_000, 'merge', merge.ready()))
    do {
      const { head } = merge
      all.push({
        recv: head.recv,
        number: head.number,
        frame: head.frame.bytes.toString('utf8', head.frame.start, head.frame.end),
      })
    } while (merge.advance())
  return all
}

test('plays several files in the order of receive time, and ties in the order of the files', async () => {
  const random = new Random(9)
  for (let round = 0; round < 10; round++) {
    const lists: { recv: number; line: string; frame: string }[][] = [[], [], [], []]
    let recv = 1_786_400_000_000
    for (let n = 1; n <= 2000; n++) {
      recv += random.below(3) === 0 ? random.below(20) : 0
      lists[random.below(4)]?.push({ recv, line: sample(n, recv), frame: frameAt(n) })
    }
    const paths = lists.map((list, i) =>
      write(
        `m${i}.ndjson${i % 2 ? '.gz' : ''}`,
        i % 2
          ? gzipSync(list.map((x) => `${x.line}\n`).join(''))
          : list.map((x) => `${x.line}\n`).join('')
      )
    )
    const want = lists.flatMap((list, file) => list.map((item) => ({ ...item, file })))
    want.sort((a, b) => a.recv - b.recv || a.file - b.file)
    assert.equal(
      (await merged(paths)).map((r) => r.frame),
      want.map((x) => x.frame)
    )
  }
})

test('plays the groups of an archive in the order of receive time and number', async () => {
  const groups: string[][] = [[], [], []]
  const random = new Random(3)
  let ns = 0
  for (let n = 1; n <= 3000; n++) {
    ns += random.below(4) === 0 ? 100_000 : 0
    groups[random.below(3)]?.push(archived(n, `10.${String(ns).padStart(9, '0')}`))
  }
  const paths = groups.map((lines, i) => write(`g${i}.jsonl`, lines.join('\n')))
  assert.equal(
    (await merged(paths)).map((r) => r.number),
    Array.from({ length: 3000 }, (_, i) => i + 1)
  )
})

test('puts what an archive appended late where it belongs', async () => {
  const numbers = Array.from({ length: 4000 }, (_, i) => i + 1)
  // A block of 50 that came 500 lines late.
  const late = [
    ...numbers.slice(0, 1000),
    ...numbers.slice(1050, 1550),
    ...numbers.slice(1000, 1050),
    ...numbers.slice(1550),
  ]
  const path = write(
    'late.jsonl',
    late.map((n) => archived(n, `20.${String(n * 1000).padStart(9, '0')}`)).join('\n')
  )
  assert.is((await accountFor(path, venue, signal)).ordered, false)
  assert.equal(
    (await merged([path])).map((r) => r.number),
    numbers
  )
})

test('the window of what may come late is bounded, and nothing is lost beyond it', async () => {
  const lines = Array.from({ length: 1000 }, (_, i) =>
    archived(i + 1, `20.${String(i * 1000).padStart(9, '0')}`)
  )
  const path = write('far.jsonl', [...lines.slice(1), lines[0]].join('\n'))
  const read = await readAll(new SortedRecording(new Recording(path, venue), 100))
  assert.is(read.length, 1000)
  assert.equal(new Set(read.map((r) => r.number)).size, 1000)
})

test.run()
