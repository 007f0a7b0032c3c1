// A reader of server-sent events, by the rules of the specification: for tests, with every event kept.

import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { within } from '#testing/deadline.ts'

export type Received = {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every form
  readonly data: any
}

export type TestEventSource = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly events: readonly Received[]
  /** Of the last event, shown or not. */
  readonly lastId: string
  /** Comments and events without data. */
  readonly heartbeats: number
  readonly isOver: boolean
  /** Stops reading from the socket, and goes on. */
  pause(): void
  resume(): void
  close(): void
}

const OPEN_MS = 20_000

export async function openEventSource(
  url: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<TestEventSource> {
  const sent: ClientRequest = request(url, { headers, agent: false })
  const response = await within(
    OPEN_MS,
    `answer of ${url}`,
    new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.once('error', reject)
      sent.end()
    })
  )
  const events: Received[] = []
  const state = { lastId: '', heartbeats: 0, isOver: false }
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      let event = 'message'
      const data: string[] = []
      for (const line of part.split('\n')) {
        const [, field = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? []
        if (field === 'id') state.lastId = value
        else if (field === 'event') event = value
        else if (field === 'data') data.push(value)
      }
      if (data.length === 0) state.heartbeats++
      else events.push({ id: state.lastId, event, data: JSON.parse(data.join('\n')) })
    }
  })
  const end = (): void => {
    state.isOver = true
  }
  response.on('close', end)
  response.on('error', end)
  sent.on('error', end)
  return {
    status: response.statusCode!,
    headers: response.headers,
    events,
    get lastId() {
      return state.lastId
    },
    get heartbeats() {
      return state.heartbeats
    },
    get isOver() {
      return state.isOver
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void sent.destroy(),
  }
}
