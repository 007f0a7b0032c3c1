// What a signal fired, as the feed that it is in the archive: each data command answers over a day of fires.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import { FireFeed, nextConnection } from '#signals/live/fire-feed.ts'
import { Block } from '#wire/block.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { runSsmd } from './testing/run.ts'
import { makeTickerArchive } from './testing/ticker-archive.ts'

const test = suite('archived fires')

type Row = Readonly<Record<string, unknown>>

const FEED = 'signal-wide'
const DAY = '2026-11-24'
const lineOf = (n: number): string => `{"id":"${n}","signal":"wide","payload":{"n":${n}}}`

async function archiveFires(root: string, count: number): Promise<void> {
  const writer = await openWriter(root, { feed: FEED })
  writer.bind(STREAM)
  let sequence = 0
  const feed = new FireFeed(
    {
      environment: 'test',
      feed: FEED,
      simulated: false,
      publisher: { publish: (_, __, block) => writer.add(Block.read(block), ++sequence) },
      live: { publish() {}, blockLeaves() {} },
      known: new Set(),
    },
    nextConnection('01a', undefined)
  )
  const start = Date.parse(`${DAY}T12:00:00Z`)
  for (let i = 0; i < count; i++) feed.add(i % 2 === 0 ? 'A' : 'B', lineOf(i), start + i, 0)
  await writer.close()
}

test('data commands read a day of fires as records, and find no market events in it beside a feed that has some', async () => {
  using folder = new TestFolder()
  await archiveFires(folder.data, 6)
  await makeTickerArchive(folder.data, [1, 2])
  const data = async (...args: string[]): Promise<string> => {
    const ran = await runSsmd(['data', ...args, '--path', folder.data])
    assert.is(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`)
    return ran.stdout
  }
  const rows = async (...args: string[]): Promise<readonly Row[]> =>
    (JSON.parse(await data(...args, '-o', 'json')) as { rows: readonly Row[] }).rows
  const sample = await data('sample', FEED, DAY, '--type', 'fire', '--symbol', 'A')
  assert.equal(
    sample
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Row).frame),
    [0, 2, 4].map((n) => JSON.parse(lineOf(n)) as unknown)
  )
  const records = await rows('records', FEED, '--type', 'fire')
  assert.equal(
    records.map(({ frame }) => frame),
    [0, 1, 2, 3, 4, 5].map((n) => JSON.parse(lineOf(n)) as unknown)
  )
  assert.match(await data('verify', FEED), /8 records in 1 day.*every file matches/)
  assert.equal(await rows('events', FEED), [])
  const events = await rows('events')
  assert.equal([...new Set(events.map(({ feed }) => feed))], ['kalshi'])
  const sql = await rows('query', 'select count(*) as n from quotes')
  assert.equal(
    sql.map(({ n }) => Number(n)),
    [2]
  )
})

test.run()
