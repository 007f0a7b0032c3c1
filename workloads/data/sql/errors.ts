// What is wrong with a SQL statement, by kind: it is wrong, it is refused, or it was stopped at a limit; each says which.

import { SsmdError } from '#crds/errors.ts'
import type { SqlLimits } from './messages.ts'

/** From an error of DuckDB. `folder`: where its files are, which is no concern of the reader. */
export function sqlError(thrown: unknown, folder: string, limits: SqlLimits): SsmdError {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const message = text.replaceAll(folder, '').trim().slice(0, 2000)
  if (/^(Out of Memory|TransactionContext Error: .*Out of Memory)/i.test(message)) {
    return tooMuchMemory(limits.memoryBytes)
  }
  // What needs an extension reaches out of this process too; how to install one is no advice here.
  const [first = ''] = message.split('\n')
  if (/^Missing Extension Error/.test(message)) return beyond(first)
  if (/^Permission Error/.test(message)) return beyond(message)
  return wrongStatement(message)
}

export const wrongStatement = (why: string): SsmdError =>
  new SsmdError('SSMD_E_SQL', `the statement cannot be run: ${why}`, {
    hint: 'correct it; SHOW TABLES and DESCRIBE <table> say what exists',
  })

const beyond = (what: string): SsmdError =>
  new SsmdError('SSMD_E_SQL_REFUSED', `the statement reaches beyond its tables: ${what}`, {
    hint: 'it can read the tables and no file, address or extension; leave that part out',
  })

export const refusedStatement = (found: string): SsmdError =>
  new SsmdError(
    'SSMD_E_SQL_REFUSED',
    `one statement that reads is expected, and this is ${found}`,
    {
      hint: 'send one SELECT (or FROM, WITH, VALUES, DESCRIBE, SHOW TABLES, SUMMARIZE): nothing can be written, set, attached, copied or loaded',
    }
  )

export const tooMuchMemory = (bytes: number): SsmdError =>
  stopped(
    `more than ${megabytes(bytes)} of memory`,
    'read fewer columns or a shorter time, or sort and group less'
  )

export const tooMuchTime = (ms: number): SsmdError =>
  stopped(`more than ${ms / 1000} s`, 'name a shorter time, fewer symbols or a smaller join')

export const tooLargeAnswer = (bytes: number): SsmdError =>
  stopped(
    `an answer of more than ${megabytes(bytes)}`,
    'aggregate, or name fewer columns and rows; whole tables are at /v1/events and /v1/records'
  )

/** The process was ended from outside, most likely by the system because memory ran out. */
export const childEnded = (how: string): SsmdError =>
  new SsmdError('SSMD_E_SQL_LIMIT', `the process that ran the statement was ended (${how})`, {
    hint: 'memory may have run out: read fewer columns or a shorter time',
  })

const stopped = (took: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_SQL_LIMIT', `the statement took ${took} and was stopped`, { hint })

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
