// The routes of the queries: each answers one query of QUERIES, whatever it is.

import { FORMATS, type Format, MEDIA_TYPES, TIMES, type Times } from '../formats/format.ts'
import { answerDocument } from '../http/answer-document.ts'
import { answerRows, RAW_TYPE } from '../http/answer-rows.ts'
import type { Limits } from '../http/limits.ts'
import type { ApiMetrics } from '../http/metrics.ts'
import { formatOf } from '../http/negotiation.ts'
import { requestSignal } from '../http/request-signal.ts'
import { textsOf } from '../http/request-texts.ts'
import type { ApiContext, ApiDeps, Route } from '../http/route.ts'
import { pathNames } from '../http/route.ts'
import { readCursor, writeCursor } from '../model/cursor.ts'
import { parameterReader } from '../model/parameters.ts'
import type { Parameter, Parameters, Query, QueryContext } from '../model/query.ts'
import { queryDocument } from './query-document.ts'

/** Of every query that answers rows, beside its own. */
export function rowsParameters({ answer }: Query): Parameter[] {
  if (answer.kind !== 'rows') return []
  const { usual, most } = answer.limit
  return [
    {
      name: 'limit',
      schema: {
        type: 'integer',
        minimum: 1,
        maximum: most,
        default: usual,
        description:
          'Rows at most. The answer says whether rows were left out, and where to continue.',
      },
    },
    {
      name: 'cursor',
      schema: {
        type: 'string',
        description:
          'next_cursor of an answer: continues behind its last row. Send the same parameters with it.',
      },
    },
    {
      name: 'format',
      schema: {
        type: 'string',
        enum: [...FORMATS],
        description: 'Form of the answer; wins over Accept.',
      },
    },
    {
      name: 'times',
      schema: {
        type: 'string',
        enum: [...TIMES],
        default: 'rfc3339',
        description:
          'Times in JSON and CSV: RFC 3339 with nine decimals, or nanoseconds since 1970 as text.',
      },
    },
    ...(hasFrames(answer.columns)
      ? [
          {
            name: 'raw',
            schema: {
              type: 'boolean',
              default: false,
              description:
                'Only the frames, byte for byte as received, each with a line feed behind.',
            },
          },
        ]
      : []),
  ]
}

const hasFrames = (columns: readonly { readonly name: string; readonly type: string }[]): boolean =>
  columns.some(({ name, type }) => name === 'frame' && type === 'bytes')

export function queryRoutes(
  queries: readonly Query[],
  deps: ApiDeps,
  limits: Limits,
  metrics: ApiMetrics
): Route[] {
  return queries.map((query): Route => {
    for (const name of pathNames(query.path))
      if (!query.parameters.some((one) => one.name === name))
        throw new Error(`${query.name}: {${name}} of its path is no parameter`)
    const read = parameterReader([...query.parameters, ...rowsParameters(query)])
    return {
      method: 'GET',
      path: query.path,
      need: 'data',
      class: query.class,
      document: queryDocument(query, [...query.parameters, ...rowsParameters(query)]),
      handle: (ctx) => answerQuery(ctx, query, read(textsOf(ctx)), deps, limits, metrics),
    }
  })
}

export async function answerQuery(
  ctx: ApiContext,
  query: Query,
  values: Parameters,
  deps: ApiDeps,
  limits: Limits,
  metrics: ApiMetrics
): Promise<void> {
  const own = new Set(query.parameters.map(({ name }) => name))
  const parameters = Object.fromEntries(Object.entries(values).filter(([name]) => own.has(name)))
  using asked = requestSignal(ctx, deps.signal)
  const context: QueryContext = {
    roots: deps.roots,
    cacheDir: deps.cacheDir,
    ...(deps.cache ? { cache: deps.cache } : {}),
    ...(deps.pool ? { pool: deps.pool } : {}),
    nowMs: deps.nowMs,
    manifests: deps.manifests,
    grant: ctx.state.caller.grant,
    signal: asked.signal,
    onNotice: (line) => deps.log.info(line),
    limit: query.answer.kind === 'rows' ? Number(values.limit) : 0,
    after:
      typeof values.cursor === 'string' && query.answer.kind === 'rows'
        ? readCursor(values.cursor, query.name, parameters)
        : null,
  }
  ctx.set('Cache-Control', 'private, no-cache')
  if (ctx.method === 'HEAD') {
    answerHead(ctx, query, values)
    return
  }
  if (query.answer.kind === 'document') {
    ctx.state.format = 'json'
    const answer = await query.run(parameters, context)
    if (answer.kind !== 'document') throw new Error(`${query.name} answered rows`)
    await answerDocument(ctx, answer.body, limits)
    return
  }
  const raw = values.raw === true
  const format = raw ? 'ndjson' : formatOf(ctx, values.format as Format | undefined)
  ctx.state.format = raw ? 'raw' : format
  const answer = await query.run(parameters, context)
  if (answer.kind !== 'rows') throw new Error(`${query.name} answered a document`)
  await answerRows(ctx, answer, {
    format,
    raw,
    times: values.times as Times,
    limits,
    cursorOf: (position) => writeCursor(query.name, parameters, position),
    linkOf: (cursor) => linkWith(ctx, cursor),
    onEnd: (rows, body) => {
      metrics.rows(ctx.state.route, rows)
      metrics.bytes(ctx.state.route, body.bytes)
      if (body.isSlow) metrics.slowReader()
    },
  })
}

/** The headers alone: the question is checked, and nothing is read for an answer that is thrown away. */
function answerHead(ctx: ApiContext, { answer }: Query, values: Parameters): void {
  const isDocument = answer.kind === 'document'
  const format = isDocument ? 'json' : formatOf(ctx, values.format as Format | undefined)
  ctx.vary('Accept')
  ctx.set('Content-Type', values.raw === true ? RAW_TYPE : MEDIA_TYPES[format])
  ctx.respond = false
  ctx.res.writeHead(200).end()
}

/** The address of this request with another cursor. */
function linkWith(ctx: ApiContext, cursor: string): string {
  const pairs = ctx.querystring
    .split('&')
    .filter((pair) => pair !== '' && !/^cursor(=|$)/.test(pair))
  return `${ctx.path}?${[...pairs, `cursor=${cursor}`].join('&')}`
}
