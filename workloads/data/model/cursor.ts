// Where to continue an answer that was cut. A cursor is a place in the total order of a query, so it stays valid while a day grows; it
// names the query and its parameters, so it fits no other. It grants nothing: its request needs the same rights as the first one.

import { createHash } from 'node:crypto'
import { SsmdError } from '#crds/errors.ts'
import type { Parameters } from './query.ts'
import type { Position } from './rows.ts'

/** A place is some names and times; a longer text is no cursor. */
const LONGEST = 2048
/** Characters of the checksum, which finds a cursor that was cut or mistyped. */
const SUM = 8

export function writeCursor(query: string, parameters: Parameters, position: Position): string {
  const text = JSON.stringify([query, filterHash(parameters), ...position])
  return Buffer.from(sum(text) + text).toString('base64url')
}

/** Throws SSMD_E_USAGE if it is no cursor, or one of another query or of other parameters. */
export function readCursor(cursor: string, query: string, parameters: Parameters): Position {
  const fields = parse(cursor)
  if (fields === undefined)
    throw refused('this is no cursor, or not all of it', 'send next_cursor of an answer as it came')
  const [of, filter, ...position] = fields
  if (of !== query)
    throw refused(
      `this cursor is of the query ${of}, not of ${query}`,
      'ask the query that it came from'
    )
  if (filter !== filterHash(parameters))
    throw refused(
      'this cursor is of the same query with other parameters',
      'send the parameters of the first request with every cursor; limit and format may differ'
    )
  return position
}

const refused = (message: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', message, { hint })

function parse(cursor: string): [string, string, ...(string | number)[]] | undefined {
  if (cursor.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined
  const whole = Buffer.from(cursor, 'base64url').toString('utf8')
  const text = whole.slice(SUM)
  if (sum(text) !== whole.slice(0, SUM)) return undefined
  // A text with the right sum was written above, or by a caller who may write anything.
  try {
    const fields: unknown = JSON.parse(text)
    const isPlain = (one: unknown): boolean => typeof one === 'string' || Number.isFinite(one)
    if (!Array.isArray(fields) || fields.length < 3 || !fields.every(isPlain)) return undefined
    return fields as [string, string, ...(string | number)[]]
  } catch {
    return undefined
  }
}

const sum = (text: string): string => hash(text).slice(0, SUM)

/** Of what the rows depend on: all parameters of the query, in the order of their names. */
const filterHash = (parameters: Parameters): string =>
  hash(
    JSON.stringify(
      Object.entries(parameters)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
    )
  ).slice(0, 16)

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')
