// What the archive costs, for `npm run bench`: taking records in, with and without gzip, whole commits with their syncs,
// verifying and reading. Frames are recorded ones.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { kalshiEventFiles, kalshiFrames, MOST_KALSHI } from '#testing/recordings.ts'
import type { Row } from '#testing/row.ts'
import { Block } from '#wire/block.ts'
import { BlockWriter } from '#wire/block-writer.ts'
import { FORM } from '#wire/form.ts'
import { Intake } from './ingest/intake.ts'
import { CHUNK_BYTES } from './ingest/member.ts'
import { readLines } from './read/reader.ts'
import { FeedState } from './state/feed-state.ts'
import { verifyArchive } from './verify/verify.ts'
import { FeedWriter } from './writer.ts'

const RECORDS = 200_000
const IN_BLOCK = 500
const OWNER = { feed: 'bench', environment: 'bench', archive: 'bench' }

export async function benchArchive(): Promise<Row[]> {
  const blocks = makeBlocks()
  const rows: Row[] = []
  const lines = takeIn(blocks, () => Promise.resolve(Buffer.alloc(0)))
  rows.push({ name: 'records taken in, lines built, no gzip', ...perRecord(lines.seconds) })
  const parts = lines.parts
  for (const level of [1, 3, 6, 9]) {
    const started = process.cpuUsage()
    let bytes = 0
    for (const part of parts)
      bytes += gzipSync(part, { level, memLevel: 9, chunkSize: 131_072 }).length
    rows.push({
      name: `gzip level ${level} of chunks of ${CHUNK_BYTES / 1024} KiB`,
      ...perRecord(cpuSince(started)),
      ratio: `ratio ${(lines.rawBytes / bytes).toFixed(1)}`,
    })
  }
  const root = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  try {
    rows.push(...(await wholeWriter(root, blocks)))
  } finally {
    rmSync(root, { recursive: true })
  }
  return rows
}

const perRecord = (seconds: number): Pick<Row, 'value' | 'unit'> => ({
  value: (seconds / RECORDS) * 1e6,
  unit: 'CPU s per million',
})

const cpuSince = (started: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6
}

/** Lines only: what a chunk's bytes are is kept once, for gzip. */
function takeIn(
  blocks: readonly Uint8Array[],
  compress: (lines: Buffer) => Promise<Buffer>
): { seconds: number; parts: Buffer[]; rawBytes: number } {
  const run = (keep: Buffer[] | undefined): number => {
    const intake = new Intake(
      {
        ...OWNER,
        rotation: { sliceSeconds: 3600, maxBytes: 256 * 1024 * 1024 },
        chunkBytes: CHUNK_BYTES,
        types: undefined,
        compress: (lines) => {
          keep?.push(Buffer.from(lines))
          return compress(lines)
        },
        resourceText: JSON.stringify,
        ensureDay: () => {},
        nextNumber: () => 0,
        heldNumbers: () => [],
      },
      new FeedState(OWNER, 'bench'),
      new Map()
    )
    const started = process.cpuUsage()
    blocks.forEach((block, i) => {
      intake.add(Block.read(block), i + 1)
    })
    const seconds = cpuSince(started)
    intake.cut()
    return seconds
  }
  const parts: Buffer[] = []
  run(parts)
  const seconds = Math.min(run(undefined), run(undefined), run(undefined))
  return { seconds, parts, rawBytes: parts.reduce((sum, part) => sum + part.length, 0) }
}

async function wholeWriter(root: string, blocks: readonly Uint8Array[]): Promise<Row[]> {
  const writer = await FeedWriter.open({
    root,
    ...OWNER,
    maxAgeMs: 3_600_000,
    maxBytes: 256 * 1024 * 1024,
    level: 6,
    log: { info() {}, warn() {} },
    nowMs: Date.now,
  })
  writer.bind({ name: 'bench', created: '', firstSequence: 1 })
  const commits: number[] = []
  const started = process.cpuUsage()
  const from = performance.now()
  for (const [i, block] of blocks.entries()) {
    writer.add(Block.read(block), i + 1)
    if (i % 40 !== 39) continue
    const before = performance.now()
    await writer.commit()
    commits.push(performance.now() - before)
  }
  await writer.close()
  const cpu = cpuSince(started)
  const seconds = (performance.now() - from) / 1000
  const { bytes, rawBytes } = writer.stats
  commits.sort((a, b) => a - b)
  const checked = performance.now()
  const report = await verifyArchive(root)
  const verifySeconds = (performance.now() - checked) / 1000
  if (report.problems.length > 0) throw new Error(JSON.stringify(report.problems[0]))
  const read = performance.now()
  let lines = 0
  for (const { day } of report.days) {
    for await (const _line of readLines(root, OWNER.feed, day)) lines++
  }
  const readSeconds = (performance.now() - read) / 1000
  const at = (share: number) => commits[Math.floor(commits.length * share)] ?? 0
  return [
    { name: 'writer with gzip 6, commit every 20,000 records', ...perRecord(cpu) },
    { name: 'the same, records written', value: RECORDS / seconds, unit: 'records/s' },
    { name: 'bytes of lines for one on the disk', value: rawBytes / bytes, unit: '' },
    { name: 'commit of 20,000 records, median', value: at(0.5), unit: 'ms' },
    { name: 'commit of 20,000 records, slowest', value: at(0.999), unit: 'ms' },
    { name: 'records verified', value: report.records / verifySeconds, unit: 'records/s' },
    { name: 'lines verified', value: rawBytes / verifySeconds / 1e6, unit: 'MB/s' },
    { name: 'records read in receive order', value: lines / readSeconds, unit: 'records/s' },
  ]
}

function makeBlocks(): Uint8Array[] {
  const frames = recordedFrames()
  const writer = new BlockWriter({
    environment: OWNER.environment,
    feed: OWNER.feed,
    connection: '01benchbenchbenc',
    shard: 0,
    simulated: true,
  })
  const blocks: Uint8Array[] = []
  const symbols = Array.from({ length: 50 }, (_, i) => writer.symbol(`KXGOLD15M-26AUG10-${i}`))
  const start = BigInt(Date.parse('2026-08-10T18:00:00Z')) * 1_000_000n
  for (let number = 1; number <= RECORDS; number++) {
    const frame = frames[number % frames.length]!
    const type = writer.type(frame.type, frame.group)
    const recv = start + BigInt(number) * 10_000n
    const symbol = symbols[number % symbols.length]!
    writer.add(recv, number, type, symbol, FORM.json, number, 1, frame.payload)
    if (number % IN_BLOCK === 0) blocks.push(writer.finish())
  }
  return blocks
}

type BenchFrame = { readonly type: string; readonly group: string; readonly payload: Buffer }

const groupOf = (type: string): string =>
  type.startsWith('orderbook') ? 'orderbook' : type === 'trade' ? 'trades' : 'tickers'

/** Frames of the largest recordings there are. */
const recordedFrames = (): BenchFrame[] =>
  kalshiEventFiles(MOST_KALSHI)
    .slice(0, 3)
    .flatMap(kalshiFrames)
    .map((frame) => {
      const type = /"type":\s*"([a-z_]+)"/.exec(frame)?.[1] ?? 'other'
      return { type, group: groupOf(type), payload: Buffer.from(frame) }
    })
