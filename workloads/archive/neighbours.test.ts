// One bad neighbour hides no other, and nothing but a regular file is waited for.

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FORM } from '#wire/form.ts'
import { formatManifest, type Manifest, readManifestText } from './format/manifest.ts'
import { readLines, surveyDays } from './read/reader.ts'
import { at, makeBlock } from './testing/blocks.ts'
import { openWriter, STREAM, temporaryFolder } from './testing/folders.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('neighbours')
const DAY = '2026-11-24'

/** A day of two groups, whole and not sealed. */
async function makeDay(root: string): Promise<string> {
  const writer = await openWriter(root)
  writer.bind(STREAM)
  const recv = at(`${DAY}T12:00:00Z`)
  const records = (type: string, group: string) =>
    Array.from({ length: 4 }, (_, i) => ({
      recv: recv + BigInt(i),
      payload: `{"i":${i}}`,
      type,
      group,
    }))
  writer.add(makeBlock({ connection: '01a', first: 1, records: records('trade', 'trades') }), 1)
  writer.add(makeBlock({ connection: '01a', first: 5, records: records('ticker', 'tickers') }), 2)
  await writer.close()
  return join(root, 'made', DAY)
}

const manifestIn = (folder: string): string => readFileSync(join(folder, 'manifest.json'), 'utf8')

/** Works in a folder as a user whom permissions bind; the folders above it may be shut. */
async function asNobody<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.cwd()
  process.chdir(folder)
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid!(65_534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid!(0)
    process.chdir(before)
  }
}

const bytes = (path: string, ...tail: number[]): Buffer =>
  Buffer.concat([Buffer.from(path), Buffer.from(tail)])

test('each folder and manifest that cannot be read is named, and hides no other', async () => {
  using folder = temporaryFolder()
  const root = folder.path
  chmodSync(root, 0o755)
  const whole = await makeDay(root)
  const text = manifestIn(whole)
  writeFileSync(join(root, 'a-file'), '')
  execFileSync('mkfifo', [join(root, 'a-fifo')])
  symlinkSync('a-loop', join(root, 'a-loop'))
  symlinkSync('nowhere', join(root, 'a-link'))
  mkdirSync(join(root, 'shut'), { mode: 0 })
  mkdirSync(bytes(join(root, 'bad-'), 0xff))
  mkdirSync(join(root, 'not of ours'))
  writeFileSync(join(root, 'made/2026-01-01'), '')
  mkdirSync(join(root, 'made/2026-13-45'))
  const day = (name: string): string => {
    const path = join(root, 'made', name)
    mkdirSync(path)
    return join(path, 'manifest.json')
  }
  execFileSync('mkfifo', [day('2026-02-01')])
  symlinkSync('manifest.json', day('2026-02-02'))
  mkdirSync(day('2026-02-03'))
  const huge = day('2026-02-04')
  writeFileSync(huge, '')
  truncateSync(huge, 2 ** 40)
  writeFileSync(
    day('2026-02-05'),
    formatManifest({ ...readManifestText(text, ''), version: 3 as 2 })
  )
  writeFileSync(day('2026-02-06'), text.slice(0, -9))
  writeFileSync(day('2026-02-07'), formatManifest({ version: 1, segments: [] } as never))
  symlinkSync('nowhere', day('2026-02-08'))
  const named: readonly (readonly [path: string, said: RegExp])[] = [
    ['a-fifo', /is a FIFO, not a folder/],
    ['a-link', /is a link that leads nowhere/],
    ['a-loop', /ELOOP/],
    ['bad-\ufffd', /not UTF-8/],
    ['shut', /EACCES/],
    ['made/2026-01-01', /is a file, not a folder/],
    ['made/2026-13-45', /named like a day/],
    ['made/2026-02-01/manifest.json', /is a FIFO/],
    ['made/2026-02-02/manifest.json', /ELOOP/],
    ['made/2026-02-03/manifest.json', /is a folder/],
    ['made/2026-02-04/manifest.json', /at most 134217728 bytes/],
    ['made/2026-02-05/manifest.json', /version 3, this program reads versions 1 and 2/],
    ['made/2026-02-06/manifest.json', /sha256/],
    ['made/2026-02-07/manifest.json', /feed is not as a manifest has it/],
    ['made/2026-02-08/manifest.json', /link that leads nowhere|no manifest/],
  ]
  const { days, damaged, files } = await asNobody(root, () => surveyDays('.'))
  assert.equal(
    days.map(({ day: name, records }) => [name, records]),
    [[DAY, 8]]
  )
  const report = await asNobody(root, () => verifyArchive('.'))
  assert.is(report.records, 8)
  for (const [path, said] of named) {
    const shown = damaged.find((entry) => entry.path === path)
    assert.match(String(shown?.error.message), said, path)
    const told = report.problems.find(({ file }) => file === path)
    assert.match(String(told?.what), said, path)
  }
  assert.equal(files, ['a-file'])
  assert.equal(
    report.notes.map(({ file }) => file),
    ['a-file']
  )
  assert.is(damaged.length, named.length)
  assert.is(report.problems.length, named.length)
})

for (const file of ['trades_000.jsonl.gz', 'trades_000.index.jsonl']) {
  test(`a FIFO instead of ${file} is named with its kind, and the other group is verified and read`, async () => {
    using folder = temporaryFolder()
    const day = await makeDay(folder.path)
    rmSync(join(day, file))
    execFileSync('mkfifo', [join(day, file)])
    const { problems, records } = await verifyArchive(folder.path)
    assert.match(
      problems.find((problem) => problem.file.endsWith(file))!.what,
      /is a FIFO, not a regular file/
    )
    assert.is(records, file.endsWith('.gz') ? 4 : 8)
    const damage: string[] = []
    let lines = 0
    const onDamage = (error: Error) => damage.push(error.message)
    for await (const _ of readLines(folder.path, 'made', DAY, { onDamage })) lines++
    assert.is(lines, 4)
    assert.is(damage.length, 1)
    assert.match(damage[0]!, /is a FIFO/)
  })
}

test('a device, a folder and a link to a moved file in place of a segment: only the link is read', async () => {
  using folder = temporaryFolder()
  const day = await makeDay(folder.path)
  const file = join(day, 'trades_000.jsonl.gz')
  renameSync(file, join(folder.path, 'moved'))
  symlinkSync(join(folder.path, 'moved'), file)
  const told = async (): Promise<string> =>
    JSON.stringify((await verifyArchive(folder.path, { feed: 'made' })).problems)
  assert.is(await told(), '[]')
  rmSync(file)
  symlinkSync('/dev/zero', file)
  assert.match(await told(), /is a device/)
  rmSync(file)
  mkdirSync(file)
  assert.match(await told(), /is a folder/)
})

test('a frame of 8 MB, binary or a million levels deep, is sound', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const recv = at(`${DAY}T12:00:00Z`)
  const records = [
    { recv, payload: Buffer.alloc(8_000_000, 0xfe), form: FORM.binary },
    { recv, payload: '['.repeat(1_000_000) + ']'.repeat(1_000_000) },
    { recv, payload: `${'{"a":'.repeat(1_000_000)}x`, form: FORM.text },
    { recv, payload: '{"after":1}' },
  ]
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const { problems, records: count } = await verifyArchive(folder.path)
  assert.equal(problems, [])
  assert.is(count, 4)
  // The same without the index, as one stream.
  rmSync(join(folder.path, 'made', DAY, 'trades_000.index.jsonl'))
  const report = await verifyArchive(folder.path)
  assert.is(report.records, 4)
  assert.is(report.problems.length, 1)
})

const INVENTED = gzipSync(
  `{"recv":"${DAY}T12:00:01.000000000Z","conn":"01a","n":9,"frame":{"invented":true}}\n`
)

for (const [what, file, tail] of [
  ['a gzip member with an invented line', 'trades_000.jsonl.gz', INVENTED],
  ['zeros', 'trades_000.jsonl.gz', Buffer.alloc(100)],
  ['a line', 'trades_000.index.jsonl', Buffer.from('{}\n')],
] as const) {
  test(`${what} behind an unsealed ${file} is a problem if no archiver is at work, a note if one is`, async () => {
    using folder = temporaryFolder()
    const day = await makeDay(folder.path)
    assert.equal((await verifyArchive(folder.path)).notes, [])
    appendFileSync(join(day, file), tail)
    const alone = await verifyArchive(folder.path)
    assert.is(alone.problems.length, 1)
    assert.match(
      alone.problems[0]!.what,
      new RegExp(`${tail.length} bytes more than the manifest covers`)
    )
    // Our own readers read what the manifest covers.
    let lines = 0
    for await (const line of readLines(folder.path, 'made', DAY)) {
      lines++
      assert.not.match(line.toString(), /invented/)
    }
    assert.is(lines, 8)
    const commits = join(day, '../.commit')
    const lock = (holder: object): void =>
      writeFileSync(join(commits, 'lock-7'), JSON.stringify(holder))
    lock({ boot: 'another machine' })
    const beside = await verifyArchive(folder.path)
    assert.equal(beside.problems, [])
    assert.match(beside.notes[0]!.what, new RegExp(`^${tail.length} bytes came after the manifest`))
    const { thisProcess } = await import('#crds/process.ts')
    lock(thisProcess())
    assert.is((await verifyArchive(folder.path)).notes.length, 1)
    lock({ ...thisProcess(), began: '1' })
    assert.is((await verifyArchive(folder.path)).problems.length, 1, 'the holder has died')
  })
}

test('what a manifest does not name is a problem if it looks like data, and a note if not', async () => {
  using folder = temporaryFolder()
  const day = await makeDay(folder.path)
  for (const name of [
    'x.jsonl.gz',
    'x_000.index.jsonl',
    'trades_001.jsonl.gz',
    'notes.txt',
    'a.tmp',
  ]) {
    writeFileSync(join(day, name), INVENTED)
  }
  writeFileSync(bytes(join(day, 'trades_'), 0xff, 0x2e, 0x67, 0x7a), INVENTED)
  const { problems, notes } = await verifyArchive(folder.path)
  const names = (list: readonly { file: string }[]): string[] =>
    list.map(({ file }) => file.slice(`made/${DAY}/`.length)).sort()
  assert.equal(names(problems), [
    'trades_001.jsonl.gz',
    'trades_\ufffd.gz',
    'x.jsonl.gz',
    'x_000.index.jsonl',
  ])
  assert.equal(names(notes), ['a.tmp', 'notes.txt'])
})

test('a manifest with right checksums that leads elsewhere or claims the impossible is refused', async () => {
  using folder = temporaryFolder()
  const day = await makeDay(folder.path)
  const manifest = readManifestText(manifestIn(day), '')
  const [first, ...rest] = manifest.segments
  const told = async (segment: object): Promise<string> => {
    const segments = [{ ...first!, ...segment }, ...rest]
    writeFileSync(join(day, 'manifest.json'), formatManifest({ ...manifest, segments } as Manifest))
    return (await verifyArchive(folder.path)).problems.map(({ what }) => what).join('\n')
  }
  assert.match(await told({ name: '../../../etc/passwd' }), /segments\[0\]\.name is not/)
  assert.match(
    await told({ name: `${dirname(day)}/trades_000.jsonl.gz` }),
    /segments\[0\]\.name is not/
  )
  assert.match(await told({ indexBytes: -1 }), /segments\[0\]\.indexBytes is not/)
  assert.match(await told({ indexBytes: 2 ** 50 }), /the manifest says 1125899906842624/)
  assert.match(await told({ bytes: 2 ** 50 }), /the manifest says 1125899906842624/)
  assert.match(await told({ rawBytes: 3 }), /its index says \d+ bytes of lines/)
})

test.run()
