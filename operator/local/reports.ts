// The newest report of each workload, from NATS, and whether an archiver has archived every block. Reconnects to a server that
// is down; no error here stops a capture.
import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { connectBus } from '#bus/connect.ts'
import { consumerName, reportSubjects, streamName } from '#bus/names.ts'
import type { Report } from '#bus/report.ts'

/** Where to listen: one entry for each NATS server of the environments that run. */
export type BusAddress = { readonly url: string; readonly credentialsFile: string | undefined }

const REFUSED_MS = 5000

export class ReportListener {
  readonly #onReport: () => void
  readonly #reports = new Map<string, Report>()
  readonly #buses = new Map<string, { abort: AbortController; nc: NatsConnection | undefined }>()

  constructor(onReport: () => void) {
    this.#onReport = onReport
  }

  /** Newest report of each workload and feed. */
  list(): readonly Report[] {
    return [...this.#reports.values()]
  }

  /** Listens on exactly these servers from now on. */
  follow(buses: readonly BusAddress[]): void {
    const wanted = new Set(buses.map(({ url }) => url))
    for (const [url, bus] of this.#buses) {
      if (wanted.has(url)) continue
      this.#buses.delete(url)
      bus.abort.abort()
      void bus.nc?.close()
    }
    for (const bus of buses) {
      if (this.#buses.has(bus.url)) continue
      const entry = { abort: new AbortController(), nc: undefined }
      this.#buses.set(bus.url, entry)
      void this.#listen(bus, entry)
    }
  }

  /**
   * Blocks of a feed's stream that an archive has yet to commit; undefined if unknown (no server, no stream, no
   * consumer).
   */
  async unarchived(
    url: string,
    environment: string,
    feed: string,
    archive: string
  ): Promise<number | undefined> {
    const nc = this.#buses.get(url)?.nc
    if (nc === undefined || nc.isClosed()) return undefined
    try {
      const manager = await nc.jetstreamManager({ timeout: 2000, checkAPI: false })
      const facts = await manager.consumers.info(
        streamName(environment, feed),
        consumerName(archive)
      )
      return facts.num_pending + facts.num_ack_pending
    } catch {
      return undefined
    }
  }

  async close(): Promise<void> {
    const all = [...this.#buses.values()]
    this.#buses.clear()
    for (const bus of all) {
      bus.abort.abort()
      await bus.nc?.close()
    }
  }

  async #listen(
    address: BusAddress,
    entry: { abort: AbortController; nc: NatsConnection | undefined }
  ): Promise<void> {
    const { signal } = entry.abort
    while (!signal.aborted) {
      // Refused only when we stop, or if no program can use the URL either.
      const nc = await connectBus({ ...address, user: 'up', name: 'ssmd up', signal }).catch(
        () => undefined
      )
      if (nc === undefined) return
      entry.nc = nc
      try {
        if (signal.aborted) return
        for await (const message of nc.subscribe(reportSubjects('*'))) this.#take(message.data)
      } catch {
        // A server that we do not run may refuse the subscription: retry, because its rights may change. Captures need no listener.
        await sleep(REFUSED_MS, undefined, { signal, ref: false }).catch(() => undefined)
      } finally {
        await nc.close()
      }
    }
  }

  #take(data: Uint8Array): void {
    let report: Report
    try {
      report = JSON.parse(Buffer.from(data).toString('utf8')) as Report
    } catch {
      // Not a report: another client publishes on our subject.
      return
    }
    if (report.version !== 1 || typeof report.name !== 'string') return
    this.#reports.set(`${report.name}/${report.feed}`, report)
    this.#onReport()
  }
}
