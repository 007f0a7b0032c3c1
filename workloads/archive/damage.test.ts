// test: limit 300s
// A start on a damaged folder: what contradicts the journal is refused before anything is changed, and what a crash can
// leave is repaired. The whole tree is compared before and after each refusal.

import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { until } from '#testing/deadline.ts'
import { formatManifest, type Manifest, readManifestText } from './format/manifest.ts'
import { decodeRecords, encodeRecord } from './state/journal-record.ts'
import { at, makeBlock } from './testing/blocks.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from './testing/folders.ts'
import { seeded, testSeed } from './testing/random.ts'
import { randomStream } from './testing/stream.ts'
import { treeOf } from './testing/tree.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('damage')
const seed = testSeed('damage')
const OPTIONS = { maxAgeMs: 3_600_000, chunkBytes: 1000 }
const stream = randomStream(seeded(seed), {
  connections: 2,
  blocksEach: 16,
  stepMs: 600_000,
  mischief: 0,
})

/** An archive with sealed and open segments, a checkpoint in the middle and commits behind it; and a copy from before. */
async function make(root: string, older: string): Promise<void> {
  const writer = await openWriter(root, OPTIONS)
  writer.bind(STREAM)
  for (const [i, block] of stream.blocks.entries()) {
    writer.add(block, i + 1)
    if (i % 3 === 2) await writer.commit()
    if (i === 20) {
      await until(60_000, 'sealed', async () => {
        await writer.commit()
        return writer.stats.sealed > 0
      })
      await writer.checkpoint()
    }
    if (i === 22) {
      await writer.commit()
      cpSync(root, older, { recursive: true })
    }
  }
  await writer.close()
}

type Place = {
  readonly root: string
  readonly feed: string
  readonly older: string
  readonly journal: string
  readonly checkpoint: string
  /** Day/name of a sealed segment, and of an open one that the checkpoint knew. */
  readonly sealed: string
  readonly open: string
  readonly manifest: string
}

function placeOf(root: string, older: string): Place {
  const feed = join(root, 'made')
  const commits = join(feed, '.commit')
  const journals = readdirSync(commits).filter((name) => name.startsWith('journal-'))
  assert.is(journals.length, 1)
  const checkpoint = join(commits, 'checkpoint')
  const { days } = decodeRecords(readFileSync(checkpoint)).records[0] as {
    days: { day: string; segments: { name: string; status: string; indexBytes: number }[] }[]
  }
  const all = days.flatMap(({ day, segments }) =>
    segments.map((segment) => ({ ...segment, path: join(feed, day, segment.name) }))
  )
  const packed = decodeRecords(readFileSync(join(commits, journals[0]!))).records.flatMap(
    (record) => {
      const { kind, day, name } = record as { kind: string; day: string; name: string }
      return kind === 'seal' ? [join(feed, day, name)] : []
    }
  )
  const sealed = all.find(({ status }) => status === 'sealed')!.path
  const open = all.find(
    ({ status, indexBytes, path }) => status === 'open' && indexBytes > 0 && !packed.includes(path)
  )!.path
  return {
    root,
    feed,
    older,
    journal: join(commits, journals[0]!),
    checkpoint,
    sealed,
    open,
    manifest: join(sealed, '..', 'manifest.json'),
  }
}

const indexOf = (path: string): string => path.replace(/jsonl\.gz$/, 'index.jsonl')

function change(path: string, how: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, how(readFileSync(path)))
}
const empty = (path: string): void => writeFileSync(path, '')
const remove = (path: string): void => rmSync(path)
const shorten = (path: string, by = 1): void => change(path, (bytes) => bytes.subarray(0, -by))
const lengthen = (path: string): void =>
  change(path, (bytes) => Buffer.concat([bytes, Buffer.from('x')]))
const flip = (path: string, at: number): void =>
  change(path, (bytes) => {
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    return bytes
  })
/** Where each record of a journal ends. */
function endsOf(path: string): number[] {
  const bytes = readFileSync(path)
  const ends: number[] = []
  for (let at = 0; at < bytes.length; ) {
    at += 20 + Number(bytes.toString('latin1', at + 9, at + 19)) + 1
    ends.push(at)
  }
  return ends
}
const keepRecords = (path: string, count: number): void => {
  const end = endsOf(path)[count - 1]!
  change(path, (bytes) => bytes.subarray(0, end))
}
/** How many records come before the last commit of lines. */
const lastCommit = (path: string): number =>
  decodeRecords(readFileSync(path)).records.findLastIndex((record) => {
    const { kind, members } = record as { kind: string; members?: unknown[] }
    return kind === 'commit' && members!.length > 0
  })
function cutWithinLastCommit(path: string): void {
  const end = endsOf(path)[lastCommit(path)]!
  change(path, (bytes) => bytes.subarray(0, end - 10))
}
function pipe(path: string): void {
  rmSync(path)
  assert.is(spawnSync('mkfifo', [path]).status, 0)
}
function folder(path: string): void {
  rmSync(path)
  mkdirSync(path)
}
function rewriteManifest(path: string, edit: (manifest: Manifest) => Manifest): void {
  writeFileSync(path, formatManifest(edit(readManifestText(readFileSync(path, 'utf8'), path))))
}

type Damage = readonly [name: string, damage: (place: Place) => void, message: RegExp]

const JOURNAL: readonly Damage[] = [
  ['the journal is emptied', (p) => empty(p.journal), /journal-\d+ is empty/],
  ['the journal is missing', (p) => remove(p.journal), /journal-\d+ is missing/],
  [
    'the journal is all zeros',
    (p) => change(p.journal, (b) => b.fill(0)),
    /journal-\d+ has no first record/,
  ],
  [
    'the journal is cut within its first record',
    (p) => change(p.journal, (b) => b.subarray(0, 50)),
    /has no first record/,
  ],
  [
    'a bit of its first record is flipped',
    (p) => flip(p.journal, 60),
    /journal-\d+ is damaged at byte 0/,
  ],
  [
    'all commits are cut off',
    (p) => keepRecords(p.journal, 1),
    /not in the journal|more than the journal|the journal/,
  ],
  [
    'the last commit is cut off whole',
    (p) => keepRecords(p.journal, lastCommit(p.journal)),
    /the journal/,
  ],
  ['the last commit is cut off in part', (p) => cutWithinLastCommit(p.journal), /the journal/],
  [
    'a bit in the middle is flipped',
    (p) => flip(p.journal, endsOf(p.journal)[1]! + 40),
    /is damaged at byte/,
  ],
  ['a bit of the last record is flipped', (p) => flip(p.journal, -5), /is damaged at byte/],
  [
    'the length of the last record is changed',
    (p) => flip(p.journal, endsOf(p.journal).at(-2)! + 9),
    /is damaged at byte/,
  ],
  ['its last byte is changed', (p) => flip(p.journal, -1), /is damaged at byte/],
  ['something is appended', (p) => lengthen(p.journal), /is damaged at byte/],
  [
    'it is the journal of an older copy',
    (p) => {
      const commits = join(p.older, 'made', '.commit')
      const name = readdirSync(commits).find((other) => other.startsWith('journal-'))!
      copyFileSync(join(commits, name), p.journal)
    },
    /the journal/,
  ],
]

const CHECKPOINT: readonly Damage[] = [
  ['the checkpoint is emptied', (p) => empty(p.checkpoint), /checkpoint is empty/],
  ['the checkpoint is missing', (p) => remove(p.checkpoint), /no checkpoint/],
  ['the checkpoint is cut', (p) => shorten(p.checkpoint), /checkpoint is damaged/],
  ['a bit of the checkpoint is flipped', (p) => flip(p.checkpoint, 100), /checkpoint is damaged/],
  [
    'something is appended to the checkpoint',
    (p) => lengthen(p.checkpoint),
    /checkpoint is damaged/,
  ],
  ['the checkpoint is a pipe', (p) => pipe(p.checkpoint), /checkpoint is not a regular file/],
  [
    'the checkpoint is of a later version',
    (p) =>
      change(p.checkpoint, (b) =>
        encodeRecord({ ...(decodeRecords(b).records[0] as object), version: 9 })
      ),
    /version 9, this program reads 1 to 3/,
  ],
  [
    'the checkpoint names another journal',
    (p) =>
      change(p.checkpoint, (b) =>
        encodeRecord({ ...(decodeRecords(b).records[0] as object), mark: 'f00' })
      ),
    /belongs to another checkpoint/,
  ],
  [
    '.commit is missing',
    (p) => rmSync(join(p.feed, '.commit'), { recursive: true }),
    /no checkpoint/,
  ],
]

const FILES: readonly Damage[] = [
  ['a sealed segment is shorter', (p) => shorten(p.sealed), /bytes, the journal says/],
  ['a sealed segment is longer', (p) => lengthen(p.sealed), /bytes, the journal says/],
  ['a sealed segment is missing', (p) => remove(p.sealed), /no bytes, the journal says/],
  ['a sealed segment is a folder', (p) => folder(p.sealed), /no bytes, the journal says/],
  ['a sealed segment is a pipe', (p) => pipe(p.sealed), /no bytes, the journal says/],
  [
    'the index of a sealed segment is shorter',
    (p) => shorten(indexOf(p.sealed)),
    /bytes, the journal says/,
  ],
  [
    'the index of a sealed segment is missing',
    (p) => remove(indexOf(p.sealed)),
    /no bytes, the journal says/,
  ],
  ['an open segment is shorter', (p) => shorten(p.open), /the journal says that \d+ are committed/],
  ['an open segment is emptied', (p) => empty(p.open), /0 bytes, the journal says that/],
  ['an open segment is missing', (p) => remove(p.open), /no bytes, the journal says that/],
  [
    'a bit of an open segment is flipped',
    (p) => flip(p.open, 30),
    /is damaged in its member at byte 0/,
  ],
  [
    'the index of an open segment is emptied',
    (p) => empty(indexOf(p.open)),
    /0 bytes, its checkpoint says/,
  ],
  [
    'the index of an open segment is missing',
    (p) => remove(indexOf(p.open)),
    /no bytes, its checkpoint says/,
  ],
  [
    'a bit of the index of an open segment is flipped',
    (p) => flip(indexOf(p.open), 10),
    /index\.jsonl is damaged/,
  ],
  [
    'the index of an open segment is a pipe',
    (p) => pipe(indexOf(p.open)),
    /no bytes, its checkpoint says/,
  ],
  [
    'a manifest names more than the journal',
    (p) =>
      rewriteManifest(p.manifest, (m) => ({
        ...m,
        segments: m.segments.map((s) => ({ ...s, records: s.records + 1 })),
      })),
    /manifest\.json names \d+ records/,
  ],
  [
    'a manifest is of another archive',
    (p) => rewriteManifest(p.manifest, (m) => ({ ...m, archive: 'other' })),
    /archive other/,
  ],
  [
    'a manifest is of another day',
    (p) => rewriteManifest(p.manifest, (m) => ({ ...m, day: '2026-01-01' })),
    /2026-01-01/,
  ],
]

async function refused(work: () => Promise<unknown>): Promise<SsmdError> {
  try {
    await work()
  } catch (thrown) {
    return toSsmdError(thrown)
  }
  throw new Error('it was not refused')
}

/** Damages a copy of the archive, and holds what a start says of it against what is expected; nothing may change. */
async function check(
  made: string,
  older: string,
  name: string,
  damages: readonly Damage[],
  expected: RegExp
): Promise<void> {
  using copy = temporaryFolder()
  cpSync(made, copy.path, { recursive: true })
  const place = placeOf(copy.path, older)
  // A dead holder's lock is not removed either.
  writeFileSync(
    join(place.feed, '.commit', 'lock-3'),
    JSON.stringify({ pid: 999_999_999, host: 'h', boot: '', space: '', began: '1', since: '' })
  )
  for (const [, damage] of damages) damage(place)
  const before = treeOf(copy.path)
  const what = `seed ${seed}: ${name}`
  const error = await refused(async () => {
    const writer = await openWriter(copy.path, { ...OPTIONS, lock: { foreignMs: 10 } })
    await writer.close()
  }).catch((thrown: Error) => Promise.reject(new Error(`${what}: ${thrown.message}`)))
  assert.is(error.code, 'SSMD_E_ARCHIVE_INVALID', `${what}: ${error.message}`)
  assert.match(error.message, expected, what)
  assert.ok(error.message.includes(place.feed), `${what}: the message names the file`)
  assert.match(error.hint ?? '', /restore|choose|newer|move/, what)
  assert.match(error.hint ?? '', /othing was changed|from a copy/, what)
  assert.equal(treeOf(copy.path), before, `${what}: something was changed`)
}

test('what contradicts the journal is refused, and nothing is changed', async () => {
  using made = temporaryFolder()
  using older = temporaryFolder()
  await make(made.path, older.path)
  for (const damage of [...JOURNAL, ...CHECKPOINT, ...FILES]) {
    await check(made.path, older.path, damage[0], [damage], damage[2])
  }
})

test('two damages hide each other nowhere', async () => {
  using made = temporaryFolder()
  using older = temporaryFolder()
  await make(made.path, older.path)
  // Which of the two is named does not matter.
  const share = process.env.SSMD_FAULTS === 'all' ? 1 : 6
  for (const [i, first] of JOURNAL.entries()) {
    for (const [j, second] of FILES.entries()) {
      if ((i + j + seed) % share !== 0) continue
      await check(made.path, older.path, `${first[0]}, and ${second[0]}`, [first, second], /./)
    }
  }
})

const manifestsOf = (feed: string): string[] =>
  readdirSync(feed)
    .filter((name) => /^\d{4}-/.test(name))
    .map((day) => join(feed, day, 'manifest.json'))

const damagedManifests: readonly (readonly [string, (path: string) => void])[] = [
  ['missing', remove],
  ['emptied', empty],
  ['cut', shorten],
  ['flipped', (path) => flip(path, 40)],
]

test('a damaged manifest of a day that the journal knows is made again, and the damaged one kept aside', async () => {
  using made = temporaryFolder()
  using older = temporaryFolder()
  await make(made.path, older.path)
  for (const [name, damage] of damagedManifests) {
    using copy = temporaryFolder()
    cpSync(made.path, copy.path, { recursive: true })
    const { manifest, feed } = placeOf(copy.path, older.path)
    damage(manifest)
    await (await openWriter(copy.path, OPTIONS)).close()
    assert.equal((await verifyArchive(copy.path)).problems, [], name)
    assert.equal(readdirSync(feed).includes('.aside'), name !== 'missing', name)
    assert.equal([...readBack(copy.path).keys()].sort(), [...stream.lines.keys()].sort())
  }
})

test('damaged manifests do not hide that commits are missing from the journal', async () => {
  using made = temporaryFolder()
  using older = temporaryFolder()
  await make(made.path, older.path)
  for (const damage of JOURNAL) {
    for (const [name, ruin] of damagedManifests) {
      const both: Damage[] = [damage, ['', (place) => manifestsOf(place.feed).forEach(ruin), /./]]
      await check(made.path, older.path, `${damage[0]}, and all manifests are ${name}`, both, /./)
    }
  }
})

test('a segment that the journal announces, and whose commit it has lost, is refused and not removed', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  for (const [i, group] of ['trades', 'tickers'].entries()) {
    const record = { recv: at('2026-11-24T12:00:00Z'), type: 't', group, payload: '{}' }
    writer.add(makeBlock({ connection: '01made', first: i + 1, records: [record] }), i + 1)
    await writer.commit()
  }
  await writer.close()
  const commits = join(folder.path, 'made', '.commit')
  const journal = join(commits, readdirSync(commits).find((name) => name.startsWith('journal-'))!)
  keepRecords(journal, lastCommit(journal))
  manifestsOf(join(folder.path, 'made')).forEach(remove)
  const before = treeOf(folder.path)
  const error = await openWriter(folder.path).catch(toSsmdError)
  assert.match((error as Error).message, 'not in the journal, and its index names 1 committed')
  assert.equal(treeOf(folder.path), before)
})

test('what a crash can leave behind the last commit is no damage', async () => {
  using made = temporaryFolder()
  using older = temporaryFolder()
  await make(made.path, older.path)
  const next = encodeRecord({ kind: 'commit', filler: 'x'.repeat(2000) })
  const tails: readonly (readonly [string, Buffer])[] = [
    ['one byte', next.subarray(0, 1)],
    ['a part of a head', next.subarray(0, 15)],
    ['a record but for its last byte', next.subarray(0, -1)],
    ['a part, then zeros', Buffer.concat([next.subarray(0, 900), Buffer.alloc(600)])],
    ['zeros', Buffer.alloc(4096)],
  ]
  for (const [name, tail] of tails) {
    using copy = temporaryFolder()
    cpSync(made.path, copy.path, { recursive: true })
    const place = placeOf(copy.path, older.path)
    change(place.journal, (bytes) => Buffer.concat([bytes, tail]))
    lengthen(place.open)
    await (await openWriter(copy.path, OPTIONS)).close()
    assert.equal([...readBack(copy.path).keys()].sort(), [...stream.lines.keys()].sort(), name)
    assert.equal((await verifyArchive(copy.path)).problems, [], name)
  }
})

test.run()
