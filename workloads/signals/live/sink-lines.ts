// The sinks of a signal, as its resource names them; the consumers of sinks that it no longer names are removed.

import type { NatsConnection } from 'nats'
import { deleteDurable, durableNames } from '#bus/durable.ts'
import { SINK_PREFIX, sinkConsumer } from '#bus/names.ts'
import { ensureStream } from '#bus/stream.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { HttpClient } from '../sinks/http-request.ts'
import type { Checkpoint } from './checkpoint.ts'
import { SinkLine, type SinkLineOptions } from './sink-line.ts'

export type SinkLinesOptions = Omit<SinkLineOptions, 'sink' | 'http' | 'taken' | 'created'> & {
  readonly sinks: readonly SignalSink[]
  readonly checkpoint: Checkpoint | undefined
}

export class SinkLines implements Disposable {
  readonly lines: readonly SinkLine[]
  readonly #http: HttpClient[]

  static async open(o: SinkLinesOptions): Promise<SinkLines> {
    const { nc, sinks, stream, checkpoint, ...rest } = o
    await ensureStream(nc, stream)
    await removeOthers(nc, stream.name, sinks)
    const lines: SinkLine[] = []
    const clients: HttpClient[] = []
    for (const sink of sinks) {
      // A connection of its own, so that a slow sink holds no other up.
      const http = new HttpClient()
      clients.push(http)
      lines.push(
        await SinkLine.open({
          ...rest,
          nc,
          stream,
          sink,
          http,
          taken: checkpoint?.sinks[sink.name],
          created: checkpoint?.published.created,
        })
      )
    }
    return new SinkLines(lines, clients)
  }

  private constructor(lines: readonly SinkLine[], http: HttpClient[]) {
    this.lines = lines
    this.#http = http
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.run()))
  }

  /** By sink, up to where it has taken the fires. */
  get taken(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.lines.map(({ name, taken }) => [name, taken]))
  }

  [Symbol.dispose](): void {
    for (const http of this.#http) http[Symbol.dispose]()
  }
}

async function removeOthers(
  nc: NatsConnection,
  stream: string,
  sinks: readonly SignalSink[]
): Promise<void> {
  const wanted = new Set(sinks.map(({ name }) => sinkConsumer(name)))
  for (const durable of await durableNames(nc, stream)) {
    if (!durable.startsWith(SINK_PREFIX) || wanted.has(durable)) continue
    await deleteDurable(nc, { stream, durable })
  }
}
