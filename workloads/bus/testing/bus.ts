// What the tests of this room share: a server with a connection, a stream, and what is in it, read with the client
// library's own consumer and none of ours.

import type { NatsConnection } from 'nats'
import type { Logger } from 'pino'
import { type NatsOptions, startNats, type TestNats } from '#testing/nats.ts'
import { connectBus } from '../connect.ts'
import type { BlockMaker } from '../publisher.ts'
import type { StreamWant } from '../stream.ts'
import { collectLogs, type LogLine } from './logs.ts'

export type TestBus = {
  readonly nats: TestNats
  readonly nc: NatsConnection
  readonly log: Logger
  readonly lines: LogLine[]
  readonly stop: AbortController
  close(): Promise<void>
}

export async function startBus(options: NatsOptions = {}): Promise<TestBus> {
  const nats = await startNats(options)
  const { log, lines } = collectLogs()
  const stop = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'test', log, signal: stop.signal })
  return {
    nats,
    nc,
    log,
    lines,
    stop,
    async close() {
      stop.abort()
      await nc.close()
      await nats.stop()
    },
  }
}

/** A stream of its own for each name. */
export const streamWant = (name: string, over: Partial<StreamWant> = {}): StreamWant => ({
  name,
  subjects: [`${name}.log.>`],
  maxAgeMs: 3_600_000,
  maxBytes: 256 * 1024 * 1024,
  replicas: 1,
  duplicateWindowMs: 120_000,
  ...over,
})

export type StoredBlock = { readonly sequence: number; readonly id: string; readonly text: string }

/** Everything in the stream, in its order. */
export async function readStream(nc: NatsConnection, name: string): Promise<StoredBlock[]> {
  const stored: StoredBlock[] = []
  const js = nc.jetstream()
  const { state } = await (await js.jetstreamManager()).streams.info(name)
  if (state.messages === 0) return stored
  const consumer = await js.consumers.get(name)
  for await (const msg of await consumer.consume({ max_messages: 5000 })) {
    stored.push({
      sequence: msg.seq,
      id: msg.headers?.get('Nats-Msg-Id') ?? '',
      text: msg.string(),
    })
    if (msg.seq === state.last_seq) break
  }
  return stored
}

/** Of blocks that no test means to be too large. */
export const whole: BlockMaker = {
  tooLarge: (block, limit) => {
    throw new Error(`a block of ${block.length} bytes is larger than ${limit}`)
  },
}
