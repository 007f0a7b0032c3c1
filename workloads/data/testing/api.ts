// The data API in this process, over an archive in a temporary folder, and plain requests to it.

import { rmSync } from 'node:fs'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { type Api, type ApiOptions, startApi } from '../api/server.ts'
import { allowAll } from '../http/access.ts'

import { ManifestCache } from '../model/manifests.ts'

export type TestApi = AsyncDisposable & {
  readonly api: Api
  readonly url: string
  readonly root: string
  readonly metrics: Registry
  /** Lines of its log. */
  readonly log: readonly Record<string, unknown>[]
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Reply>
}

export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly trailers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  readonly json: any
  /** False if the connection ended before the body did. */
  readonly complete: boolean
}

export async function startTestApi(
  options: Partial<ApiOptions> & { readonly fill?: (root: string) => Promise<unknown> } = {}
): Promise<TestApi> {
  const folder = temporaryFolder()
  await options.fill?.(folder.path)
  const stop = new AbortController()
  const metrics = new Registry()
  const lines: Record<string, unknown>[] = []
  const api = await startApi({
    roots: [{ path: folder.path, name: '' }],
    cacheDir: `${folder.path}-cache`,
    nowMs: () => Date.parse('2026-11-24T12:00:00Z'),
    manifests: new ManifestCache(),
    log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    version: '0.0.0',
    signal: stop.signal,
    host: '127.0.0.1',
    port: 0,
    authorize: allowAll,
    isLoopbackOnly: true,
    metrics,
    ...options,
  })
  const url = `http://${api.address}`
  return {
    api,
    url,
    metrics,
    root: folder.path,
    log: lines,
    get: (path, headers = {}) => ask(url + path, { headers }),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await api.close()
      folder[Symbol.dispose]()
      rmSync(`${folder.path}-cache`, { recursive: true, force: true })
    },
  }
}

/** One request on its own connection; the path goes out as it is given, without being tidied. */
export async function ask(
  url: string,
  options: RequestOptions = {},
  body?: string
): Promise<Reply> {
  const { host, hostname, port } = new URL(url)
  const path = url.slice(url.indexOf(host) + host.length)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ hostname, port, path, agent: false, ...options }, resolve)
    sent.once('error', reject)
    sent.end(body)
  })
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch {
    // The connection was cut: `complete` says so.
  }
  const bytes = Buffer.concat(chunks)
  return {
    status: response.statusCode!,
    headers: response.headers as Record<string, string>,
    trailers: response.trailers as Record<string, string>,
    bytes,
    text: bytes.toString('utf8'),
    get json() {
      return JSON.parse(bytes.toString('utf8'))
    },
    complete: response.complete,
  }
}

/** Sends bytes as they are and returns everything that comes until the server closes. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  await new Promise((resolve) => {
    socket.once('close', resolve)
    socket.once('error', resolve)
    socket.write(bytes)
  })
  return text
}
