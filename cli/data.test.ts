// The data commands beside neighbours that cannot be read, and with what people may type.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatManifest } from '#archive/format/manifest.ts'
import { eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import type { FeedWriter } from '#archive/writer.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('data')
const DAY = '2026-11-24'

async function makeArchive(root: string): Promise<string> {
  const writer: FeedWriter = await openWriter(root)
  writer.bind(STREAM)
  const recv = BigInt(Date.parse(`${DAY}T12:00:00Z`)) * 1_000_000n
  const records = (type: string, group: string) =>
    Array.from({ length: 4 }, (_, i) => ({
      recv: recv + BigInt(i),
      payload: `{"type":"${type}"}`,
      type,
      group,
    }))
  writer.add(makeBlock({ connection: '01a', first: 1, records: records('trade', 'trades') }), 1)
  writer.add(makeBlock({ connection: '01a', first: 5, records: records('ticker', 'tickers') }), 2)
  await writer.close()
  return join(root, 'made', DAY)
}

/** An archive with a whole day, and neighbours that cannot be read. */
async function makeNeighbours(root: string): Promise<void> {
  const day = await makeArchive(root)
  writeFileSync(join(root, 'notes'), '')
  execFileSync('mkfifo', [join(root, 'kraken')])
  symlinkSync('loop', join(root, 'loop'))
  cpSync(day, join(root, 'made/2026-11-25'), { recursive: true })
  rmSync(join(root, 'made/2026-11-25/manifest.json'))
  execFileSync('mkfifo', [join(root, 'made/2026-11-25/manifest.json')])
}

test('data list and data verify name what they cannot read, show the rest, and end with 3', async () => {
  using folder = new TestFolder()
  await makeNeighbours(folder.data)
  const list = await runSsmd(['data', 'list', '--path', folder.data])
  assert.is(list.code, 3)
  assert.match(list.stdout, /^made +2026-11-24 +degraded|^made +2026-11-24 +pending/m)
  assert.match(list.stdout, /^made +2026-11-25 +damaged/m)
  assert.match(list.stdout, /^kraken +- +damaged/m)
  assert.match(list.stdout, /^kraken is a FIFO, not a folder/m)
  assert.match(list.stdout, /manifest\.json is a FIFO/)
  const verify = await runSsmd(['data', 'verify', '--path', folder.data])
  assert.is(verify.code, 3)
  assert.match(verify.stdout, /^made +2026-11-24 .* 8 /m)
  assert.match(verify.stdout, /^kraken: kraken is a FIFO/m)
  for (const { stdout } of [list, verify])
    assert.match(stdout, /^note: notes:? is a file, not the folder/m)
  assert.match(verify.stdout, /^loop: .*ELOOP/m)
  for (const command of ['list', 'verify']) {
    const { code, stdout } = await runSsmd(['data', command, '--path', folder.data, '-o', 'json'])
    assert.is(code, 3)
    const result = JSON.parse(stdout)
    const named = command === 'list' ? result.damaged : result.problems
    const paths = named.map((entry: { path?: string; file?: string }) => entry.path ?? entry.file)
    assert.equal(paths, ['kraken', 'loop', 'made/2026-11-25/manifest.json'])
    assert.is(result.days[0].records, 8)
  }
  // One feed is asked for: its neighbours are not.
  const one = await runSsmd(['data', 'verify', 'made', DAY, '--path', folder.data])
  assert.is(one.code, 0)
})

test('feeds of a named root have its name in front, in the list, in a sample and when verified', async () => {
  using folder = new TestFolder()
  await makeArchive(folder.data)
  await makeArchive(join(folder.data, 'live'))
  const paths = ['--path', folder.data, '--path', `live=${folder.data}/live`]
  const list = await runSsmd(['data', 'list', ...paths, '-o', 'json'])
  assert.equal(
    JSON.parse(list.stdout).days.map(({ feed }: { feed: string }) => feed),
    ['made', 'live.made']
  )
  const sample = await runSsmd(['data', 'sample', 'live.made', 'latest', ...paths, '-o', 'json'])
  const { path, feed, lines } = JSON.parse(sample.stdout)
  assert.equal([path, feed, lines.length], [`${folder.data}/live`, 'live.made', 8])
  const verify = await runSsmd(['data', 'verify', 'live.made', ...paths])
  assert.match(verify.stdout, /^live\.made +2026-11-24 /m)
  assert.not.match(verify.stdout, /^made /m)
  const all = await runSsmd(['data', 'verify', ...paths])
  assert.match(all.stdout, /^16 records in 2 days/m)
})

test('data list -o wide adds exchange and proof, the former also of a day of an older ssmd', async () => {
  using folder = new TestFolder()
  const writer = await openWriter(folder.data)
  writer.bind(STREAM)
  const at = (day: string) => BigInt(Date.parse(`${day}T12:00:00Z`)) * 1_000_000n
  const proof = { trade: 'frames', orderbook_delta: 'frames', ticker: 'nothing' }
  for (const [i, day] of [DAY, '2026-11-25'].entries()) {
    const records = [
      eventRecord(at(day), { kind: 'open', exchange: 'kalshi' } as { kind: string }),
      eventRecord(at(day), { kind: 'counts', proof } as { kind: string }),
    ]
    writer.add(makeBlock({ connection: `01${i}`, first: 1, records }), i + 1)
  }
  await writer.close()
  const path = join(folder.data, 'made', DAY, 'manifest.json')
  const { exchange, counts, sha256: _, ...older } = JSON.parse(readFileSync(path, 'utf8'))
  assert.is(exchange, 'kalshi')
  assert.ok(counts)
  writeFileSync(path, formatManifest(older))
  const wide = await runSsmd(['data', 'list', '--path', folder.data, '-o', 'wide'])
  assert.is(wide.code, 0, wide.stderr)
  const [titles, first, second] = wide.stdout.trim().split('\n')
  assert.match(titles!, / EXCHANGE +PROOF$/)
  assert.match(first!, / kalshi +-$/)
  assert.match(second!, / kalshi +frames: orderbook_delta, trade; nothing: ticker$/)
  const table = await runSsmd(['data', 'list', '--path', folder.data])
  assert.not.match(table.stdout, /EXCHANGE|kalshi/)
  const json = await runSsmd(['data', 'list', '--path', folder.data, '-o', 'json'])
  const { days } = JSON.parse(json.stdout)
  assert.equal([days[0].exchange, days[0].proof], ['kalshi', {}])
  assert.equal(days[1].proof, proof)
})

test('two roots without names that hold the same feed are refused, with how to name one', async () => {
  using folder = new TestFolder()
  await makeArchive(folder.data)
  await makeArchive(join(folder.data, 'live'))
  for (const command of [['list'], ['sample', 'made', 'latest'], ['verify']]) {
    const { code, stdout, stderr } = await runSsmd([
      ...['data', ...command, '--path', folder.data, '--path', `${folder.data}/live`],
    ])
    assert.is(code, 2)
    assert.is(stdout, '')
    assert.match(stderr, /both .* hold a feed made/)
    assert.match(stderr, /--path other=\S+live: its feed is then other\.made/)
  }
})

test('data sample shows what can be read of a day, names the rest, and ends with 3', async () => {
  using folder = new TestFolder()
  const day = await makeArchive(folder.data)
  rmSync(join(day, 'trades_000.index.jsonl'))
  mkdirSync(join(day, 'trades_000.index.jsonl'))
  const args = ['data', 'sample', 'made', 'latest', '--path', folder.data]
  const plain = await runSsmd(args)
  assert.is(plain.code, 3)
  assert.is(plain.stdout.trim().split('\n').length, 4)
  assert.match(plain.stderr, /^ssmd: skipped: .*trades_000\.index\.jsonl.* is a folder/m)
  const { code, stdout } = await runSsmd([...args, '-o', 'json'])
  assert.is(code, 3)
  const result = JSON.parse(stdout)
  assert.is(result.lines.length, 4)
  assert.is(result.damaged.length, 1)
})

for (const [what, args] of [
  ['a glob', ['*', 'today']],
  ['a way out', ['../made', DAY]],
  ['no feed', ['', DAY]],
  ['a line break', ['ma\nde', DAY]],
  ['a text that is very long', ['x'.repeat(10_000), DAY]],
  ['a day that is none', ['made', '2026-02-30']],
  ['a glob of days', ['made', '2026-*']],
  ['no day', ['made', '']],
  ['a day with a way out', ['made', '../../etc']],
  ['a year of five digits', ['made', '+012026-01-01']],
  ['a time that is none', ['made', DAY, '--from', '24:00']],
  ['an empty time', ['made', DAY, '--to', '']],
  ['a time without zone of a day that is none', ['made', DAY, '--from', '2026-13-01T00:00:00Z']],
  ['times in the wrong order', ['made', DAY, '--from', '13:00', '--to', '12:00']],
] as const) {
  test(`data sample with ${what} is one clear line, and no stack`, async () => {
    using folder = new TestFolder()
    await makeArchive(folder.data)
    const { code, stdout, stderr } = await runSsmd([
      'data',
      'sample',
      ...args,
      '--path',
      folder.data,
    ])
    assert.ok(code === 1 || code === 2, `${code}: ${stderr}`)
    assert.is(stdout, '')
    assert.match(stderr, /^ssmd: [^\n]*\(SSMD_E_(USAGE|NOT_FOUND)\)\n {2}[^\n]*\n$/)
    assert.not.match(stderr, /\n +at /)
  })
}

test.run()
