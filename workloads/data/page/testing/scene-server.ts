// The page as the real server serves it, with the answers of a scene in front of the data API.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTestApi, type TestApi } from '../../testing/api.ts'
import { answerOf, type Scene } from './scene.ts'

export type SceneServer = AsyncDisposable & {
  readonly url: string
  /** What was asked of the API, as paths with their query. */
  readonly asked: readonly string[]
  /** What is live, once more, to every open stream of it. */
  readonly beat: () => void
  /** Sends to every open stream of this path. */
  readonly send: (path: string, data: object, event?: string) => void
  /** From now on every answer is this problem; undefined: as before. */
  fail: (
    problem: { status: number; title: string; detail: string; hint: string } | undefined
  ) => void
}

/** `fixedMs`: what the answers take for now, for pictures. */
export async function startScene(scene: Scene, fixedMs?: number): Promise<SceneServer> {
  const api = await startTestApi()
  const asked: string[] = []
  const streams = new Map<ServerResponse, string>()
  let problem: Parameters<SceneServer['fail']>[0]
  const now = () => fixedMs ?? Date.now()
  const live = new URLSearchParams()
  const beat = () =>
    send('/v1/live', answerOf(scene, { path: '/v1/live', query: live }, now()) ?? {})
  const timer = setInterval(beat, 1000)
  const send: SceneServer['send'] = (path, data, event = 'message') => {
    for (const [response, of] of streams)
      if (of === path) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (!/^\/(v1|health)/.test(pathname)) return void pass(api, request, response)
    asked.push(request.url ?? '')
    if (problem !== undefined)
      return end(response, problem.status, problem, 'application/problem+json')
    if (pathname === '/health')
      return end(response, 200, { status: 'ok', version: '0.1.0', keys: false })
    if (pathname === '/v1/tail' || searchParams.get('stream') === '1') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write(': open\n\n')
      streams.set(response, pathname)
      request.once('close', () => streams.delete(response))
      return
    }
    const body = answerOf(scene, { path: pathname, query: searchParams }, now())
    if (body === undefined)
      end(
        response,
        404,
        {
          status: 404,
          title: 'Not found',
          detail: 'there is no such day',
          hint: 'see the days of the feed',
        },
        'application/problem+json'
      )
    else end(response, 200, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    beat,
    send,
    fail: (next) => {
      problem = next
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await api[Symbol.asyncDispose]()
    },
  }
}

function end(
  response: ServerResponse,
  status: number,
  body: object,
  type = 'application/json'
): void {
  response.writeHead(status, { 'Content-Type': type })
  response.end(JSON.stringify(body))
}

async function pass(
  api: TestApi,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const { status, headers, bytes } = await api.get(request.url ?? '/')
  const { 'transfer-encoding': _, connection: __, ...kept } = headers
  response.writeHead(status, kept)
  response.end(bytes)
}
