// What passes between the process that reads an archive and the one that runs a signal. To the child: frames of a length and a value as
// V8 serialises it, typed arrays included. From the child: lines of JSON, because what a sandbox says is read with care.

import { deserialize, serialize } from 'node:v8'
import type { ArchiveRoot } from '#events/history.ts'
import type { EventBatch } from '#market/columns.ts'
import type { About } from './definition.ts'
import type { Finding } from './findings.ts'

/** Rows of a batch as they are sent: its columns up to its length. */
export type Columns = { readonly [column: string]: unknown }

export type ToChild =
  | {
      readonly kind: 'load'
      readonly name: string
      readonly code: string
      readonly lines: Readonly<Record<string, number>>
      readonly params: Readonly<Record<string, string>>
      readonly limits: EngineLimits
      /** What `saved` said before. */
      readonly restored: SavedState | null
      /** Of each feed that is known: its exchange. */
      readonly exchanges: Readonly<Record<string, string>>
      /** Instruments that the signal is shown, whatever its inputs say; null: all. */
      readonly only: readonly string[] | null
    }
  | { readonly kind: 'batch'; readonly columns: Columns }
  | { readonly kind: 'save' }
  | ({ readonly kind: 'replay' } & ReplayPart)

/** What an engine kept, and the parameters that it ran with. */
export type SavedState = { readonly params: About['params']; readonly engine: string }

/** What of archives a process reads itself. */
export type ReplayPart = {
  readonly scope: {
    readonly roots: readonly ArchiveRoot[]
    readonly feeds: readonly string[]
    readonly symbols: readonly string[] | null
    readonly from: string | null
    readonly to: string | null
  }
  /** Folder of tables of events; null: none. */
  readonly cacheDir: string | null
  /** Of `parts` processes this one takes the instruments of `part`. */
  readonly part: number
  readonly parts: number
  /** Events at most; null: all. */
  readonly most: number | null
  /** Rows that were received later are changed; null: none. */
  readonly future: string | null
}

export type EngineLimits = {
  /** Turns of loops, of one call of a signal's function. */
  readonly steps: number
  /** Of the process, as it is seen from within. */
  readonly memoryBytes: number
  readonly fires: number
}

/** A fire, before it has an id. */
export type RawFire = {
  /** Number of its event among those that were read, from 0. */
  readonly at: number
  readonly feed: string
  readonly symbol: string
  readonly recv: string
  /** By the exchange's clock; empty if it does not say. */
  readonly time: string
  /** Its record, the row of the record's frame (of a gap -1), and which fire of that row and instrument it is. */
  readonly connection: string
  readonly number: number
  readonly row: number
  readonly nth: number
  /** How many gaps there were until then: the order of fires of gaps that no record names. */
  readonly gaps: number
  /** JSON. */
  readonly payload: string
}

export type FromChild =
  | { readonly kind: 'loaded'; readonly about: About }
  | { readonly kind: 'done'; readonly fires: readonly RawFire[]; readonly counts: Counts }
  | { readonly kind: 'saved'; readonly text: string }
  /** While archives are read: what was fired since the last one, and what is done now. `heldBytes`: of tables that are open. */
  | {
      readonly kind: 'progress'
      readonly fires: readonly RawFire[]
      readonly counts: Counts
      readonly now: 'reading' | 'running'
      readonly heldBytes: number
    }
  /** What ssmd itself could not do. */
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly hint: string | null
    }
  | { readonly kind: 'refused'; readonly finding: Finding }

export type Counts = {
  readonly events: number
  readonly gaps: number
  /** Events that the signal was shown. */
  readonly shown: number
  /** Fires within a cooldown. */
  readonly cooled: number
  /** Fires within the warm-up, and those that did not rise. */
  readonly warming: number
  readonly held: number
}

const HEAD = 4

export function frameOf(message: ToChild): Buffer {
  const body = serialize(message)
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

/** Takes bytes as they come, and hands out messages. */
export class FrameReader {
  #chunks: Buffer[] = []
  #length = 0
  readonly #take: (message: ToChild) => void

  constructor(take: (message: ToChild) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length >= HEAD) {
      if (this.#chunks[0]!.length < HEAD) this.#join()
      const size = HEAD + this.#chunks[0]!.readUInt32LE()
      if (this.#length < size) return
      this.#join()
      const bytes = this.#chunks[0]!
      this.#chunks = size === bytes.length ? [] : [bytes.subarray(size)]
      this.#length -= size
      this.#take(deserialize(bytes.subarray(HEAD, size)) as ToChild)
    }
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
  }
}

const BY_ROW = [
  'kinds',
  'flags',
  'sides',
  'feeds',
  'types',
  'symbols',
  'connections',
  'numbers',
  'rows',
  'recvMs',
  'recvNs',
  'timeMs',
  'timeNs',
  'prices',
  'priceScales',
  'sizes',
  'sizeScales',
  'places',
  'sequenceStarts',
  'sequenceLengths',
  'idStarts',
  'idLengths',
] as const

export function columnsOf(batch: EventBatch): Columns {
  const { length, names, quotesLength, bytesLength, rare } = batch
  const columns: Record<string, unknown> = { length, names, quotesLength, bytesLength, rare }
  for (const name of BY_ROW) columns[name] = batch[name].subarray(0, length)
  columns.quotes = batch.quotes.subarray(0, quotesLength)
  columns.quoteScales = batch.quoteScales.subarray(0, quotesLength)
  columns.bytes = batch.bytes.subarray(0, bytesLength)
  return columns
}

/** Makes `batch` show these rows. */
export function useColumns(batch: EventBatch, columns: Columns): void {
  const { names, rare, ...rest } = columns as unknown as Pick<EventBatch, 'names' | 'rare'>
  batch.clear()
  batch.names.push(...names)
  batch.rare.push(...rare)
  Object.assign(batch, rest)
}
