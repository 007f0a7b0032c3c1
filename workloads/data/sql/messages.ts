// What is said between a program that answers SQL and the child process that runs it. Each message of the child is an answer to one of
// the parent, so that neither runs ahead of the other.

import type { ErrorCode } from '#crds/errors.ts'
import type { Column, RowRun } from '../model/rows.ts'

/** How much one statement may take. */
export type SqlLimits = {
  /** Of all its steps together, without the time in which its reader was waited for. */
  readonly timeMs: number
  readonly threads: number
  /** What DuckDB may allocate. */
  readonly memoryBytes: number
  /** What the process may hold: not every allocation of DuckDB is under its own limit. */
  readonly residentBytes: number
  /** Of all rows of the answer together. */
  readonly answerBytes: number
}

const MB = 1024 * 1024
export const SQL_LIMITS: SqlLimits = {
  timeMs: 30_000,
  threads: 2,
  memoryBytes: 512 * MB,
  residentBytes: 1024 * MB,
  answerBytes: 64 * MB,
}

export type View = { readonly name: string; readonly sql: string }

export type ToChild =
  | {
      readonly kind: 'parse'
      readonly sql: string
      /** Where `@duckdb/node-api` is imported from. */
      readonly packageUrl: string
      /** The only folder that can be read. */
      readonly folder: string
      readonly limits: SqlLimits
    }
  | { readonly kind: 'run'; readonly views: readonly View[] }
  | { readonly kind: 'next' }

export type FromChild =
  | { readonly kind: 'parsed' }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'rows'; readonly run: RowRun }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'problem'
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
    }
