// Reads a stream's blocks in stream order, each once, and leaves nothing on the server: a consumer without acknowledgements that the
// server forgets when its reader is gone, so that no archive waits for it. It recovers automatically from lost connections.

import { ConsumerEvents, type ConsumerMessages, DeliverPolicy, type NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { toBusError } from './api.ts'
import { restartError, restartOf, streamFacts } from './stream.ts'

export type TailOptions = {
  readonly stream: string
  /** `new`: blocks that are published from now on. A date: blocks that were stored from then on. A number: from that sequence on. */
  readonly from: 'new' | 'first' | Date | number
  /** Bytes of blocks that are requested and held here, at most; room for two of the largest at least. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export type TailBlock = {
  readonly sequence: number
  readonly data: Uint8Array
}

export type Tail = {
  /** Where the reading begins: everything up to here is before it. */
  readonly sequence: number
  readonly blocks: AsyncIterable<TailBlock>
}

/** Opens the reading; SSMD_E_STREAM if there is no such stream. The iteration ends with `signal`. */
export async function tailStream(nc: NatsConnection, options: TailOptions): Promise<Tail> {
  const { stream, from } = options
  const facts = await streamFacts(nc, stream)
  if (!facts) {
    throw new SsmdError('SSMD_E_STREAM', `stream ${stream} does not exist`, {
      hint: 'start the connector of the feed: it creates the stream',
    })
  }
  const before = from === 'new' ? facts.lastSequence : typeof from === 'number' ? from - 1 : 0
  const what = `reading stream ${stream}`
  try {
    const consumer = await nc.jetstream().consumers.get(stream, {
      ...(from instanceof Date
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.toISOString() }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: before + 1 }),
    })
    // Not max_bytes: the client (nats.js 2.29) remembers a max_messages of its own beside it, and refuses both together when it
    // recreates the consumer after a lost connection, with an error that ends the process.
    const largest = nc.info?.max_payload ?? 1024 * 1024
    const messages = await consumer.consume({
      max_messages: Math.max(2, Math.floor(options.maxBytes / largest)),
      expires: EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS,
    })
    // From now on, whether the blocks are asked for or not.
    const stop = (): void => messages.stop()
    options.signal.addEventListener('abort', stop, { once: true })
    void messages.closed().then(() => options.signal.removeEventListener('abort', stop))
    if (options.signal.aborted) stop()
    return { sequence: before, blocks: blocksOf(nc, messages, facts.created, before, options) }
  } catch (thrown) {
    throw toBusError(thrown, what)
  }
}

/** How long a request for blocks lasts, and how often JetStream sends a heartbeat meanwhile: two that are missed are a loss. */
const EXPIRES_MS = 30_000
const HEARTBEAT_MS = 5_000
/** How often it is looked whether the stream is still the one that is read. */
const CHECK_MS = 5_000

/** After these the stream may be another one than before. */
const DOUBTS: ReadonlySet<string> = new Set([
  ConsumerEvents.HeartbeatsMissed,
  ConsumerEvents.StreamNotFound,
  ConsumerEvents.ConsumerNotFound,
  ConsumerEvents.OrderedConsumerRecreated,
])

async function* blocksOf(
  nc: NatsConnection,
  messages: ConsumerMessages,
  created: string,
  before: number,
  { stream, signal }: TailOptions
): AsyncGenerator<TailBlock> {
  let last = before
  let failure: Error | undefined
  const check = async (): Promise<void> => {
    if (signal.aborted || nc.isClosed() || failure !== undefined) return
    const want = last + 1
    const facts = await streamFacts(nc, stream).catch(() => undefined)
    const why = facts && restartOf(facts, created, want)
    if (!facts || !why) return
    failure = restartError(facts, why)
    messages.stop()
  }
  void (async () => {
    for await (const { type } of await messages.status()) if (DOUBTS.has(type)) await check()
  })()
  // The client says nothing more once a stream was missing for a moment.
  const checking = setInterval(() => void check(), CHECK_MS)
  checking.unref()
  try {
    for await (const message of messages) {
      last = message.seq
      yield { sequence: message.seq, data: message.data }
    }
  } finally {
    clearInterval(checking)
    await messages.close()
  }
  if (failure) throw failure
}
