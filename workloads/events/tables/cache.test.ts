// Files of the cache: they say what lines say, to us and to another reader of Arrow, and whatever is wrong with one, the lines are
// read again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Field, tableFromIPC, type Vector } from 'apache-arrow'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  dayFolder,
  type Manifest,
  type ManifestSegment,
  readManifest,
} from '#archive/read/reader.ts'
import { at } from '#archive/testing/blocks.ts'
import { openWriter, temporaryFolder } from '#archive/testing/folders.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { SsmdError } from '#crds/errors.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { temporaryDevice, whyNoDevice } from '#testing/device.ts'
import { skip } from '#testing/skip.ts'
import { archiveBlocks, kalshiTestFrames } from '../testing/archives.ts'
import { randomCapture } from '../testing/capture.ts'
import { plainDecimal, tableRows } from '../testing/table-rows.ts'
import type { Want } from './build.ts'
import { TableCache, type TableCacheOptions } from './cache.ts'
import { normalizersOf } from './normalizers.ts'
import { openTables } from './open.ts'
import { TABLES, type TableName } from './table.ts'

const test = suite('cache of tables')
const seed = testSeed('cache of tables')
const DAY = '2026-11-24'

async function makeArchive(root: string): Promise<Manifest> {
  const random = seeded(seed)
  const frames = kalshiTestFrames(5, 400)
  const shape = { feed: 'alpha', exchange: 'kalshi', frames, shards: 2, connections: 2 }
  const times = { startsAt: at(`${DAY}T18:10:00Z`), stepMs: 60_000 }
  const published = randomCapture(random, { ...shape, ...times })
  await within(60_000, 'archive', archiveBlocks(root, 'alpha', published, random))
  await sealAll(root, 4)
  return readManifest(root, 'alpha', DAY)
}

/** Until so many segments are sealed: a writer begins with what waits for it, and says so when it is closed. */
async function sealAll(root: string, count: number): Promise<void> {
  await until(20_000, 'sealed segments', async () => {
    const writer = await openWriter(root, { feed: 'alpha', maxAgeMs: 3_600_000, chunkBytes: 4000 })
    await waitOut(20, 'sealing runs beside the writer')
    await writer.close()
    const { segments } = await readManifest(root, 'alpha', DAY)
    return segments.filter(({ sealed }) => sealed).length >= count
  })
}

type Rows = Readonly<Partial<Record<TableName, readonly string[]>>>

async function rowsOf(
  root: string,
  segment: ManifestSegment,
  cache: TableCache | null,
  want: Want = {}
): Promise<Rows> {
  const normalizers = await normalizersOf(root, await readManifest(root, 'alpha', DAY))
  const place = { root, feed: 'alpha', day: DAY, segment }
  const { tables, damage } = await openTables(place, want, { normalizers, cache })
  assert.equal(damage, [])
  return Object.fromEntries([...tables].map(([name, table]) => [name, tableRows(table)]))
}

let made: Promise<{ readonly path: string; readonly manifest: Manifest }> | null = null

/** The same archive for all tests: each gets a copy. */
function archive() {
  made ??= (async () => {
    const { path } = temporaryFolder()
    process.once('exit', () => rmSync(path, { recursive: true, force: true }))
    return { path, manifest: await makeArchive(path) }
  })()
  return made
}

/** An archive, a folder for the cache, and one of the sealed segments. */
async function setUp(options: Partial<TableCacheOptions> = {}) {
  const { path, manifest } = await archive()
  const folder = temporaryFolder()
  const root = join(folder.path, 'data')
  const dir = join(folder.path, 'cache')
  cpSync(path, root, { recursive: true })
  const sealed = manifest.segments.filter((one) => one.sealed)
  const segment = sealed.find(({ types }) => Object.hasOwn(types, 'trade')) ?? sealed[0]!
  const built: string[] = []
  const open = (more: Partial<TableCacheOptions> = {}) =>
    TableCache.open({
      ...{ dir, archives: [root], onBuild: ({ name }) => built.push(name) },
      ...options,
      ...more,
    })
  const files = (): string[] =>
    existsSync(dir)
      ? readdirSync(dir, { recursive: true })
          .map(String)
          .filter((name) => statSync(join(dir, name)).isFile())
          .sort()
      : []
  const wanted = await rowsOf(root, segment, null)
  return {
    ...{ root, dir, manifest, sealed, segment, built, open, files, wanted },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

test('a segment is built once, and its tables are then read without its lines', async () => {
  using one = await setUp()
  const { root, segment, built, files, wanted } = one
  const cache = await one.open()
  assert.equal(await rowsOf(root, segment, cache), wanted)
  assert.equal(built, [segment.name])
  const names = files().map((name) => name.replace(/^[0-9a-f]{16}\//, ''))
  assert.equal(names, TABLES.map((table) => `${segment.sha256}.${table}.arrow`).sort())
  rmSync(join(dayFolder(root, 'alpha', DAY), segment.name))
  assert.equal(await rowsOf(root, segment, await one.open()), wanted)
  assert.equal(built, [segment.name])
})

test('many who ask at once in one process build it once', async () => {
  using one = await setUp()
  const { root, segment, built, wanted } = one
  const cache = await one.open()
  const all = await Promise.all(Array.from({ length: 5 }, () => rowsOf(root, segment, cache)))
  for (const rows of all) assert.equal(rows, wanted)
  assert.equal(built, [segment.name])
})

test('only the columns that are wanted are read, and another one is refused', async () => {
  using one = await setUp()
  const { root, segment, wanted } = one
  const normalizers = await normalizersOf(root, one.manifest)
  const place = { root, feed: 'alpha', day: DAY, segment }
  const want: Want = { tables: ['book'], columns: ['recv', 'symbol', 'price'] }
  const opened = await one.open()
  // From lines, from lines that are kept, and from a file.
  for (const cache of [null, opened, opened]) {
    const { tables } = await openTables(place, want, { normalizers, cache })
    const book = tables.get('book')!
    assert.is(book.length, wanted.book!.length)
    assert.equal([...book.columns.keys()], ['price'])
    assert.is(book.recv.words.length, 2 * book.length)
    assert.throws(() => book.conn, /column conn of book was not asked for/)
  }
})

test('apache-arrow reads the same values from the files', async () => {
  using one = await setUp()
  const { root, segment, dir, files, wanted } = one
  await rowsOf(root, segment, await one.open())
  let compared = 0
  for (const file of files()) {
    const name = file.split('.')[1] as TableName
    const table = tableFromIPC(readFileSync(join(dir, file)))
    const rows = wanted[name]!
    assert.is(table.numRows, rows.length, name)
    assert.is(table.schema.metadata.get('ssmd.table'), name)
    for (const [i, line] of rows.entries()) {
      const row = JSON.parse(line) as Record<string, string | number | null>
      for (const field of table.schema.fields) {
        const text = textOf(table.getChild(field.name)!, field, i)
        assert.is(text, String(row[field.name]), `${name}.${field.name}`)
        compared++
      }
    }
  }
  assert.ok(compared > 500, `only ${compared} values`)
})

test('times are nanoseconds in UTC, and names are dictionaries, to another reader', async () => {
  using one = await setUp()
  await rowsOf(one.root, one.segment, await one.open())
  const file = one.files().find((name) => name.includes('.book.'))!
  const { schema } = tableFromIPC(readFileSync(join(one.dir, file)))
  const types = Object.fromEntries(schema.fields.map(({ name, type }) => [name, String(type)]))
  assert.is(types.recv, 'Timestamp<NANOSECOND, UTC>')
  assert.is(types.time, 'Timestamp<NANOSECOND, UTC>')
  for (const name of ['conn', 'type', 'symbol', 'side', 'event']) {
    assert.is(types[name], 'Dictionary<Int32, Utf8>', name)
  }
  assert.is(types.price, 'Int64')
  assert.is(types.n, 'Int64')
})

test('a file that is cut or flipped anywhere is never read, and is made again', async () => {
  using one = await setUp()
  const { root, segment, dir, files, wanted, built } = one
  await rowsOf(root, segment, await one.open())
  const random = seeded(seed + 1)
  const path = join(dir, files().find((name) => name.includes('.book.'))!)
  const whole = readFileSync(path)
  let rebuilt = 1
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(whole)
    const place = random.int(0, whole.length - 1)
    if (i % 2 === 0) bytes[place]! ^= 1 << random.int(0, 7)
    writeFileSync(path, i % 2 === 0 ? bytes : bytes.subarray(0, place))
    const rows = await rowsOf(root, segment, await one.open())
    assert.equal(rows, wanted, `byte ${place}, seed ${seed}`)
    // What is between buffers says nothing.
    if (readFileSync(path).equals(whole)) rebuilt++
    else writeFileSync(path, whole)
  }
  assert.is(built.length, rebuilt)
  assert.ok(rebuilt > 35, `only ${rebuilt} of 40 were noticed`)
})

test('a file of another segment, another version or another table is not read under this name', async () => {
  using one = await setUp()
  const { root, sealed, segment, dir, files, wanted, built } = one
  const other = sealed.find(({ sha256 }) => sha256 !== segment.sha256)!
  await rowsOf(root, other, await one.open())
  const [version] = readdirSync(dir)
  for (const name of files()) {
    renameSync(join(dir, name), join(dir, name.replace(other.sha256, segment.sha256)))
  }
  assert.equal(await rowsOf(root, segment, await one.open()), wanted)
  assert.equal(built, [other.name, segment.name])
  renameSync(join(dir, version!), join(dir, version!.replace(/./g, '0')))
  assert.equal(await rowsOf(root, segment, await one.open()), wanted)
  assert.is(built.length, 3)
})

test('files used least recently go first, and names that are not of the cache stay', async () => {
  using one = await setUp()
  const { root, sealed, dir, files } = one
  assert.ok(sealed.length >= 3, `${sealed.length} sealed segments`)
  const [first, second, third] = sealed as [ManifestSegment, ManifestSegment, ManifestSegment]
  const big = await one.open()
  await rowsOf(root, first, big)
  await rowsOf(root, second, big)
  const [version] = readdirSync(dir)
  const foreign = [join(dir, 'mine.txt'), join(dir, version!, 'mine.arrow'), join(dir, 'x', 'y')]
  mkdirSync(join(dir, 'x'))
  for (const path of foreign) writeFileSync(path, 'x'.repeat(100_000))
  const ages = { [first.sha256]: 7000, [second.sha256]: 9000 }
  const now = Date.now() / 1000
  const sizes: number[] = []
  for (const name of files()) {
    const sha256 = name.split('/')[1]?.split('.')[0] ?? ''
    const age = ages[sha256]
    if (age === undefined) continue
    utimesSync(join(dir, name), now - age, now - age)
    sizes.push(statSync(join(dir, name)).size)
  }
  // Reading the older one makes it the one used last.
  await rowsOf(root, second, await one.open())
  const maxBytes = sizes.reduce((sum, size) => sum + size, 0)
  await rowsOf(root, third, await one.open({ maxBytes }))
  const kept = new Set(files().map((name) => name.split('/')[1]?.split('.')[0]))
  assert.ok(kept.has(second.sha256) && kept.has(third.sha256))
  assert.ok(files().filter((name) => name.includes(first.sha256)).length < TABLES.length)
  for (const path of foreign) assert.ok(existsSync(path), path)
})

test('a folder that takes no files is told of once, and tables are read without it', async () => {
  const told: SsmdError[] = []
  using one = await setUp({ onTrouble: (error) => told.push(error) })
  const { root, segment, dir, wanted } = one
  writeFileSync(dir, 'a file where the folder should be')
  const cache = await one.open()
  for (let i = 0; i < 3; i++) assert.equal(await rowsOf(root, segment, cache), wanted)
  assert.is(told.length, 1)
  assert.ok(told[0] instanceof SsmdError)
})

test('a full disk is told of once, tables are read without the cache, and no half file stays', async () => {
  const why = await whyNoDevice()
  if (why !== undefined) return skip(why)
  using device = temporaryDevice(8)
  const told: SsmdError[] = []
  const dir = join(device.path, 'cache')
  using one = await setUp({ dir, onTrouble: (error) => told.push(error) })
  const { root, segment, wanted, built } = one
  mkdirSync(dir)
  device.fill()
  const clock = { ms: Date.now() }
  const cache = await one.open({ nowMs: () => clock.ms })
  for (let i = 0; i < 3; i++) assert.equal(await rowsOf(root, segment, cache), wanted)
  assert.equal(
    told.map(({ code }) => code),
    ['SSMD_E_DISK_FULL']
  )
  const left = readdirSync(dir, { recursive: true }).map(String)
  assert.equal(
    left.filter((name) => name.includes('.')),
    []
  )
  // Once there is room again, it is used.
  device.free()
  clock.ms += 120_000
  await rowsOf(root, segment, cache)
  const count = built.length
  await rowsOf(root, segment, cache)
  assert.is(built.length, count)
})

test('from a read-only disk what is cached is read, and the rest from lines: said once', async () => {
  const why = await whyNoDevice()
  if (why !== undefined) return skip(why)
  using device = temporaryDevice(8)
  const told: SsmdError[] = []
  const dir = join(device.path, 'cache')
  using one = await setUp({ dir, onTrouble: (error) => told.push(error) })
  const { root, segment, sealed, built, wanted } = one
  const other = sealed.find(({ name }) => name !== segment.name)!
  await rowsOf(root, segment, await one.open())
  execFileSync('mount', ['-o', 'remount,ro', device.path])
  const cache = await one.open()
  assert.equal(await rowsOf(root, segment, cache), wanted)
  assert.equal([built, told], [[segment.name], []])
  const lines = await rowsOf(root, other, null)
  for (let i = 0; i < 2; i++) assert.equal(await rowsOf(root, other, cache), lines)
  assert.equal(
    told.map(({ code }) => code),
    ['SSMD_E_READ_ONLY']
  )
})

test('lines that are not those of the checksum in the manifest are read, and not kept under it', async () => {
  using one = await setUp()
  const { root, segment, files, wanted } = one
  const other = { ...segment, sha256: segment.sha256.replace(/./g, '0') }
  assert.equal(await rowsOf(root, other, await one.open()), wanted)
  assert.equal(files(), [])
})

test('tables of open segments stay in memory as long as there is room for them', async () => {
  using one = await setUp()
  const { root, manifest } = one
  const open = manifest.segments.map((segment) => ({ ...segment, sealed: false }))
  const place = (segment: ManifestSegment) => ({ root, feed: 'alpha', day: DAY, segment })
  const normalizers = await normalizersOf(root, manifest)
  const isKept = async (cache: TableCache, segment: ManifestSegment): Promise<boolean> => {
    const read = () => openTables(place(segment), {}, { normalizers, cache })
    const before = (await read()).tables.get('book')
    return before === (await read()).tables.get('book')
  }
  const [first, second] = open as [ManifestSegment, ManifestSegment]
  const none = await one.open({ maxMemory: 1000 })
  assert.not(await isKept(none, first))
  const both = await one.open()
  assert.ok((await isKept(both, first)) && (await isKept(both, second)))
  const bytes = both.memory.bytes
  const tight = await one.open({ maxMemory: bytes - 1 })
  assert.ok(await isKept(tight, first))
  const held = (await openTables(place(first), {}, { normalizers, cache: tight })).tables
  assert.ok(await isKept(tight, second))
  const again = (await openTables(place(first), {}, { normalizers, cache: tight })).tables
  assert.is.not(again.get('book'), held.get('book'))
  assert.ok(tight.memory.bytes < bytes)
})

test('a cache folder inside an archive is refused, through a link and by any name too', async () => {
  using one = await setUp()
  const { root } = one
  for (const dir of [
    root,
    join(root, 'cache'),
    join(root, 'alpha', 'x', 'y'),
    `${root}/../data/z`,
  ]) {
    await rejects(one.open({ dir }), /is inside the archive/)
  }
  await rejects(one.open({ dir: join(root, 'alpha', 'x'), archives: [] }), /is inside the archive/)
  await one.open({ dir: `${root}-cache` })
})

async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const thrown = await promise.then(
    () => assert.unreachable('it was accepted'),
    (error: unknown) => error
  )
  assert.instance(thrown, SsmdError)
  assert.is((thrown as SsmdError).code, 'SSMD_E_USAGE')
  assert.match((thrown as SsmdError).message, pattern)
}

test('an open segment is built in memory, kept for the next one, and never becomes a file', async () => {
  using one = await setUp()
  const { root, manifest, files } = one
  const open = manifest.segments.map((segment) => ({ ...segment, sealed: false }))[0]!
  const cache = await one.open()
  const wanted = await rowsOf(root, open, null)
  assert.equal(await rowsOf(root, open, cache), wanted)
  renameSync(join(dayFolder(root, 'alpha', DAY), open.name), join(root, 'aside'))
  assert.equal(await rowsOf(root, open, cache), wanted)
  assert.equal(files(), [])
})

const CHILD = `
const [root, dir, name] = process.argv.slice(1)
const { TableCache } = await import('./cache.ts')
const { openTables } = await import('./open.ts')
const { normalizersOf } = await import('./normalizers.ts')
const { readManifest } = await import('#archive/read/reader.ts')
const manifest = await readManifest(root, 'alpha', '${DAY}')
const segment = manifest.segments.find((one) => one.name === name)
let built = 0
const cache = await TableCache.open({ dir, archives: [root], onBuild: () => built++ })
const normalizers = await normalizersOf(root, manifest)
process.stdout.write('ready ')
await new Promise((resolve) => process.stdin.once('data', resolve))
const { tables } = await openTables({ root, feed: 'alpha', day: '${DAY}', segment }, {}, { normalizers, cache })
process.stdout.write(built + ' ' + [...tables.values()].reduce((sum, table) => sum + table.length, 0))
process.exit(0)
`

test('processes that ask at the same time build it once', async () => {
  using one = await setUp()
  const { root, dir, segment, wanted } = one
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', CHILD, root, dir, segment.name], {
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  )
  const outputs = children.map(outputOf)
  await within(60_000, 'processes', Promise.all(outputs.map(({ ready }) => ready)))
  for (const child of children) child.stdin.write('go')
  const texts = await within(60_000, 'tables', Promise.all(outputs.map(({ ended }) => ended)))
  const rows = Object.values(wanted).reduce((sum, list) => sum + list.length, 0)
  const counts = texts.map((text) => text.split(' ').slice(1).map(Number))
  for (const [, found] of counts) assert.is(found, rows)
  assert.is(
    counts.reduce((sum, [built]) => sum + built!, 0),
    1
  )
})

function outputOf(child: ChildProcess) {
  let text = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout!.on('data', (bytes) => {
      text += String(bytes)
      if (text.startsWith('ready ')) resolve()
    })
  })
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(text)))
  return { ready, ended }
}

test('a lock whose holder is gone keeps nobody waiting', async () => {
  using one = await setUp()
  const { root, dir, segment, wanted } = one
  await rowsOf(root, one.sealed.find(({ name }) => name !== segment.name)!, await one.open())
  const [version] = readdirSync(dir)
  const { thisProcess } = await import('#crds/process.ts')
  const gone = { ...thisProcess(), pid: 2 ** 22 + 1, began: '1' }
  writeFileSync(join(dir, version!, `${segment.sha256}.lock`), JSON.stringify(gone))
  const cache = await one.open()
  assert.equal(await within(20_000, 'tables', rowsOf(root, segment, cache)), wanted)
})

/** A value as `tableRows` writes it. */
function textOf(vector: Vector, field: Field, i: number): string {
  const value: unknown = vector.get(i)
  if (value === null) return 'null'
  const scale = field.metadata.get('scale')
  if (scale !== undefined) return plainDecimal(value as bigint, Number(scale))
  // `get` makes milliseconds of them.
  const isTime = String(field.type).startsWith('Timestamp')
  return String(isTime ? (vector.data[0]!.values as BigInt64Array)[i] : value)
}

test.run()
