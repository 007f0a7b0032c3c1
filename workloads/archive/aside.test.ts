// What is not provably ours is never deleted and never overwritten: it stays, or is moved aside and told.

import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { until } from '#testing/deadline.ts'
import { formatManifest, type Manifest, readManifestText } from './format/manifest.ts'
import { listDays, readLines } from './read/reader.ts'
import { encodeRecord } from './state/journal-record.ts'
import { at, makeBlock } from './testing/blocks.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from './testing/folders.ts'
import { treeOf } from './testing/tree.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('aside')
const DAY = '2026-11-24'
const NS_OF_DAY = 86_400_000_000_000n

type Said = { level: 'info' | 'warn'; message: string; path?: string; to?: string; hint?: string }

function listener(): { said: Said[]; log: { info: Tell; warn: Tell } } {
  const said: Said[] = []
  const tell =
    (level: Said['level']): Tell =>
    (fields, message) =>
      void said.push({ level, message, ...fields })
  return { said, log: { info: tell('info'), warn: tell('warn') } }
}
type Tell = (fields: object, message: string) => void

const block = (first: number, day = 0) =>
  makeBlock({
    connection: '01a',
    first,
    records: Array.from({ length: 5 }, (_, i) => ({
      recv: at(`${DAY}T12:00:00Z`) + BigInt(day) * NS_OF_DAY + BigInt(first + i),
      payload: `{"i":${i}}`,
    })),
  })

async function makeOne(root: string): Promise<void> {
  const writer = await openWriter(root)
  writer.bind(STREAM)
  writer.add(block(1), 1)
  await writer.close()
}

test('a foreign file that is named like a segment is moved aside and told, never deleted', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const day = join(folder.path, 'made', DAY)
  const foreign: Record<string, string> = {
    'trades_001.jsonl.gz': 'the only copy of my data',
    'trades_001.index.jsonl': 'and its index',
    'quotes_007.jsonl.gz': 'another group',
    'manifest.json.tmp': 'a file of mine',
    'trades_000.jsonl.gz.tmp': 'one more',
    'trades_000.index.jsonl.tmp': '',
    'trades_0000.jsonl.gz': 'nearly the name of a segment',
  }
  for (const [name, text] of Object.entries(foreign)) writeFileSync(join(day, name), text)
  mkdirSync(join(day, 'trades_002.jsonl.gz'))
  writeFileSync(join(day, 'trades_002.jsonl.gz', 'inside.txt'), 'in a folder named like a segment')
  symlinkSync('/etc/hostname', join(day, 'trades_003.jsonl.gz'))
  assert.is(spawnSync('mkfifo', [join(day, 'trades_004.jsonl.gz')]).status, 0)
  writeFileSync(join(day, 'notes.txt'), 'mine')

  const { said, log } = listener()
  const writer = await openWriter(folder.path, { log })
  writer.bind(STREAM)
  writer.add(block(6), 2)
  await writer.close()
  const aside = join(folder.path, 'made', '.aside', DAY)
  for (const [name, text] of Object.entries(foreign)) {
    assert.is(readFileSync(join(aside, name), 'utf8'), text, name)
  }
  assert.is(
    readFileSync(join(aside, 'trades_002.jsonl.gz', 'inside.txt'), 'utf8'),
    'in a folder named like a segment'
  )
  assert.ok(treeOf(aside).includes('trades_003.jsonl.gz link to /etc/hostname'))
  assert.ok(treeOf(aside).includes('trades_004.jsonl.gz other'))
  assert.is(readFileSync(join(day, 'notes.txt'), 'utf8'), 'mine', 'what has no name of ours stays')
  const told = said.filter(({ level }) => level === 'warn')
  assert.is(told.length, Object.keys(foreign).length + 3)
  for (const { message, path, to, hint } of told) {
    assert.match(message, 'moved aside')
    assert.ok(path?.startsWith(day) && to?.startsWith(aside) && hint?.includes('remove'))
  }
  assert.is(readBack(folder.path).size, 10)
  assert.equal((await verifyArchive(folder.path)).problems, [])
  let lines = 0
  for await (const _line of readLines(folder.path, 'made', DAY)) lines++
  assert.is(lines, 10, 'readers do not look aside')
  assert.is((await listDays(folder.path)).length, 1)

  // A second one of the same name finds its place beside the first, and what is aside is never touched again.
  writeFileSync(join(day, 'quotes_007.jsonl.gz'), 'the second')
  await (await openWriter(folder.path, { log })).close()
  assert.is(readFileSync(join(aside, 'quotes_007.jsonl.gz'), 'utf8'), 'another group')
  assert.is(readFileSync(join(aside, 'quotes_007.jsonl.gz.1'), 'utf8'), 'the second')
})

test('what lies where the next segment or day has to be made is moved aside while the archiver runs', async () => {
  using folder = temporaryFolder()
  const { said, log } = listener()
  const writer = await openWriter(folder.path, { log })
  writer.bind(STREAM)
  writer.add(block(1), 1)
  await writer.commit()
  const feed = join(folder.path, 'made')
  writeFileSync(join(feed, DAY, 'orders_000.jsonl.gz'), 'mine')
  writeFileSync(join(feed, '2026-11-25'), 'a file named like a day')
  symlinkSync('nowhere', join(feed, '2026-11-26'))
  mkdirSync(join(feed, '2026-11-27', 'trades_000.jsonl.gz'), { recursive: true })
  mkdirSync(join(feed, '2026-11-27', 'manifest.json'))
  const order = { recv: at(`${DAY}T12:00:01Z`), payload: '{}', type: 'order', group: 'orders' }
  writer.add(makeBlock({ connection: '01a', first: 6, records: [order] }), 2)
  for (let day = 1; day <= 3; day++) writer.add(block(2 + day * 5, day), 2 + day)
  await writer.close()
  assert.is(readFileSync(join(feed, '.aside', DAY, 'orders_000.jsonl.gz'), 'utf8'), 'mine')
  assert.is(readFileSync(join(feed, '.aside', '2026-11-25'), 'utf8'), 'a file named like a day')
  assert.ok(treeOf(join(feed, '.aside')).includes('2026-11-26 link to nowhere'))
  assert.ok(treeOf(join(feed, '.aside')).includes('2026-11-27/trades_000.jsonl.gz folder'))
  assert.is(said.filter(({ message }) => message.includes('moved aside')).length, 5)
  assert.is(readBack(folder.path).size, 21)
  assert.equal((await verifyArchive(folder.path)).problems, [])
})

test('a folder named like a day that is not of this archive stays as it is', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const feed = join(folder.path, 'made')
  const link = join(folder.path, 'elsewhere')
  mkdirSync(link)
  writeFileSync(join(link, 'trades_000.jsonl.gz'), 'behind a link')
  symlinkSync(link, join(feed, '2026-11-01'))
  mkdirSync(join(feed, '2026-11-02'))
  writeFileSync(join(feed, '2026-11-02', 'photo.jpg'), 'mine')
  writeFileSync(join(feed, '2026-11-03'), 'a file')
  const before = treeOf(folder.path).filter((line) => !/\.commit|manifest/.test(line))
  const { said, log } = listener()
  await (await openWriter(folder.path, { log })).close()
  assert.equal(
    treeOf(folder.path).filter((line) => !/\.commit|manifest/.test(line)),
    before
  )
  assert.equal(
    said.filter(({ level }) => level === 'warn'),
    []
  )
})

test('a segment with an index of whole lines that the journal does not know is refused, not moved', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const day = join(folder.path, 'made', DAY)
  for (const name of ['jsonl.gz', 'index.jsonl']) {
    cpSync(join(day, `trades_000.${name}`), join(day, `trades_001.${name}`))
  }
  const before = treeOf(folder.path)
  const error = await openWriter(folder.path).catch(toSsmdError)
  assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID')
  assert.match((error as Error).message, 'its index names 1 committed members')
  assert.equal(treeOf(folder.path), before)
})

test('closed days whose manifest is lost are refused, and their segments stay', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  for (let day = 0; day <= 5; day++) {
    writer.add(block(day * 5 + 1, day), day + 1)
    await untilSealed(writer, day)
    await writer.checkpoint()
  }
  await writer.close()
  rmSync(join(folder.path, 'made', DAY, 'manifest.json'))
  const before = treeOf(folder.path)
  const error = await openWriter(folder.path).catch(toSsmdError)
  assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID')
  assert.equal(treeOf(folder.path), before)
})

test('a file of others under a name that the journal has announced is not taken for ours', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const feed = join(folder.path, 'made')
  const commits = join(feed, '.commit')
  const journal = readdirSync(commits).find((name) => name.startsWith('journal-'))!
  const begun = ['trades_001.jsonl.gz', 'trades_002.jsonl.gz']
  const files = begun.map((name) => ({ day: DAY, name }))
  appendFileSync(join(commits, journal), encodeRecord({ kind: 'create', files }))
  writeFileSync(join(feed, DAY, begun[0]!), 'put there after the crash')
  writeFileSync(join(feed, DAY, 'trades_001.index.jsonl'), 'likewise')
  writeFileSync(join(feed, DAY, begun[1]!), '')
  await (await openWriter(folder.path)).close()
  assert.equal(readdirSync(join(feed, '.aside', DAY)), ['trades_001.index.jsonl', begun[0]])
  assert.not.ok(readdirSync(join(feed, DAY)).includes(begun[1]!), 'what we left is removed')
})

test('a first day whose commits are all gone from the journal is refused', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const commits = join(folder.path, 'made', '.commit')
  const journal = join(commits, readdirSync(commits).find((name) => name.startsWith('journal-'))!)
  const bytes = readFileSync(journal)
  writeFileSync(journal, bytes.subarray(0, bytes.indexOf(10) + 1))
  const before = treeOf(folder.path)
  const error = await openWriter(folder.path).catch(toSsmdError)
  assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID')
  assert.match((error as Error).message, 'the journal knows nothing of that day')
  assert.equal(treeOf(folder.path), before)
})

test('a late record of a day that is not ours, or ended with open segments, is refused and that day stays', async () => {
  const edits: ((manifest: Manifest) => Manifest)[] = [
    (manifest) => ({ ...manifest, archive: 'other' }),
    (manifest) => ({
      ...manifest,
      segments: manifest.segments.map((segment) => ({ ...segment, sealed: false })),
    }),
  ]
  for (const edit of edits) {
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    for (let day = 0; day <= 5; day++) {
      writer.add(block(day * 5 + 1, day), day + 1)
      await untilSealed(writer, day)
      await writer.checkpoint()
    }
    const place = join(folder.path, 'made', DAY)
    const path = join(place, 'manifest.json')
    writeFileSync(path, formatManifest(edit(readManifestText(readFileSync(path, 'utf8'), path))))
    const before = treeOf(place)
    const late = { recv: at(`${DAY}T12:00:09Z`), payload: '{}' }
    try {
      writer.add(makeBlock({ connection: '01b', first: 1, records: [late] }), 7)
      assert.unreachable('it was taken')
    } catch (thrown) {
      assert.is(toSsmdError(thrown).code, 'SSMD_E_ARCHIVE_INVALID')
    }
    await writer.close().catch(() => {})
    assert.equal(treeOf(place), before)
  }
})

test('in .commit only what is provably ours is removed', async () => {
  using folder = temporaryFolder()
  await makeOne(folder.path)
  const commits = join(folder.path, 'made', '.commit')
  writeFileSync(join(commits, 'journal-99'), 'notes on journals')
  mkdirSync(join(commits, 'journal-77'))
  writeFileSync(join(commits, 'checkpoint.tmp'), 'mine')
  writeFileSync(join(commits, 'checkpoint.0123456789ab.tmp'), 'mine, too')
  writeFileSync(join(commits, 'notes.txt'), 'mine')
  mkdirSync(join(commits, 'removed-2026-11-01'))
  writeFileSync(join(commits, 'removed-2026-11-01', 'photo.jpg'), 'mine')
  const { said, log } = listener()
  await (await openWriter(folder.path, { log, retentionDays: 1 })).close()
  const aside = join(folder.path, 'made', '.aside', '.commit')
  assert.is(readFileSync(join(aside, 'journal-99'), 'utf8'), 'notes on journals')
  assert.equal(readdirSync(aside), ['journal-77', 'journal-99', 'removed-2026-11-01'])
  assert.is(readFileSync(join(aside, 'removed-2026-11-01', 'photo.jpg'), 'utf8'), 'mine')
  for (const name of ['checkpoint.tmp', 'checkpoint.0123456789ab.tmp', 'notes.txt']) {
    assert.match(readFileSync(join(commits, name), 'utf8'), 'mine')
  }
  assert.is(said.filter(({ level }) => level === 'warn').length, 3)
})

test('retention keeps a day that holds anything of others, and says so once', async () => {
  using folder = temporaryFolder()
  const feed = join(folder.path, 'made')
  let now = Date.parse(`${DAY}T12:00:00Z`)
  const { said, log } = listener()
  const writer = await openWriter(folder.path, { nowMs: () => now, retentionDays: 8, log })
  writer.bind(STREAM)
  const meddle: Record<number, (day: string) => void> = {
    0: (day) => writeFileSync(join(day, 'trades_009.jsonl.gz'), 'a segment that no manifest names'),
    1: (day) => writeFileSync(join(day, 'trades_000.jsonl.gz'), 'mine in the place of yours'),
    2: (day) => mkdirSync(join(day, 'orders_000.jsonl.gz')),
    3: (day) => writeFileSync(join(day, 'manifest.json'), 'mine'),
    4: (day) => writeFileSync(join(day, 'notes.txt'), 'mine'),
  }
  const dayName = (day: number): string =>
    new Date(Date.parse(DAY) + day * 86_400_000).toISOString().slice(0, 10)
  for (let day = 0; day <= 8; day++) {
    now = Date.parse(`${dayName(day)}T12:00:00Z`)
    writer.add(block(day * 5 + 1, day), day + 1)
    await untilSealed(writer, day)
    await writer.checkpoint()
  }
  for (const [day, how] of Object.entries(meddle)) how(join(feed, dayName(Number(day))))
  const link = join(folder.path, 'elsewhere')
  cpSync(join(feed, dayName(5)), link, { recursive: true })
  rmSync(join(feed, dayName(5)), { recursive: true })
  symlinkSync(link, join(feed, dayName(5)))
  const before = treeOf(folder.path)
  const kept = [0, 1, 2, 3, 4, 5].map(dayName)
  now = Date.parse(`${dayName(16)}T12:00:00Z`)
  writer.add(block(100, 16), 10)
  await until(60_000, 'the day that is all ours is gone', async () => {
    now += 60_000
    await writer.commit()
    return !readdirSync(feed).includes(dayName(6))
  })
  for (let i = 0; i < 3; i++) {
    now += 60_000
    await writer.commit()
  }
  await writer.close()
  const left = treeOf(folder.path)
  const stays = (line: string): boolean =>
    kept.some((day) => line.startsWith(`made/${day}`)) || line.startsWith('elsewhere')
  assert.equal(left.filter(stays), before.filter(stays))
  const told = said.filter(({ message }) => message.includes('is kept'))
  assert.equal(told.map((line) => (line as unknown as { day: string }).day).sort(), kept)
})

async function untilSealed(
  writer: { commit(): Promise<unknown>; stats: { sealed: number } },
  count: number
): Promise<void> {
  await until(60_000, `${count} sealed`, async () => {
    await writer.commit()
    return writer.stats.sealed >= count
  })
}

test.run()
