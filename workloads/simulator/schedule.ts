// When faults strike: a pure function of the faults and of time. Those on data count from the first
// subscription, those on requests from the start of the program. A clock is passed in with every call.
import type { Fault } from './faults.ts'

/** One fault that has just struck. */
export type Strike = { readonly fault: Fault; readonly untilMs: number }

type Entry = {
  readonly fault: Fault
  /** Next strike, in milliseconds since the start; Infinity: none. */
  nextMs: number
  left: number
  /** End of the current window of a fault that lasts. */
  untilMs: number
}

type RequestFault = 'unauthorized' | 'tooManyRequests'

const REQUESTS: ReadonlySet<string> = new Set(['unauthorized', 'tooManyRequests'])

const entryOf = (fault: Fault): Entry => ({
  fault,
  nextMs: fault.afterMs,
  left: fault.count ?? Number.POSITIVE_INFINITY,
  untilMs: Number.NEGATIVE_INFINITY,
})

/** Where the strike after this one falls: on the beat, and never in the past. */
const following = (fault: Fault, nextMs: number, nowMs: number): number => {
  if (fault.everyMs === null) return Number.POSITIVE_INFINITY
  const missed = Math.floor((nowMs - nextMs) / fault.everyMs)
  return nextMs + (missed + 1) * fault.everyMs
}

export class FaultSchedule {
  readonly #data: Entry[]
  readonly #requests: Entry[]
  readonly #bornMs: number
  #startedMs: number | null = null
  readonly #counts = new Map<string, number>()

  constructor(faults: readonly Fault[], nowMs: number) {
    this.#data = faults.filter(({ kind }) => !REQUESTS.has(kind)).map(entryOf)
    this.#requests = faults.filter(({ kind }) => REQUESTS.has(kind)).map(entryOf)
    this.#bornMs = nowMs
  }

  /** The clock of the faults on data starts; later calls change nothing. */
  start(nowMs: number): void {
    this.#startedMs ??= nowMs
  }

  /** The faults on data that strike now. A fault without `every` and with a count strikes that often immediately. */
  due(nowMs: number): Strike[] {
    if (this.#startedMs === null || this.#data.length === 0) return []
    const elapsed = nowMs - this.#startedMs
    const strikes: Strike[] = []
    for (const entry of this.#data) {
      if (elapsed < entry.nextMs || entry.left <= 0) continue
      const { fault } = entry
      const times = fault.everyMs === null ? entry.left : 1
      entry.nextMs = following(fault, entry.nextMs, elapsed)
      entry.left -= times
      const untilMs = nowMs + (fault.forMs ?? 0)
      for (let i = 0; i < times; i++) strikes.push({ fault, untilMs })
    }
    return strikes
  }

  /** The fault that answers a request now, or undefined. Each answer counts. */
  request(nowMs: number): RequestFault | undefined {
    const elapsed = nowMs - this.#bornMs
    for (const entry of this.#requests) {
      const { fault } = entry
      if (elapsed >= entry.nextMs) {
        entry.untilMs = entry.nextMs + (fault.forMs ?? Number.POSITIVE_INFINITY)
        if (fault.everyMs !== null && elapsed >= entry.nextMs + fault.everyMs)
          entry.untilMs =
            following(fault, entry.nextMs, elapsed) - fault.everyMs + (fault.forMs ?? 0)
        entry.nextMs = following(fault, entry.nextMs, elapsed)
      }
      if (elapsed < entry.untilMs && entry.left > 0) {
        entry.left--
        this.count(fault.kind)
        return fault.kind as RequestFault
      }
    }
    return undefined
  }

  /** Counts what a fault did. */
  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }
}
