// `npm run bench -- tables`: what it costs to make the tables of a segment from its members, and to write and read their files,
// beside JSON.parse of the same lines in the same run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tableFromIPC } from '@uwdata/flechette'
import { decompressMember, freeLines } from '#archive/format/gzip.ts'
import { LineBuffer, LineHead, symbolPart, typePart } from '#archive/format/line.ts'
import { CHUNK_BYTES } from '#archive/ingest/member.ts'
import { encodeTable } from '#events/tables/arrow-file.ts'
import { Builder } from '#events/tables/build.ts'
import { openTable } from '#events/tables/open-file.ts'
import type { Table } from '#events/tables/table.ts'
import { createNormalizer } from '#exchanges/kalshi/normalize.ts'
import { kalshiEventFiles, kalshiFrames, MOST_KALSHI } from '#testing/recordings.ts'
import type { Row } from '#testing/row.ts'
import { FORM } from '#wire/form.ts'
import { alternate, times } from './alternate.ts'

const FRAMES = 200_000
const ROUNDS = 7

type Member = { readonly bytes: Buffer; readonly rawBytes: number }

/** Recorded frames as lines of an archive, in members as a sealed segment has them. */
function makeMembers(): Member[] {
  const members: Member[] = []
  const lines = new LineBuffer()
  const head = new LineHead('01k7x5v9q2m3n4p5r6s7t8v9w0')
  const flush = (): void => {
    if (lines.length === 0) return
    members.push({ bytes: gzipSync(lines.lines, { level: 6 }), rawBytes: lines.length })
    lines.clear()
  }
  let n = 0
  while (n < FRAMES) {
    for (const file of kalshiEventFiles(MOST_KALSHI)) {
      for (const frame of kalshiFrames(file)) {
        if (n++ >= FRAMES) break
        const { type, msg } = JSON.parse(frame) as {
          type: string
          msg?: { market_ticker?: string }
        }
        head.second = 1_786_410_915 + Math.floor(n / 300)
        const [typed, symbol] = [typePart(type), symbolPart(msg?.market_ticker ?? '')]
        const bytes = Buffer.from(frame)
        const nanos = (n % 300) * 3_333_333
        lines.append(head, nanos, n, typed, symbol, FORM.json, bytes, 0, bytes.length)
        if (lines.length >= CHUNK_BYTES) flush()
      }
    }
  }
  flush()
  return members
}

function build(members: readonly Member[]): Table[] {
  const normalizer = createNormalizer()
  const builder = new Builder({}, () => normalizer)
  for (const { bytes, rawBytes } of members) {
    const lines = decompressMember(bytes, rawBytes)
    builder.add(lines)
    freeLines(lines)
  }
  return [...builder.finish().values()]
}

function parse(members: readonly Member[]): number {
  let count = 0
  for (const { bytes, rawBytes } of members) {
    const lines = decompressMember(bytes, rawBytes)
    const text = lines.toString('latin1')
    freeLines(lines)
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start)
      if (JSON.parse(text.slice(start, end)) !== null) count++
      start = end + 1
    }
  }
  return count
}

export async function benchTables(): Promise<Row[]> {
  const members = makeMembers()
  let tables: Table[] = []
  const taken = alternate(
    {
      build: () => {
        tables = build(members)
      },
      parse: () => void parse(members),
      inflate: () => {
        for (const { bytes, rawBytes } of members) freeLines(decompressMember(bytes, rawBytes))
      },
    },
    FRAMES,
    ROUNDS
  )
  const events = tables.reduce((sum, table) => sum + table.length, 0)
  const rate = (nanos: number): number => (1e9 / nanos) * (events / FRAMES)
  const share = `${((100 * taken.inflate) / taken.build).toFixed(0)} % of it inflates`
  const lines = {
    name: `lines (${Math.round(members.reduce((sum, one) => sum + one.rawBytes, 0) / FRAMES)} B) into tables`,
    value: taken.build,
    unit: 'CPU ns a line',
    ratio: `${times(taken.parse, taken.build)} of JSON.parse of the lines, ${share}`,
  }
  const built = {
    name: 'events into tables',
    value: rate(taken.build),
    unit: 'events per CPU s',
    ratio: `${(events / FRAMES).toFixed(2)} events a line`,
  }
  return [lines, built, ...(await benchFiles(tables, events))]
}

/** The same tables as files: those of the exchange's book are nearly all of them. */
async function benchFiles(tables: readonly Table[], events: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  try {
    const files = tables.map((table) => join(folder, table.name))
    const write = (): void => {
      for (const [i, table] of tables.entries()) {
        writeFileSync(files[i]!, Buffer.concat(encodeTable(table, 'bench')))
      }
    }
    const taken = alternate(
      { write, flechette: () => void files.map((file) => tableFromIPC(readFileSync(file))) },
      events,
      ROUNDS
    )
    const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / events
    const read = await readingNanos(files, events, undefined)
    const some = await readingNanos(files, events, ['recv', 'symbol', 'price', 'size'])
    const ratio = `${times(taken.flechette, read)} of flechette, which checks nothing`
    return [
      {
        name: 'write a file',
        value: taken.write,
        unit: 'CPU ns an event',
        ratio: `${Math.round(bytes)} B an event`,
      },
      { name: 'open a file, all columns', value: read, unit: 'CPU ns an event', ratio },
      { name: 'open a file, four columns', value: some, unit: 'CPU ns an event' },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function readingNanos(
  files: readonly string[],
  events: number,
  columns: readonly string[] | undefined
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (const file of files) {
      if ((await openTable(file, 'bench', { columns }, 0)) === null) throw new Error('not read')
    }
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, ((user + system) * 1000) / events)
  }
  return best
}
