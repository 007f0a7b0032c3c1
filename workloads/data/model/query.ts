// What a query is. Each is defined once, in queries/<name>.ts; HTTP routes, OpenAPI, the `ssmd data` commands, and later MCP and the
// agent derive from it. A query knows no HTTP and no terminal.

import type { Gap } from '#archive/read/reader.ts'
import type { ArchiveRoot } from '#events/history.ts'
import type { BuildPool } from '#events/tables/build-pool.ts'
import type { TableCache } from '#events/tables/cache.ts'
import type { ManifestCache } from './manifests.ts'
import type { Column, Position, Rows } from './rows.ts'

/** A JSON Schema of the 2020-12 dialect, as plain data. */
export type Schema = Readonly<Record<string, unknown>>

/** One parameter: its values come as texts, from a URL or a command line, and are checked by the schema. */
export type Parameter = {
  readonly name: string
  /** Of the value; of each value if it is a list. With `description` and, where it helps, `examples` and `default`. */
  readonly schema: Schema
  readonly required?: boolean
  /** May be given several times, or as values with commas between. */
  readonly list?: boolean
}

/** How good the data of an interval is: part of every answer over one. */
export type Quality = {
  /** Of each day of each feed that the answer was made of. */
  readonly days: readonly DayQuality[]
  /** Holes inside the interval that touch what was asked for. */
  readonly gaps: readonly (Gap & { readonly feed: string; readonly day: string })[]
}
export type DayQuality = {
  readonly feed: string
  readonly day: string
  readonly condition: string
  readonly simulated: boolean
  /** Another program archived records of it; left out if none did. */
  readonly imported?: true
  /** By channel, what the exchange's protocol can prove about completeness. */
  readonly proof: Readonly<Record<string, string>>
}

export type RowsAnswer = {
  readonly kind: 'rows'
  readonly rows: Rows
  /** Of an answer over an interval; complete once the rows have ended. */
  readonly quality?: () => Quality
  /** Facts of the whole answer, known once the rows have ended: what a book is of, for instance. */
  readonly about?: () => Readonly<Record<string, unknown>>
}
export type DocumentAnswer = { readonly kind: 'document'; readonly body: unknown }
export type Answer = RowsAnswer | DocumentAnswer

/** What a caller may see; the API makes it from a key. A feed that it leaves out does not exist for the query. */
export type Grant = {
  readonly feeds: (feed: string) => boolean
  readonly days: (day: string) => boolean
}

/** What a query is run with. */
export type QueryContext = {
  readonly roots: readonly ArchiveRoot[]
  /** Folder of the columnar cache. */
  readonly cacheDir: string
  readonly grant: Grant
  /** Manifests that were read already. @default they are read again */
  readonly manifests?: ManifestCache
  /** The columnar cache, one of the process. @default tables are built from lines */
  readonly cache?: TableCache | null
  /** Threads that build tables, shared by the queries of the process. @default of each reading its own */
  readonly pool?: BuildPool
  readonly nowMs: () => number
  /** Aborted when the caller no longer waits for the answer. */
  readonly signal: AbortSignal
  /** For rows: after which row to continue. */
  readonly after: Position | null
  /** For rows: how many at most. */
  readonly limit: number
  /** Said to a person who waits: what has been read, of how much. */
  readonly onProgress?: (done: number, of: number) => void
  /** Said to a person who waits, or into a log: a package is being installed, for instance. */
  readonly onNotice?: (line: string) => void
}

/** As checked: a text, a number, a flag, or a list of them, by the schema. */
export type Parameters = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>

export type Query = {
  /** As the commands and tools name it, such as `bars`. */
  readonly name: string
  /** Under the API, such as `/v1/bars` or `/v1/datasets/{feed}/{date}`; parameters in braces are parameters too. */
  readonly path: string
  /** `POST`: its parameters are the members of a JSON body, because they are longer than an address should be. @default GET */
  readonly method?: 'POST'
  /** One line. */
  readonly summary: string
  /** What it guarantees: order, units, what is left out. */
  readonly description: string
  /** `read`: answers from what is stored. `compute`: works on all of it, and is limited more. */
  readonly class: 'read' | 'compute'
  readonly parameters: readonly Parameter[]
  readonly answer:
    | {
        readonly kind: 'rows'
        readonly columns: readonly Column[]
        /** Rows if no limit is given, and at most. */
        readonly limit: { readonly usual: number; readonly most: number }
      }
    | { readonly kind: 'document'; readonly schema: Schema }
  /** Bytes of the answer as a tool of the agent gets it. */
  readonly budget: number
  readonly run: (parameters: Parameters, context: QueryContext) => Promise<Answer>
}
