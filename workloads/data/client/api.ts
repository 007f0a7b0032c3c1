// Queries asked of a data API.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ERROR_CODES, type ErrorCode, SsmdError, usageError } from '#crds/errors.ts'
import type { Asked, AskOptions, Ended, ResultSink } from './asked.ts'

/** Throws an SsmdError; what reached the sink until then is not all of it. */
export async function askApi(
  url: URL,
  { query, texts, format, raw, times, limit, cursor }: Asked,
  sink: ResultSink,
  { signal, onProgress }: AskOptions
): Promise<Ended> {
  const pairs: (readonly [string, string])[] = [
    ...texts,
    ['limit', String(limit)],
    ['times', times],
    ...(cursor === undefined ? [] : [['cursor', cursor] as const]),
    raw ? ['raw', '1'] : ['format', format],
  ]
  const address = new URL(`${url.href.replace(/\/+$/, '')}${query.path}`)
  const body = query.method === 'POST' ? bodyOf(pairs) : undefined
  if (body === undefined) address.search = String(new URLSearchParams(pairs.map(([...one]) => one)))
  const response = await requested(address, body, signal)
  const answer = response.headers['content-encoding'] === 'gzip' ? unzipped(response) : response
  if (response.statusCode !== 200) throw await problemOf(response, answer, url)
  let bytes = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      await sink(chunk)
      bytes += chunk.length
      onProgress({ kind: 'bytes', bytes })
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw new SsmdError('SSMD_E_IO', `the answer of ${url.origin} ended before it was whole`, {
      hint: 'ask again; what came so far is not all of it',
      cause: thrown,
    })
  }
  return endedOf(response)
}

function unzipped(response: IncomingMessage): Readable {
  const body = createGunzip()
  response.on('error', (error) => body.destroy(error))
  response.on('aborted', () => body.destroy(new Error('the connection was closed')))
  return response.pipe(body)
}

/** A name that is given several times is a list. */
function bodyOf(pairs: readonly (readonly [name: string, text: string])[]): string {
  const members: Record<string, string | string[]> = {}
  for (const [name, text] of pairs) {
    const before = members[name]
    members[name] = before === undefined ? text : [before, text].flat()
  }
  return JSON.stringify(members)
}

function requested(
  url: URL,
  body: string | undefined,
  signal: AbortSignal
): Promise<IncomingMessage> {
  const { SSMD_API_KEY } = process.env
  const headers = {
    'Accept-Encoding': 'gzip',
    ...(SSMD_API_KEY ? { 'X-API-Key': SSMD_API_KEY } : {}),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  }
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const asked = request(url, { method, headers, signal }, resolve)
    asked.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        new SsmdError(
          'SSMD_E_IO',
          `${url.origin} cannot be reached: ${error.message || error.code}`,
          {
            hint: 'check --url or SSMD_DATA_URL, and that ssmd data-api runs there',
            cause: error,
          }
        )
      )
    })
    asked.end(body)
  })
}

/** Behind the body, or before it if the answer was short. */
function endedOf({ headers, trailers }: IncomingMessage): Ended {
  const said = (name: string): string | undefined => {
    const value = trailers[name] ?? headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  return {
    gaps: Number(said('ssmd-gaps') ?? 0),
    simulated: said('ssmd-simulated') === 'true',
    condition: said('ssmd-condition') ?? '',
    nextCursor: said('ssmd-next-cursor') ?? null,
  }
}

/** Of a problem at most: what is longer was not written by a data API. */
const MOST_BYTES = 65_536

async function problemOf(
  { statusCode }: IncomingMessage,
  body: Readable,
  url: URL
): Promise<SsmdError> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) break
    chunks.push(chunk)
  }
  const problem = parsed(Buffer.concat(chunks).toString('utf8'))
  const { code, detail, hint } = problem
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) && typeof detail === 'string') {
    return new SsmdError(code as ErrorCode, detail, typeof hint === 'string' ? { hint } : {})
  }
  return statusCode === 404
    ? usageError(`${url.origin} is no data API`, 'check --url or SSMD_DATA_URL')
    : new SsmdError('SSMD_E_IO', `${url.origin} answered with status ${statusCode}`, {
        hint: 'see the log of that data API',
      })
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
