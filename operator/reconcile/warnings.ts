// Reads the Events of one object if its status explains too little. No watch, because a cluster has far more Events than we
// need; each object is read rarely, and few at the same time.

import type { Client } from '../kube/client.ts'
import { isForbidden } from '../kube/errors.ts'
import { EVENTS, type KubeObject } from '../kube/objects.ts'

const FRESH_MS = 15_000
const AT_ONCE = 4
const LIMIT = 2000

export type Said = { readonly reason: string; readonly note: string }

type Entry = { readonly at: number; readonly said: Said | undefined }

export class Warnings {
  readonly #client: Pick<Client, 'list'>
  readonly #nowMs: () => number
  readonly #entries = new Map<string, Entry>()
  #asking = 0

  constructor(client: Pick<Client, 'list'>, nowMs: () => number) {
    this.#client = client
    this.#nowMs = nowMs
  }

  /** The newest Event of an object with a matching reason; the previous answer while many others are being read. */
  async newest(object: KubeObject, fits: RegExp, signal: AbortSignal): Promise<Said | undefined> {
    const { uid = '', namespace } = object.metadata
    const known = this.#entries.get(uid)
    const now = this.#nowMs()
    if (uid === '' || (known && now - known.at < FRESH_MS) || this.#asking >= AT_ONCE)
      return known?.said
    this.#asking++
    try {
      const { items } = await this.#client.list(EVENTS, {
        namespace,
        fieldSelector: `regarding.uid=${uid}`,
        limit: 100,
        signal,
      })
      const said = newestSaid(items, fits)
      if (this.#entries.size >= LIMIT) this.#entries.clear()
      this.#entries.set(uid, { at: now, said })
      return said
    } catch (thrown) {
      // An older Role without this right: only the explanation is missing.
      if (isForbidden(thrown)) {
        this.#entries.set(uid, { at: now, said: undefined })
        return undefined
      }
      throw thrown
    } finally {
      this.#asking--
    }
  }
}

function newestSaid(events: readonly KubeObject[], fits: RegExp): Said | undefined {
  let newest: { at: string; said: Said } | undefined
  for (const event of events) {
    const { reason, note } = event
    if (typeof reason !== 'string' || typeof note !== 'string' || !fits.test(reason)) continue
    const at = timeOf(event)
    if (!newest || at >= newest.at) newest = { at, said: { reason, note: note.slice(0, 600) } }
  }
  return newest?.said
}

function timeOf(event: KubeObject): string {
  const series = event.series as { lastObservedTime?: unknown } | null | undefined
  const times = [series?.lastObservedTime, event.deprecatedLastTimestamp, event.eventTime]
  return times.find((time): time is string => typeof time === 'string') ?? ''
}
