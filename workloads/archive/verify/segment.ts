// Checks one segment and its index: checksums, members, every line. The file is read once, a few members ahead. If the index is
// damaged, the file is inflated as one stream instead, so each of the two is judged separately.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { crc32, createGunzip } from 'node:zlib'
import { openRegular } from '#crds/regular-file.ts'
import type { ManifestSegment } from '../format/manifest.ts'
import type { Problem } from '../format/problem.ts'
import type { ConnectionEvents } from './connection-events.ts'
import { type Entry, parseEntry } from './index-entries.ts'
import { LineChecker } from './lines.ts'
import { Ahead, BulkReader, inflate } from './members.ts'
import { IndexSymbols } from './names.ts'
import type { NumberSet } from './numbers.ts'

export type SegmentFindings = {
  readonly name: string
  readonly problems: readonly Problem[]
  readonly records: number
  readonly bytes: number
  /** Not all of it could be read. */
  readonly damaged: boolean
  /** Bytes behind what the manifest covers, of the segment and its index, while it is not sealed. */
  readonly beyond: number
  readonly numbers: ReadonlyMap<string, NumberSet>
  readonly events: ConnectionEvents
}

/** A member of a segment, in the order of the index. */
type Member = {
  readonly entry: Entry
  /** Of the index. */
  readonly line: number
  /** Where it begins and ends in the file. */
  readonly at: number
  readonly end: number
  /** Its lines, or what is wrong with it. */
  readonly raw: Buffer | string
}

const READ_BYTES = 1024 * 1024
/** No member that is written holds so much, and no line. Inflating more than a manifest says is a bomb. */
const MAX_RAW_BYTES = 512 * 1024 * 1024

export async function checkSegment(
  folder: string,
  day: string,
  segment: ManifestSegment,
  onProgress: (bytes: number, records: number) => void
): Promise<SegmentFindings> {
  const check = new SegmentCheck(folder, day, segment, onProgress)
  return check.run()
}

class SegmentCheck {
  readonly #folder: string
  readonly #segment: ManifestSegment
  readonly #onProgress: (bytes: number, records: number) => void
  readonly #problems: Problem[] = []
  readonly #lines: LineChecker
  readonly #symbols = new IndexSymbols()
  #damaged = false
  #bytes = 0
  #rawBytes = 0
  #beyond = 0

  constructor(
    folder: string,
    day: string,
    segment: ManifestSegment,
    onProgress: (bytes: number, records: number) => void
  ) {
    this.#folder = folder
    this.#segment = segment
    this.#onProgress = onProgress
    const tell = (where: string, what: string): void => this.#tell(segment.name, where, what)
    this.#lines = new LineChecker(day, segment.format, tell)
  }

  async run(): Promise<SegmentFindings> {
    const { name } = this.#segment
    const path = join(this.#folder, name)
    try {
      const entries = await this.#index()
      if (entries !== undefined) await this.#members(path, entries)
      else await this.#stream(path)
    } catch (thrown) {
      this.#damaged = true
      this.#tell(name, '', thrown instanceof Error ? thrown.message : String(thrown))
    }
    if (!this.#damaged) this.#sums()
    return {
      name,
      problems: this.#problems,
      records: this.#lines.total.lines,
      bytes: this.#bytes,
      damaged: this.#damaged,
      beyond: this.#beyond,
      numbers: this.#lines.numbers,
      events: this.#lines.events,
    }
  }

  /** The lines of the index, or undefined if one is not whole. */
  async #index(): Promise<Entry[] | undefined> {
    const { name, members, indexBytes } = this.#segment
    const file = name.replace(/jsonl\.gz$/, 'index.jsonl')
    let text: string
    let size: number
    try {
      // What lies behind what the manifest covers is not read: it may be of any length.
      const handle = await openRegular(join(this.#folder, file))
      try {
        size = (await handle.stat()).size
        const bytes = Buffer.allocUnsafe(Math.min(size, indexBytes))
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
        text = bytes.toString('utf8', 0, bytesRead)
      } finally {
        await handle.close()
      }
    } catch (thrown) {
      this.#tell(file, '', `cannot be read: ${(thrown as Error).message}`)
      return undefined
    }
    if (size < indexBytes || (this.#segment.sealed && size > indexBytes)) {
      this.#tell(file, '', `has ${size} bytes, the manifest says ${indexBytes}`)
      return undefined
    }
    this.#beyond += size - indexBytes
    const lines = text.split('\n')
    if (lines.pop() !== '' || lines.length !== members) {
      this.#tell(file, '', `has ${lines.length} lines, the manifest says ${members} members`)
      return undefined
    }
    const entries: Entry[] = []
    for (const [i, line] of lines.entries()) {
      const entry = parseEntry(line)
      if (entry === undefined) this.#tell(file, `line ${i + 1}`, 'its checksum does not fit it')
      else entries.push(entry)
    }
    return entries.length === lines.length ? entries : undefined
  }

  async #members(path: string, entries: readonly Entry[]): Promise<void> {
    const { name, bytes, sha256, sealed } = this.#segment
    const hash = createHash('sha256')
    const file = await openRegular(path)
    const ahead = new Ahead<Member>((member) => this.#member(member))
    try {
      const { size } = await file.stat()
      if (size < bytes || (sealed && size > bytes)) {
        this.#tell(name, '', `has ${size} bytes, the manifest says ${bytes}`)
      } else this.#beyond += size - bytes
      const reader = new BulkReader(file)
      for (const [i, entry] of entries.entries()) {
        const at = this.#bytes
        if (entry.offset !== at) {
          const what = `says offset ${entry.offset}, the member is at ${at}`
          this.#tell(name.replace(/jsonl\.gz$/, 'index.jsonl'), `line ${i + 1}`, what)
        }
        const member = await reader.read(Math.min(entry.bytes, Math.max(0, bytes - at)))
        hash.update(member)
        this.#bytes += member.length
        const place = { entry, line: i + 1, at, end: this.#bytes }
        await ahead.add(this.#inflated(place, member), entry.rawBytes)
      }
    } finally {
      await ahead.end()
      await file.close()
    }
    if (hash.digest('hex') !== sha256)
      this.#tell(name, '', 'its sha256 is not that of the manifest')
  }

  async #inflated(place: Omit<Member, 'raw'>, bytes: Buffer): Promise<Member> {
    const { entry } = place
    if (crc32(bytes).toString(16).padStart(8, '0') !== entry.crc32) {
      return { ...place, raw: 'its bytes are not those that were written' }
    }
    if (entry.rawBytes > Math.min(this.#segment.rawBytes, MAX_RAW_BYTES)) {
      return {
        ...place,
        raw: `cannot be inflated: its index says ${entry.rawBytes} bytes of lines`,
      }
    }
    const raw = await inflate(bytes, entry.rawBytes)
    return { ...place, raw: typeof raw === 'string' ? `cannot be inflated: ${raw}` : raw }
  }

  #member({ entry, line, at, end, raw }: Member): void {
    const symbols = this.#symbols.next(entry)
    if (typeof raw === 'string') {
      this.#damaged = true
      this.#tell(this.#segment.name, `member at byte ${at}`, raw)
    } else this.#inMember(entry, line, raw, symbols)
    this.#onProgress(end, this.#lines.total.lines)
  }

  /** Checks the lines of a member, and what the index says of them. */
  #inMember(entry: Entry, line: number, raw: Buffer, symbols: ReadonlySet<string>): void {
    const { name } = this.#segment
    this.#rawBytes += raw.length
    const facts = this.#lines.member(raw)
    const index = name.replace(/jsonl\.gz$/, 'index.jsonl')
    const expect = (key: string, said: unknown, found: unknown): void => {
      if (said !== found) this.#tell(index, `line ${line}`, `${key} says ${said}, found ${found}`)
    }
    expect('rawBytes', entry.rawBytes, raw.length)
    expect('lines', entry.lines, facts.lines)
    expect('from', entry.from, facts.from)
    expect('to', entry.to, facts.to)
    expect('types', sumOf(entry.types), facts.lines)
    expect('format', entry.format ?? 1, this.#segment.format)
    if (this.#segment.format === 1) return
    const { names } = facts
    const wrong = names.differenceOfTypes(entry.types) ?? names.differenceOfSymbols(symbols)
    if (wrong !== undefined) this.#tell(index, `line ${line}`, wrong)
  }

  /** Without an index: the whole file, as zcat reads it. */
  async #stream(path: string): Promise<void> {
    const { name, bytes, sha256 } = this.#segment
    if (bytes === 0) return
    const hash = createHash('sha256')
    const file = await openRegular(path)
    const { size } = await file.stat()
    if (this.#segment.sealed && size > bytes) {
      this.#tell(name, '', `has ${size} bytes, the manifest says ${bytes}`)
    } else this.#beyond += Math.max(0, size - bytes)
    // The stream closes the file.
    const source = file.createReadStream({ start: 0, end: bytes - 1, highWaterMark: READ_BYTES })
    const gunzip = createGunzip({ chunkSize: READ_BYTES })
    source.on('data', (chunk) => {
      hash.update(chunk)
      this.#bytes += chunk.length
      this.#onProgress(this.#bytes, this.#lines.total.lines)
    })
    source.on('error', (thrown) => gunzip.destroy(thrown))
    const rest = new Rest()
    try {
      for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
        this.#rawBytes += chunk.length
        if (this.#rawBytes > this.#segment.rawBytes) {
          throw new Error(`more than the ${this.#segment.rawBytes} bytes of the manifest`)
        }
        const lines = rest.whole(chunk)
        if (lines !== undefined) this.#lines.member(lines)
      }
    } catch (thrown) {
      this.#damaged = true
      this.#tell(
        name,
        `line ${this.#lines.total.lines + 1}`,
        `cannot be inflated: ${(thrown as Error).message}`
      )
      return
    } finally {
      source.destroy()
    }
    if (rest.length > 0) this.#tell(name, 'last line', 'has no end')
    if (this.#bytes !== bytes) {
      this.#tell(name, '', `has ${this.#bytes} bytes, the manifest says ${bytes}`)
    }
    if (hash.digest('hex') !== sha256)
      this.#tell(name, '', 'its sha256 is not that of the manifest')
  }

  /** Compares the totals with the manifest. */
  #sums(): void {
    const { name, records, rawBytes, from, to, types, late, group, format } = this.#segment
    const { total } = this.#lines
    const expect = (key: string, said: unknown, found: unknown): void => {
      if (said !== found) this.#tell(name, '', `${key}: the manifest says ${said}, found ${found}`)
    }
    expect('records', records, total.lines)
    expect('rawBytes', rawBytes, this.#rawBytes)
    expect('from', from, total.from)
    expect('to', to, total.to)
    expect('types', sumOf(types), total.lines)
    const wrong = format === 1 ? undefined : total.names.differenceOfTypes(types)
    if (wrong !== undefined) this.#tell(name, '', `the manifest's ${wrong}`)
    expect('group', group, name.replace(/_\d+\.jsonl\.gz$/, ''))
    if (this.#lines.disorder > late) {
      this.#tell(
        name,
        '',
        `${this.#lines.disorder} lines are out of order, the manifest says ${late}`
      )
    }
  }

  #tell(file: string, where: string, what: string): void {
    if (this.#problems.length < 100) this.#problems.push({ file, where, what })
  }
}

/** What came of a line that has not ended yet. */
class Rest {
  #parts: Buffer[] = []
  length = 0

  /** The lines that end in this chunk. */
  whole(chunk: Buffer): Buffer | undefined {
    const end = chunk.lastIndexOf(10) + 1
    const lines = end > 0 ? Buffer.concat([...this.#parts, chunk.subarray(0, end)]) : undefined
    if (end > 0) {
      this.#parts = []
      this.length = 0
    }
    if (end < chunk.length) this.#parts.push(chunk.subarray(end))
    this.length += chunk.length - end
    if (this.length > MAX_RAW_BYTES) throw new Error('a line that does not end')
    return lines
  }
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0)
