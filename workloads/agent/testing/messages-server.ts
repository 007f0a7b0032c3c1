// A Messages API on loopback that speaks the protocol to the letter: it refuses what the real one refuses, streams as it does, and fails on
// demand in every way that was seen. What it says is a script: a function of the request and of its number.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Block, type Message, type MessagesRequest, problemsOf } from './messages-check.ts'

export type SaidBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  /** `json` is sent in place of the input: it may be cut or wrong. */
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly input: object
      readonly json?: string
    }

export type Fault =
  /** Before any byte. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly type: string
      readonly headers?: Record<string, string>
    }
  | { readonly kind: 'cut-before-headers' }
  /** After so many bytes of the body. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** An error event in place of the rest, after so many events. */
  | { readonly kind: 'error-event'; readonly events: number; readonly type: string }
  /** Everything but message_stop. */
  | { readonly kind: 'no-stop' }
  /** Only pings, then the end. */
  | { readonly kind: 'pings' }

export type Reply = {
  readonly blocks: readonly SaidBlock[]
  /** @default tool_use if there is one, else end_turn */
  readonly stopReason?: string
  readonly fault?: Fault
  readonly usage?: Partial<ServerUsage>
  /** Bytes of a chunk: 1 divides every character. @default whole events */
  readonly chunk?: number
  /** Between two events. */
  readonly delayMs?: number
  /** Lines end with CR LF. */
  readonly crlf?: boolean
}

export type ServerUsage = {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly output_tokens: number
}

export type Asked = {
  /** From 0, refused ones left out. */
  readonly number: number
  readonly request: MessagesRequest & { readonly messages: readonly Message[] }
  /** The text of the last user message. */
  readonly text: string
  /** Of the last user message. */
  readonly results: readonly Block[]
}

export type Script = (asked: Asked) => Reply

export type MessagesServer = {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string
  /** Accepted requests. */
  readonly asked: readonly Asked[]
  /** What was refused, each with why; a good client has none. */
  readonly refused: readonly string[]
  /** Tools or system differed from those of the request before: the prompt cache would have missed. */
  readonly cacheMisses: readonly string[]
  readonly close: () => Promise<void>
}

const KEY = 'test-key'
export const TEST_KEY = KEY

export async function startMessages(script: Script): Promise<MessagesServer> {
  const asked: Asked[] = []
  const refused: string[] = []
  const cacheMisses: string[] = []
  let prefix = ''
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const fail = (status: number, type: string, message: string, headers = {}): void => {
      if (status === 400) refused.push(message)
      response.writeHead(status, {
        'content-type': 'application/json',
        'request-id': 'req_1',
        ...headers,
      })
      response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }))
    }
    const { headers, method, url = '' } = request
    const hasKey = headers.authorization === `Bearer ${KEY}` || headers['x-api-key'] === KEY
    if (!hasKey) return fail(401, 'authentication_error', 'invalid x-api-key')
    if (method !== 'POST' || url.split('?')[0] !== '/v1/messages')
      return fail(404, 'not_found_error', `Not found: ${url}`)
    if (headers['anthropic-version'] === undefined)
      return fail(400, 'invalid_request_error', 'anthropic-version: header is required')
    let body: MessagesRequest
    try {
      body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as MessagesRequest
    } catch {
      return fail(400, 'invalid_request_error', 'The request body is not valid JSON')
    }
    const problems = problemsOf(body)
    if (body.stream !== true) problems.push('stream: this server streams only')
    if (problems.length > 0) return fail(400, 'invalid_request_error', problems.join('; '))
    const now = JSON.stringify([body.tools, body.system])
    if (asked.length > 0 && now !== prefix)
      cacheMisses.push(`request ${asked.length}: tools or system changed`)
    prefix = now
    const one = askedOf(asked.length, body)
    asked.push(one)
    const reply = script(one)
    const { fault } = reply
    if (fault?.kind === 'status') return fail(fault.status, fault.type, fault.type, fault.headers)
    if (fault?.kind === 'cut-before-headers') return void response.destroy()
    await stream(response, reply, String(body.model), JSON.stringify(body.messages).length)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    refused,
    cacheMisses,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function askedOf(number: number, request: MessagesRequest): Asked {
  const messages = request.messages as readonly Message[]
  const { content } = messages.at(-1)!
  const blocks: readonly Block[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => String(text))
  return {
    number,
    request: { ...request, messages },
    text: texts.join('\n'),
    results: blocks.filter(({ type }) => type === 'tool_result'),
  }
}

async function stream(
  response: ServerResponse,
  reply: Reply,
  model: string,
  size: number
): Promise<void> {
  const { fault, crlf = false, chunk, delayMs = 0 } = reply
  const events = fault?.kind === 'pings' ? [ping, ping] : eventsOf(reply, model, size)
  const shown =
    fault?.kind === 'error-event'
      ? [...events.slice(0, fault.events), errorEvent(fault.type)]
      : fault?.kind === 'no-stop'
        ? events.slice(0, -1)
        : events
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' })
  const newline = crlf ? '\r\n' : '\n'
  const texts = shown.map((event) =>
    Buffer.from(`event: ${event.type}${newline}data: ${JSON.stringify(event)}${newline}${newline}`)
  )
  let left = fault?.kind === 'cut' ? fault.bytes : Number.POSITIVE_INFINITY
  for (const text of texts) {
    const size = chunk ?? text.length
    for (let at = 0; at < text.length && left > 0; at += size) {
      const piece = text.subarray(at, at + Math.min(size, left))
      left -= piece.length
      if (response.destroyed) return
      await new Promise<void>((resolve) => response.write(piece, () => resolve()))
    }
    if (left <= 0) return void response.destroy()
    if (delayMs > 0) await pause(delayMs)
  }
  response.end()
}

type StreamEvent = { readonly type: string; readonly [member: string]: unknown }
const ping: StreamEvent = { type: 'ping' }
const errorEvent = (type: string): StreamEvent => ({
  type: 'error',
  error: { type, message: type },
})

function eventsOf(
  { blocks, stopReason, usage }: Reply,
  model: string,
  size: number
): StreamEvent[] {
  const isToolUse = blocks.some(({ type }) => type === 'tool_use')
  const counted: ServerUsage = {
    input_tokens: Math.ceil(size / 4),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1 + Math.ceil(JSON.stringify(blocks).length / 4),
    ...usage,
  }
  const message = {
    id: `msg_${size}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...counted, output_tokens: 1 },
  }
  const stop = stopReason ?? (isToolUse ? 'tool_use' : 'end_turn')
  return [
    { type: 'message_start', message },
    ping,
    ...blocks.flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: counted.output_tokens },
    },
    { type: 'message_stop' },
  ]
}

function blockEvents(block: SaidBlock, index: number): StreamEvent[] {
  const start = (content: object): StreamEvent => ({
    type: 'content_block_start',
    index,
    content_block: content,
  })
  const delta = (one: object): StreamEvent => ({ type: 'content_block_delta', index, delta: one })
  const stop: StreamEvent = { type: 'content_block_stop', index }
  switch (block.type) {
    case 'text':
      return [
        start({ type: 'text', text: '' }),
        ...pieces(block.text).map((text) => delta({ type: 'text_delta', text })),
        stop,
      ]
    case 'thinking':
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...pieces(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ]
    case 'tool_use': {
      const { id, name, input, json = JSON.stringify(input) } = block
      const isEmpty = json === '{}'
      return [
        start({ type: 'tool_use', id, name, input: {} }),
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...(isEmpty
          ? []
          : pieces(json).map((part) => delta({ type: 'input_json_delta', partial_json: part }))),
        stop,
      ]
    }
  }
}

/** As tokens come: some characters each. */
const pieces = (text: string): string[] => text.match(/[\s\S]{1,7}/gu) ?? []

/** A reply of one text. */
export const says = (text: string): Reply => ({ blocks: [{ type: 'text', text }] })

let used = 0
/** A reply that uses a tool. */
export const usesTool = (name: string, input: object, text = ''): Reply => ({
  blocks: [
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    { type: 'tool_use', id: `toolu_${++used}`, name, input },
  ],
})
