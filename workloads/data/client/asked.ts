// What is asked of archives or of a data API, and what an answer was worth. Whatever is asked, both give the same bytes.

import type { Format, Times } from '../formats/format.ts'
import type { Query } from '../model/query.ts'

/** Takes bytes in order; once its promise is settled they may be overwritten. */
export type ResultSink = (bytes: Uint8Array) => Promise<void>

export type Asked = {
  readonly query: Query
  readonly texts: readonly (readonly [name: string, text: string])[]
  readonly format: Format
  /** The frames as they were received, and nothing else. */
  readonly raw: boolean
  readonly times: Times
  readonly limit: number
  readonly cursor: string | undefined
}

/** What an answer was worth, and where to continue. */
export type Ended = {
  readonly gaps: number
  readonly simulated: boolean
  readonly condition: string
  readonly nextCursor: string | null
}

/** How far it is. */
export type Progress =
  | { readonly kind: 'days'; readonly done: number; readonly of: number }
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'bytes'; readonly bytes: number }

export type AskOptions = {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** Said to a person: a trouble, or a package that is being installed. */
  readonly onNotice: (line: string) => void
}
