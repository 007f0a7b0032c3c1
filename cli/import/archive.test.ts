// test: limit 120s
// Archives of the original, made by hand, imported by the real command, and judged by the verifier, which shares nothing with the writer.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readManifest, summaryOf } from '#archive/read/reader.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { runSsmd } from '../testing/run.ts'

const test = suite('import of archives')

const DAY = '2026-01-02'
const MS = Date.parse(`${DAY}T10:15:00Z`)
const trade = (i: number, more = '') =>
  `{"type":"trade","sid":1,"msg":{"trade_id":"t${i}","market_ticker":"KX-A","yes_price":41,"no_price":59,"count":3,"taker_side":"yes","ts":${Math.floor(MS / 1000) + i}}${more}}`
const received = (i: number) =>
  trade(i, `,"_shard_id":0,"_received_at":${(MS + 60_000 + i) * 1000},"_nats_seq":${i}`)
const plain = (i: number) => `[{"feed":"unknown","n":${i}}]`

type Files = Readonly<Record<string, string | Buffer>>

function write(root: string, place: string, files: Files): void {
  const folder = join(root, place)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' && name.endsWith('.gz') ? gzipSync(content) : content
    writeFileSync(join(folder, name), bytes)
  }
}

const linesOf = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${make(i)}\n`).join('')

/** The lines of an archive of ours, by connection and number. */
function read(root: string, feed: string): Map<string, { recv: string; frame: string }> {
  const lines = new Map<string, { recv: string; frame: string }>()
  for (const day of readdirSync(join(root, feed)).filter((name) => !name.startsWith('.'))) {
    for (const name of readdirSync(join(root, feed, day)).filter((one) => one.endsWith('.gz'))) {
      for (const line of gunzipSync(readFileSync(join(root, feed, day, name)))
        .toString()
        .split('\n')) {
        const at = line.indexOf(',"frame":')
        if (at < 0) continue
        const { conn, n, recv } = JSON.parse(`${line.slice(0, at)}}`)
        lines.set(`${conn} ${n}`, { recv, frame: line.slice(at + 9, -1) })
      }
    }
  }
  return lines
}

test('an imported archive holds every frame byte for byte, its times are never made up, and data verify accepts it', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  write(from, `kalshi/${DAY}`, {
    '1015.jsonl.gz': linesOf(20, trade),
    '1016.jsonl.gz': linesOf(20, received),
  })
  write(from, `venue/PROD_VENUE/${DAY}`, {
    '2330-01.jsonl.gz': linesOf(3, plain),
    'manifest.json': JSON.stringify({ feed: 'venue', date: DAY, files: [], gaps: [] }),
  })
  const { code, stdout, stderr } = await runSsmd(['import', from, '--data', to], {
    cwd: folder.path,
  })
  assert.is(code, 0, stderr)
  assert.match(stdout, /1015\.jsonl\.gz: 20 frames imported; recv is the frame's own time/)
  assert.match(stdout, /1016\.jsonl\.gz: 20 frames imported; recv is _received_at/)
  assert.match(stdout, /2330-01\.jsonl\.gz: 3 frames imported; recv is the file's minute/)
  const report = await verifyArchive(to)
  assert.equal(report.problems, [])
  const kalshi = [...read(to, 'kalshi')]
  assert.is(kalshi.length, 40)
  for (let i = 0; i < 20; i++) {
    const [own] = kalshi.filter(([, { frame }]) => frame === trade(i))
    assert.is(own?.[1].recv, `${DAY}T10:15:${String(i).padStart(2, '0')}.000000000Z`)
    assert.ok(own?.[0].endsWith(` ${i + 1}`), 'the number is the line')
    const [taken] = kalshi.filter(([, { frame }]) => frame === received(i))
    assert.is(taken?.[1].recv, `${DAY}T10:16:00.${String(i).padStart(3, '0')}000000Z`)
  }
  const venue = [...read(to, 'venue').values()]
  assert.equal(
    venue.map(({ frame }) => frame),
    [0, 1, 2].map(plain)
  )
  assert.is(venue[0]?.recv, `${DAY}T23:30:00.000000000Z`)
  const manifest = await readManifest(to, 'kalshi', DAY)
  assert.is(manifest.imported, true)
  assert.is(manifest.simulated, false)
  assert.is(manifest.condition, 'degraded')
  assert.is(manifest.exchange, 'kalshi')
  assert.equal(manifest.sequences, [])
  assert.equal(summaryOf(manifest).proof, { trade: 'nothing' })
  assert.match(manifest.connections[0]!.id, /^import-[0-9a-f]{40}$/)
  const list = await runSsmd(['data', 'list', '--path', to])
  assert.match(list.stdout, /kalshi +2026-01-02 +degraded +imported/)
  const coverage = await runSsmd(['data', 'coverage', '--path', to, '-o', 'json'])
  assert.match(coverage.stdout, /"day":"2026-01-02".*"imported":true/)
  const events = await runSsmd(['data', 'events', 'kalshi', '--path', to, '-o', 'json'])
  const { rows, quality } = JSON.parse(events.stdout)
  assert.equal(quality.days, [
    {
      feed: 'kalshi',
      day: DAY,
      condition: 'degraded',
      simulated: false,
      imported: true,
      proof: { trade: 'nothing' },
    },
  ])
  assert.equal(
    rows.filter(({ event }: { event: string }) => event === 'gap'),
    []
  )
  assert.is(rows.length, 40)
})

test('damage is named, becomes a gap, and what is whole is imported', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  const long = `{"long":"${'x'.repeat(5_000_000)}"}`
  const whole = gzipSync(
    Buffer.from(linesOf(50_000, (i) => `{"n":${i},"x":"${(i * 7919) % 10007}"}`))
  )
  write(from, `venue/${DAY}`, {
    '0000.jsonl.gz': `{"a":1}\nnot json\n{"b":2}\n{"c":\n`,
    '0015.jsonl.gz': whole.subarray(0, whole.length / 2),
    '0030.jsonl.gz': `${long}\n{"short":1}`,
    '0045.jsonl.gz': Buffer.alloc(0),
    '0050.jsonl.gz': 'in its place is a link that leads nowhere',
    '0100.jsonl.gz': Buffer.from('this is no gzip'),
    'manifest.json': JSON.stringify({
      feed: 'venue',
      files: [
        { name: '0115.jsonl.gz', start: `${DAY}T01:15:00Z`, end: `${DAY}T01:30:00Z`, records: 9 },
      ],
      gaps: [{ after_seq: 41, missing_count: 7, detected_at: `${DAY}T00:20:00Z` }],
      has_gaps: true,
    }),
  })
  const gone = join(from, 'venue', DAY, '0050.jsonl.gz')
  rmSync(gone)
  symlinkSync('nowhere', gone)
  const { code, stdout, stderr } = await runSsmd(['import', from, '--data', to], {
    cwd: folder.path,
  })
  assert.is(code, 1)
  assert.match(stderr, /0050\.jsonl\.gz cannot be read, and is not imported \(SSMD_E_IO\)/)
  assert.match(
    stdout,
    /0000\.jsonl\.gz: 2 frames imported[^\n]*\n {2}line 2 is no JSON\n {2}line 4 is no JSON/
  )
  assert.match(
    stdout,
    /0015\.jsonl\.gz: [\d,]+ frames imported[^\n]*\n {2}it is damaged behind line/
  )
  assert.match(stdout, /0030\.jsonl\.gz: 2 frames imported/)
  assert.match(stdout, /0045\.jsonl\.gz: empty/)
  assert.match(stdout, /0100\.jsonl\.gz: 0 frames imported[^\n]*\n {2}it is damaged behind line 0/)
  assert.equal((await verifyArchive(to)).problems, [])
  const frames = [...read(to, 'venue').values()].map(({ frame }) => frame)
  for (const one of ['{"a":1}', '{"b":2}', long, '{"short":1}', '{"n":100,"x":"1347"}']) {
    assert.ok(frames.includes(one), one.slice(0, 40))
  }
  const { gaps } = await readManifest(to, 'venue', DAY)
  assert.equal([...new Set(gaps.map(({ cause }) => cause))], ['imported'])
  const told = gaps
    .map(({ missing, numbers, detail }) => `${missing} ${numbers?.[0]} ${detail}`)
    .join('\n')
  assert.match(told, /^1 2 these lines of the imported file are no frames$/m)
  assert.match(told, /^1 4 these lines/m)
  assert.match(told, /^7 undefined the original missed 7 messages after 41 of its stream$/m)
  assert.match(told, /^9 undefined .*0115\.jsonl\.gz, and there is no such file$/m)
  assert.match(told, /^null undefined the file is damaged behind line 0/m)
})

test('market events show the gaps of an imported day, each over, and none between its files', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  write(from, `kalshi/${DAY}`, {
    '1015.jsonl.gz': `${trade(0)}\nno json\n${trade(2)}\n`,
    '1016.jsonl.gz': linesOf(3, received),
    'manifest.json': JSON.stringify({
      feed: 'kalshi',
      gaps: [{ after_seq: 41, missing_count: 7, detected_at: `${DAY}T10:20:00Z` }],
    }),
  })
  await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  const events = await runSsmd(['data', 'events', 'kalshi', '--path', to, '-o', 'json'])
  assert.is(events.code, 0, events.stderr)
  const rows: { event: string; reason: string; flags: string; until: string | null }[] = JSON.parse(
    events.stdout
  ).rows
  assert.is(rows.length, 7)
  const holes = rows.filter(({ event }) => event === 'gap')
  assert.is(holes.length, 2)
  for (const { reason, flags, until } of holes) {
    assert.is(reason, 'imported')
    assert.match(flags, /first.*last/)
    assert.ok(until !== null)
  }
})

test('a second import writes nothing, and one that was killed is completed without a line twice', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  write(from, `kalshi/${DAY}`, {
    '1015.jsonl.gz': linesOf(200, trade),
    '1030.jsonl.gz': linesOf(60_000, received),
  })
  await runSsmd(['import', from, '--data', to], {
    cwd: folder.path,
    onStart: (child) => child.stdout?.once('data', () => child.kill('SIGKILL')),
  })
  const again = await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  assert.is(again.code, 0, again.stderr)
  assert.equal((await verifyArchive(to)).problems, [])
  assert.is(read(to, 'kalshi').size, 60_200)
  const before = await readManifest(to, 'kalshi', DAY)
  const third = await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  assert.match(
    third.stdout,
    /1015\.jsonl\.gz: imported already\n.*1030\.jsonl\.gz: imported already/
  )
  const { segments, records } = await readManifest(to, 'kalshi', DAY)
  assert.equal([segments, records], [before.segments, before.records])
})

test('times that jump back and over midnight within a file make an archive that is whole, in few segments', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  const start = Date.parse(`${DAY}T23:45:00Z`) * 1000
  const jumping = (i: number) =>
    `{"i":${i},"_received_at":${start + ((i * 37) % 7200) * 1_000_000}}`
  write(from, `venue/${DAY}`, {
    '2345.jsonl.gz': linesOf(2000, jumping),
    '2330.jsonl.gz': linesOf(10, plain),
  })
  const { code, stderr } = await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  assert.is(code, 0, stderr)
  const report = await verifyArchive(to)
  assert.equal(report.problems, [])
  assert.equal(
    report.days.map(({ day }) => day),
    [DAY, '2026-01-03']
  )
  assert.is(read(to, 'venue').size, 2010)
  const { segments } = await readManifest(to, 'venue', '2026-01-03')
  assert.ok(segments.length < 20, `${segments.length} segments`)
  // A later import of an earlier day is an ordinary thing.
  write(from, 'venue/2025-12-31', { '1200.jsonl.gz': linesOf(500, plain) })
  await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  const again = await verifyArchive(to)
  assert.equal(again.problems, [])
  assert.is(again.days.length, 3)
  assert.is(read(to, 'venue').size, 2510)
})

test('the verifier sees that a manifest conceals that a day is imported', async () => {
  using folder = temporaryFolder()
  const [from, to] = [join(folder.path, 'old'), join(folder.path, 'new')]
  write(from, `kalshi/${DAY}`, { '1015.jsonl.gz': linesOf(3, trade) })
  await runSsmd(['import', from, '--data', to], { cwd: folder.path })
  const { formatManifest } = await import('#archive/format/manifest.ts')
  const { imported: _imported, ...rest } = await readManifest(to, 'kalshi', DAY)
  writeFileSync(join(to, 'kalshi', DAY, 'manifest.json'), formatManifest(rest))
  const said = (await verifyArchive(to)).problems.map(({ where }) => where)
  assert.equal(said, ['imported', 'condition'])
})

test.run()
