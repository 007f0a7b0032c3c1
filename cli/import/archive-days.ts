// Writes an archive of the original into one of ssmd, through the archive's own writer. Nothing is invented: `recv` is what the line, the
// frame or the file's name says, the connection is the file, the number is the line. Files that are in the archive already are skipped.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { readManifest, surveyDays } from '#archive/read/reader.ts'
import { FeedWriter, importedConnection } from '#archive/writer.ts'
import { describeError } from '#crds/errors.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { FORM, type Form } from '#wire/form.ts'
import type { Classifier } from './classify.ts'
import type { OriginalDay } from './day-folders.ts'
import { ImportedConnection } from './imported-connection.ts'
import { gzipLines, type LinesRead } from './lines.ts'
import { gapsOfManifest } from './original-gaps.ts'
import { isNear, minuteOf, readOriginalLine } from './original-line.ts'

export const IMPORTED = 'imported'
/** Problems of one file that are named; the gaps of its day name all lines. */
const MAX_NAMED = 5
const LOG = { info: () => {}, warn: () => {} }

export type ImportedFile = {
  readonly feed: string
  readonly day: string
  readonly file: string
  readonly state: 'imported' | 'known' | 'empty' | 'unreadable'
  readonly connection: string
  readonly frames: number
  /** Where the receive times come from. */
  readonly times: { readonly received: number; readonly frame: number; readonly minute: number }
  readonly problems: readonly string[]
}

/** Imports the days of one feed, in their order. */
export async function* importDays(
  root: string,
  feed: string,
  days: readonly OriginalDay[],
  classifier: Classifier
): AsyncGenerator<ImportedFile> {
  const writer = await FeedWriter.open({
    root,
    feed,
    environment: IMPORTED,
    archive: IMPORTED,
    maxAgeMs: 3_600_000,
    maxBytes: 256 * 1024 * 1024,
    level: 6,
    log: LOG,
    nowMs: Date.now,
  })
  try {
    // Once the writer has recovered, manifests say all that it knows.
    const known = await closedConnections(root, feed)
    writer.bind({ name: IMPORTED, created: IMPORTED, firstSequence: 1 })
    for (const day of days) {
      for (const file of day.files) {
        const path = join(day.folder, file)
        const read = await hashOf(path).catch((thrown: unknown) => describeError(thrown))
        if (typeof read === 'string') {
          const place = { feed, day: day.day, file: path, connection: '' }
          yield { ...place, ...NOTHING, state: 'unreadable', problems: [read] }
          continue
        }
        const { sha256, size } = read
        const connection = importedConnection(sha256)
        const done = { feed, day: day.day, file: path, connection }
        if (size === 0) yield { ...done, ...NOTHING, state: 'empty', problems: ['it has no bytes'] }
        else if (known.has(connection)) yield { ...done, ...NOTHING, state: 'known', problems: [] }
        else {
          known.add(connection)
          yield await importFile(writer, day, file, connection, classifier)
        }
      }
      const gaps = await importGaps(writer, day, known)
      if (gaps !== undefined) yield gaps
    }
    await writer.commit()
  } finally {
    await writer.close()
  }
}

const NOTHING = { frames: 0, times: { received: 0, frame: 0, minute: 0 } }

/** Files that are in the archive to their end. */
async function closedConnections(root: string, feed: string): Promise<Set<string>> {
  const closed = new Set<string>()
  const { days } = await surveyDays(root)
  for (const { day } of days.filter((one) => one.feed === feed)) {
    for (const one of (await readManifest(root, feed, day)).connections) {
      if (one.closed) closed.add(one.id)
    }
  }
  return closed
}

async function hashOf(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

async function importFile(
  writer: FeedWriter,
  { feed, day, folder }: OriginalDay,
  file: string,
  id: string,
  { session, exchange, description }: Classifier
): Promise<ImportedFile> {
  const path = join(folder, file)
  const minute = minuteOf(day, file)
  const connection = new ImportedConnection(writer, { environment: IMPORTED, feed, id })
  const times = { received: 0, frame: 0, minute: 0 }
  const problems: string[] = []
  let [number, frames, bad] = [0, 0, 0]
  let last = minute
  const read: LinesRead = { damage: null }
  for await (const line of gzipLines(path, read)) {
    number++
    const said = line === null ? undefined : readOriginalLine(line)
    if (line === null || said === undefined) {
      bad++
      const what = line === null ? 'is longer than 64 MiB' : 'is no JSON'
      if (bad <= MAX_NAMED) problems.push(`line ${number} ${what}`)
      continue
    }
    session.look(line)
    const { type, symbol } = session.frame
    const ms = Math.trunc(session.exchangeMs())
    const own = ms > 0 ? BigInt(ms) * 1_000_000n : said.ts
    const isOwn = said.recv === null && own !== null && isNear(own, minute)
    last = said.recv ?? (isOwn ? own : minute)
    times[said.recv !== null ? 'received' : isOwn ? 'frame' : 'minute']++
    await connection.add({ recv: last, number, type, symbol, form: formOf(line), payload: line })
    frames++
  }
  if (bad > MAX_NAMED) problems.push(`and ${bad - MAX_NAMED} more lines`)
  if (read.damage !== null) {
    problems.push(`it is damaged behind line ${number}: ${read.damage}`)
    const reason = `the file is damaged behind line ${number}: ${read.damage}`
    await connection.event(++number, last, gapEvent(null, last, last, reason))
  } else if (number === 0) problems.push('it has no lines')
  if (exchange !== null) {
    const open = { kind: 'open', exchange, endpoint: '', adapter: 'import', symbols: 0 }
    const told = description === undefined ? open : { ...open, feed: description }
    await connection.event(++number, last, told)
  }
  await connection.close(++number, last, `${feed}/${day}/${file}`)
  return { feed, day, file: path, state: 'imported', connection: id, frames, times, problems }
}

/** JSON with a carriage return is kept as text: a line of an archive has none. */
const formOf = (line: Buffer): Form => (line.includes(13) ? FORM.text : FORM.json)

const gapEvent = (missing: number | null, from: bigint, to: bigint, reason: string) => ({
  kind: 'gap',
  cause: 'imported',
  fault: 'unknown',
  channel: '',
  scope: 0,
  missing,
  from: rfc3339(from),
  to: rfc3339(to),
  reason,
})

/** The gaps that the original's manifest names, and the files that it names and that are missing. */
async function importGaps(
  writer: FeedWriter,
  original: OriginalDay,
  known: Set<string>
): Promise<ImportedFile | undefined> {
  const { feed, day, folder, manifest } = original
  if (manifest === undefined) return undefined
  const gaps = gapsOfManifest(manifest.value, original)
  if (gaps.length === 0) return undefined
  const id = importedConnection(createHash('sha256').update(manifest.bytes).digest('hex'))
  const done = { feed, day, file: join(folder, 'manifest.json'), connection: id, ...NOTHING }
  if (known.has(id)) return { ...done, state: 'known', problems: [] }
  known.add(id)
  const connection = new ImportedConnection(writer, { environment: IMPORTED, feed, id })
  let number = 0
  let last = minuteOf(day, '0000')
  for (const { from, to, missing, reason } of gaps) {
    last = from
    await connection.event(++number, from, gapEvent(missing, from, to, reason))
  }
  await connection.close(++number, last, `${feed}/${day}/manifest.json`)
  return {
    ...done,
    state: 'imported',
    problems: gaps.map(({ reason }) => reason).slice(0, MAX_NAMED),
  }
}
