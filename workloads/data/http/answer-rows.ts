// Rows on their way to a caller: one run at a time, in the form that was asked for, with what the answer is worth around them.

import { type Format, MEDIA_TYPES, type RowsWriter, type Times } from '../formats/format.ts'
import { rowsWriter } from '../formats/index.ts'
import type { Quality, RowsAnswer } from '../model/query.ts'
import type { Position } from '../model/rows.ts'
import { Body, CallerGone } from './body.ts'
import type { Limits } from './limits.ts'
import { takesGzip } from './negotiation.ts'
import { problemOf } from './problem.ts'
import { rawWriter } from './raw-writer.ts'
import type { ApiContext } from './route.ts'

/** Frames may be any bytes; most are lines of text. */
export const RAW_TYPE = 'text/plain; charset=utf-8'

export type RowsOptions = {
  readonly format: Format
  readonly times: Times
  /** Only the bytes of the column `frame`, a line each. */
  readonly raw: boolean
  readonly limits: Limits
  readonly cursorOf: (position: Position) => string
  /** The address of the rest. */
  readonly linkOf: (cursor: string) => string
  /** Called in any case: how many rows were written, and to what. */
  readonly onEnd: (rows: number, body: Body) => void
}

/** Headers that say what an answer is worth, and how it ended: known at the start for short answers, else behind the body. */
const TRAILERS = [
  'SSMD-Rows',
  'SSMD-Next-Cursor',
  'SSMD-Condition',
  'SSMD-Gaps',
  'SSMD-Simulated',
  'Link',
]

export async function answerRows(
  ctx: ApiContext,
  answer: RowsAnswer,
  options: RowsOptions
): Promise<void> {
  const { format, times, raw } = options
  const { rows: source, quality, about } = answer
  ctx.status = 200
  ctx.vary('Accept')
  ctx.vary('Accept-Encoding')
  ctx.set('Content-Type', raw ? RAW_TYPE : MEDIA_TYPES[format])
  const body = new Body(ctx, {
    gzip: takesGzip(ctx, format),
    limits: options.limits,
    onStart: () => {
      if (quality) ctx.set(qualityHeaders(quality()))
    },
    trailers: ctx.req.httpVersion === '1.1' ? TRAILERS : [],
  })
  const writerOptions = {
    columns: source.columns,
    times,
    sink: (bytes: Uint8Array) => body.write(bytes),
  }
  const writer = raw ? rawWriter(writerOptions) : rowsWriter(format, writerOptions)
  let rows = 0
  try {
    await writer.begin()
    for await (const run of source.runs) {
      if (ctx.res.destroyed) throw new CallerGone('the caller is gone')
      await writer.run(run)
      rows += run.length
      ctx.state.rows = rows
      await body.flush()
    }
    const next = source.next()
    const nextCursor = next === null ? null : options.cursorOf(next)
    await writer.end({ rows, quality: quality?.(), about: about?.(), nextCursor })
    await body.end({
      'SSMD-Rows': String(rows),
      ...(quality ? qualityHeaders(quality()) : {}),
      ...(nextCursor === null
        ? {}
        : { 'SSMD-Next-Cursor': nextCursor, Link: `<${options.linkOf(nextCursor)}>; rel="next"` }),
    })
  } catch (thrown) {
    await failed(ctx, body, writer, rows, thrown)
  } finally {
    options.onEnd(rows, body)
  }
}

/** Before anything was sent an error is the answer. After that the good part stays, is marked if it can be, and the connection ends. */
async function failed(
  ctx: ApiContext,
  body: Body,
  writer: RowsWriter,
  rows: number,
  thrown: unknown
): Promise<never> {
  if (thrown instanceof CallerGone) throw thrown
  if (!body.isStarted && (rows === 0 || writer.fail === undefined)) {
    ctx.remove('Content-Type')
    throw thrown
  }
  if (!body.isStarted) await body.start()
  if (writer.fail) await writer.fail({ rows, ...problemOf(thrown, ctx.path, ctx.state.requestId) })
  await body.breakOff()
  throw thrown
}

const WORST = ['damaged', 'missing', 'degraded', 'pending', 'available']

/** In short; the rows' own forms and /v1/coverage say more. */
export function qualityHeaders({ days, gaps }: Quality): Record<string, string> {
  const worst = WORST.find((one) => days.some(({ condition }) => condition === one))
  return {
    'SSMD-Condition': worst ?? 'none',
    'SSMD-Gaps': String(gaps.reduce((sum, gap) => sum + (gap.count ?? 1), 0)),
    'SSMD-Simulated': String(days.some(({ simulated }) => simulated)),
  }
}
