// The files of a day, byte for byte: whole, or one range of them. The tag of a file is the sha256 that its manifest gives, and a whole
// answer whose bytes do not have it is cut off before its end.

import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { Body } from '../http/body.ts'
import type { Limits } from '../http/limits.ts'
import type { ApiMetrics } from '../http/metrics.ts'
import { RequestError } from '../http/problem.ts'
import { namesTag, readRange } from '../http/range.ts'
import { textsOf } from '../http/request-texts.ts'
import type { ApiContext, ApiDeps, Route } from '../http/route.ts'
import { parameterReader } from '../model/parameters.ts'
import type { Parameter } from '../model/query.ts'
import { FEED } from '../queries/common.ts'
import { type OpenDayFile, openDayFile } from '../read/day-files.ts'

const CHUNK = 64 * 1024
/** How often a segment that is being sealed is opened again. */
const ATTEMPTS = 20
const RETRY_MS = 50

export const DATE: Parameter = {
  name: 'date',
  required: true,
  schema: { type: 'string', format: 'day', description: 'The UTC day.', examples: ['2026-11-24'] },
}
const NAME: Parameter = {
  name: 'name',
  required: true,
  schema: {
    type: 'string',
    pattern: '^[a-z][a-z0-9_-]{0,60}(\\.[a-z]{1,8}){1,2}$',
    description: 'Name of the file, as /v1/datasets/{feed}/{date} lists it.',
    examples: ['manifest.json'],
  },
}

const MEDIA: Readonly<Record<OpenDayFile['kind'], string>> = {
  manifest: 'application/json',
  segment: 'application/gzip',
  index: 'application/x-ndjson',
  feed: 'application/yaml',
}

export function fileRoute(deps: ApiDeps, limits: Limits, metrics: ApiMetrics): Route {
  const parameters = [FEED, DATE, NAME]
  const read = parameterReader(parameters)
  const binary = { type: 'string', format: 'binary' }
  return {
    method: 'GET',
    path: '/v1/datasets/{feed}/{date}/files/{name}',
    need: 'data',
    class: 'file',
    document: {
      id: 'file',
      summary: 'A file of a day, byte for byte',
      description:
        'Takes Range, If-None-Match and If-Range. ETag is the sha256 that the manifest gives. Of a segment that still grows, what is committed.',
      tag: 'v1',
      parameters,
      answers: {
        200: {
          says: 'The whole file.',
          media: {
            ...Object.fromEntries(Object.values(MEDIA).map((type) => [type, binary])),
            [MEDIA.manifest]: { type: 'object', description: 'The manifest.' },
          },
        },
        206: { says: 'The range that was asked for.', media: { 'application/gzip': binary } },
        304: { says: 'The caller has it already.', media: {} },
      },
    },
    async handle(ctx) {
      const { feed, date, name } = read(textsOf(ctx))
      const scope = { ...deps, grant: ctx.state.caller.grant }
      await answerFile(ctx, limits, metrics, String(feed), String(date), () =>
        openDayFile(scope, String(feed), String(date), String(name))
      )
    },
  }
}

async function answerFile(
  ctx: ApiContext,
  limits: Limits,
  metrics: ApiMetrics,
  feed: string,
  date: string,
  open: () => Promise<OpenDayFile>
): Promise<void> {
  const file = await openUnmoved(open, ctx.get('Range') !== '')
  const { handle, kind, name, sealed } = file
  try {
    const size = file.bytes ?? (await handle.stat()).size
    const etag = `"${file.tag}"`
    ctx.state.format = 'raw'
    ctx.set({
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Content-Type': MEDIA[kind],
      'Content-Disposition': `attachment; filename="${feed}_${date}_${name}"`,
      'Cache-Control': sealed ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    })
    if (namesTag(ctx.get('If-None-Match') || undefined, etag)) {
      ctx.status = 304
      return
    }
    const ifRange = ctx.get('If-Range')
    const isWanted = ifRange === '' || ifRange === etag
    const range = isWanted ? readRange(ctx.get('Range') || undefined, size) : 'none'
    if (range === 'beyond') {
      throw new RequestError(416, `${name} has ${size} bytes`, {
        headers: { 'Content-Range': `bytes */${size}` },
      })
    }
    const { start, end } = range === 'none' ? { start: 0, end: size } : range
    ctx.status = range === 'none' ? 200 : 206
    if (range !== 'none') ctx.set('Content-Range', `bytes ${start}-${end - 1}/${size}`)
    ctx.set('Content-Length', String(end - start))
    if (ctx.method === 'HEAD') {
      ctx.respond = false
      ctx.res.writeHead(ctx.status).end()
      return
    }
    const isWhole = range === 'none'
    const sent = await send(ctx, limits, file, { start, end }, isWhole)
    metrics.bytes(ctx.state.route, sent)
  } finally {
    await handle.close()
  }
}

async function send(
  ctx: ApiContext,
  limits: Limits,
  { handle, sha256, name }: OpenDayFile,
  { start, end }: { readonly start: number; readonly end: number },
  isWhole: boolean
): Promise<number> {
  const body = new Body(ctx, { gzip: false, limits, onStart: () => {}, trailers: [] })
  const hash = isWhole && sha256 !== null ? createHash('sha256') : undefined
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(end - start, 1)))
  // A file without bytes has an answer, too.
  if (start === end) await body.start()
  for (let at = start; at < end; ) {
    const bytes = await readSome(handle, buffer, at, end)
    at += bytes.length
    const isBad =
      bytes.length === 0 ||
      (at === end && hash !== undefined && hash.update(bytes).digest('hex') !== sha256)
    if (isBad) {
      const error = new SsmdError('SSMD_E_ARCHIVE_INVALID', `${name} is not as its manifest says`, {
        hint: 'see `ssmd data verify`',
      })
      if (body.isStarted) await body.breakOff()
      throw error
    }
    if (at < end) hash?.update(bytes)
    await body.write(bytes)
  }
  if (!body.isStarted) await body.start()
  await body.end({})
  return body.bytes
}

async function readSome(
  handle: FileHandle,
  buffer: Buffer,
  at: number,
  end: number
): Promise<Buffer> {
  const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at)
  return buffer.subarray(0, bytesRead)
}

/**
 * The file as its manifest says. A segment that is sealed becomes another file a moment before its manifest says so: a range of
 * it would be of neither, so what is open is compared first.
 */
async function openUnmoved(
  open: () => Promise<OpenDayFile>,
  isRange: boolean
): Promise<OpenDayFile> {
  for (let attempt = 1; ; attempt++) {
    const file = await open().catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown
      // Removed since the manifest was read; another look says what there is now.
      return undefined
    })
    if (file !== undefined) {
      if (await isAsNamed(file, isRange)) return file
      await file.handle.close()
    }
    if (attempt === ATTEMPTS) {
      throw new SsmdError('SSMD_E_ARCHIVE_INVALID', 'the file is not as its manifest says', {
        hint: 'see `ssmd data verify`',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

async function isAsNamed(
  { handle, bytes, sha256, sealed }: OpenDayFile,
  isRange: boolean
): Promise<boolean> {
  const { size } = await handle.stat()
  if (bytes === null) return true
  if (size < bytes || (sealed && size !== bytes)) return false
  if (sealed || sha256 === null || !isRange) return true
  return (await hashOf(handle, bytes)).digest('hex') === sha256
}

async function hashOf(handle: FileHandle, bytes: number): Promise<Hash> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(4 * CHUNK)
  for (let at = 0; at < bytes; ) {
    const read = await readSome(handle, buffer, at, bytes)
    if (read.length === 0) break
    hash.update(read)
    at += read.length
  }
  return hash
}
