// A small stand-in for the API server, for faults that a real one will not produce on demand: 410 in every place, storms of
// 429, watches that go silent, lists from the past, slow answers. It speaks list, watch, apply, patch, put and delete
// over any kind, and is no authority on behaviour: what has to be true of Kubernetes is tested against Kubernetes.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type FakeEvent, type FakeObject, FakeStore, Refusal } from './fake-store.ts'

export type FakeRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly collection: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly userAgent: string
  readonly watch: boolean
}

/** What to do with a request instead of serving it; undefined serves it. */
export type Fault =
  | {
      readonly status: number
      readonly reason?: string
      readonly retryAfter?: number
      readonly causes?: readonly { reason: string; message: string }[]
    }
  /** No answer for so long; then it is served. */
  | { readonly delayMs: number }
  /** The connection is reset. */
  | 'reset'
  /** Served, but no answer is sent. */
  | 'served and lost'

export type WatchMode = {
  /** Nothing is sent, and nothing closes. */
  silent: boolean
  /** Sent at once to each new watch, instead of events. */
  script: readonly string[] | undefined
  /** A bookmark after so many milliseconds, again and again; 0 for none. */
  bookmarkMs: number
}

export class FakeApiServer {
  readonly store = new FakeStore()
  readonly requests: FakeRequest[] = []
  /** Every request that changed something, in the order in which it did. */
  readonly writes: { readonly request: FakeRequest; readonly at: number }[] = []
  readonly watchMode: WatchMode = { silent: false, script: undefined, bookmarkMs: 0 }
  /** Asked for every request. */
  fault: (request: FakeRequest) => Fault | undefined = () => undefined
  /** Lists not asked for with an empty version come from this version's past, if set. */
  staleList: { readonly version: number; readonly items: readonly FakeObject[] } | undefined
  readonly #server: Server
  readonly #watches = new Set<ServerResponse>()
  readonly #continues = new Map<string, { items: FakeObject[]; version: number }>()

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown) => response.destroy(thrown as Error))
    })
    this.#server.keepAliveTimeout = 60_000
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer()
    fake.#server.listen(0, '127.0.0.1')
    await once(fake.#server, 'listening')
    return fake
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  get openWatches(): number {
    return this.#watches.size
  }

  requestsTo(collection: string, verb: 'list' | 'watch'): readonly FakeRequest[] {
    return this.requests.filter(
      (request) =>
        request.collection === collection &&
        request.method === 'GET' &&
        request.name === undefined &&
        request.watch === (verb === 'watch')
    )
  }

  /** Sends a line to every open watch. */
  send(line: object | string): void {
    for (const watch of this.#watches)
      watch.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
  }

  bookmark(): void {
    const { version } = this.store
    this.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } })
  }

  /** Ends every open watch, as after timeoutSeconds. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end()
  }

  forgetContinues(): void {
    this.#continues.clear()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = parse(incoming)
    const body = await readBody(incoming)
    this.requests.push(request)
    const fault = this.fault(request)
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (typeof fault === 'object' && 'delayMs' in fault)
      // An answer that is still due keeps no process that has ended its tests.
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs).unref())
    try {
      if (typeof fault === 'object' && 'status' in fault) {
        if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter)
        throw new Refusal(fault.status, fault.reason ?? '', 'fault', { causes: fault.causes })
      }
      if (request.watch) {
        this.#watch(request, response)
        return
      }
      const { status, object } = this.#act(request, body)
      if (fault === 'served and lost') {
        incoming.socket.resetAndDestroy()
        return
      }
      answer(response, status, object)
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      answer(response, thrown.code, statusOf(thrown))
    }
  }

  #act(request: FakeRequest, body: unknown): { status: number; object: unknown } {
    const { method, collection, namespace, name, query, subresource } = request
    if (method === 'GET')
      return name === undefined
        ? { status: 200, object: this.#list(request) }
        : { status: 200, object: this.store.get(collection, namespace, name) }
    const object = body as FakeObject
    const manager = query.get('fieldManager') ?? request.userAgent
    if (!query.has('dryRun')) this.writes.push({ request, at: performance.now() })
    if (method === 'POST')
      return { status: 201, object: this.store.create(collection, object, manager) }
    if (method === 'PUT')
      return {
        status: 200,
        object: this.store.update(collection, object, { manager, subresource }),
      }
    if (method === 'DELETE') {
      const { preconditions } = (body ?? {}) as { preconditions?: { uid?: string } }
      return {
        status: 200,
        object: this.store.delete(collection, namespace, name ?? '', preconditions),
      }
    }
    if (request.method === 'PATCH' && query.has('fieldValidation')) {
      const applied = this.store.apply(collection, object, {
        manager,
        force: query.get('force') === 'true',
        dryRun: query.has('dryRun'),
        subresource,
      })
      return { status: applied.created ? 201 : 200, object: applied.object }
    }
    const old = this.store.get(collection, namespace, name ?? '')
    const next = mergePatch(old, body) as FakeObject
    return { status: 200, object: this.store.update(collection, next, { manager, subresource }) }
  }

  #list(request: FakeRequest): object {
    const { collection, namespace, query } = request
    const limit = Number(query.get('limit') ?? 0)
    const token = query.get('continue')
    let items: FakeObject[]
    let version = this.store.version
    if (token) {
      const rest = this.#continues.get(token)
      if (!rest) throw new Refusal(410, 'Expired', 'the continue token is too old')
      items = rest.items
      version = rest.version
    } else if (this.staleList && query.get('resourceVersion')) {
      items = [...this.staleList.items]
      version = this.staleList.version
    } else items = this.store.all(collection, namespace)
    const page = limit > 0 ? items.slice(0, limit) : items
    const rest = items.slice(page.length)
    let next = ''
    if (rest.length > 0) {
      next = `c${this.#continues.size + 1}`
      this.#continues.set(next, { items: rest, version })
    }
    return {
      kind: 'List',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(version), ...(next ? { continue: next } : {}) },
      items: page,
    }
  }

  #watch(request: FakeRequest, response: ServerResponse): void {
    const { collection, namespace, query } = request
    const since = Number(query.get('resourceVersion') ?? 0)
    if (since < this.store.compacted)
      throw new Refusal(410, 'Expired', `too old resource version: ${since}`)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    this.#watches.add(response)
    const { watchMode, store } = this
    const send = (event: FakeEvent) => {
      if (event.collection !== collection || watchMode.silent) return
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) return
      response.write(`${JSON.stringify({ type: event.type, object: event.object })}\n`)
    }
    if (watchMode.script) for (const line of watchMode.script) response.write(line)
    else for (const event of store.since(collection, since)) send(event)
    store.changes.on('event', send)
    const timer =
      watchMode.bookmarkMs > 0
        ? setInterval(() => this.bookmark(), watchMode.bookmarkMs)
        : undefined
    response.on('close', () => {
      store.changes.off('event', send)
      clearInterval(timer)
      this.#watches.delete(response)
    })
  }
}

function parse(incoming: IncomingMessage): FakeRequest {
  const url = new URL(incoming.url ?? '/', 'http://fake')
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const root = parts[0] === 'api' ? parts.splice(0, 2).slice(1) : parts.splice(0, 3).slice(1)
  const namespaced = parts[0] === 'namespaces' && parts.length > 2
  const namespace = namespaced ? parts.splice(0, 2)[1] : undefined
  const [plural = '', name, subresource] = parts
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    collection: [...root, plural].join('/'),
    namespace,
    name,
    subresource,
    userAgent: incoming.headers['user-agent'] ?? '',
    watch: url.searchParams.get('watch') === 'true',
  }
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : JSON.parse(text)
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const statusOf = (refusal: Refusal): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: refusal.message,
  reason: refusal.reason || undefined,
  details: refusal.details,
  code: refusal.code,
})

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as Record<string, unknown>) }
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  return result
}
