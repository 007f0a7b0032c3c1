// In which form an answer is wanted: `?format=`, else `Accept`; and whether it may be compressed.

import { FORMATS, type Format, isText, MEDIA_TYPES } from '../formats/format.ts'
import { RequestError } from './problem.ts'
import type { ApiContext } from './route.ts'

/** Names under which programs ask for a form, the first one ours. */
const ACCEPTED: Readonly<Record<Format, readonly string[]>> = {
  json: ['application/json'],
  ndjson: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
  csv: ['text/csv'],
  parquet: ['application/vnd.apache.parquet', 'application/x-parquet'],
  arrow: ['application/vnd.apache.arrow.stream'],
}
const ALL = FORMATS.flatMap((format) => ACCEPTED[format])

export function formatOf(ctx: ApiContext, asked: Format | undefined): Format {
  if (asked !== undefined) return asked
  const accepted = ctx.accepts(...ALL)
  if (typeof accepted === 'string')
    return FORMATS.find((format) => ACCEPTED[format].includes(accepted))!
  throw new RequestError(406, 'none of the forms in Accept can be answered', {
    hint: `send Accept with one of ${FORMATS.map((format) => ACCEPTED[format][0]).join(', ')}, or ?format=`,
  })
}

export const takesGzip = (ctx: ApiContext, format: Format): boolean =>
  isText(format) && ctx.acceptsEncodings('gzip', 'identity') === 'gzip'

export const mediaType = (format: Format): string => MEDIA_TYPES[format]
