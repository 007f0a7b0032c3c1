// Watches whether what an exchange sends is still understood: normalises a sample of the frames of all connections, behind the
// publishing and only as far as there is time, and says which types have drifted.

import type { Found } from '#bus/alarms.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { EVENT } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import type { TypeCount } from './stats.ts'
import type { Normalized, Tally } from './tally.ts'
import { WireDrift } from './wire-drift.ts'

export type WireWatchOptions = {
  readonly feed: string
  /** By channel, what the exchange's protocol can prove. */
  readonly proof: Readonly<Record<string, string>>
  /** Null if the exchange has none: then nothing is sampled. */
  readonly normalizer: Normalizer | null
  /** Of a feed with a schema: empty, or why a frame does not fit it. */
  readonly check?: ((payload: Uint8Array) => string) | null
  /** Counts of frames over all connections, by type. */
  readonly counted: () => Iterable<TypeCount>
  readonly nowMs: () => number
  /** How often a connection tells its counts. @default a minute */
  readonly everyMs?: number
}

/** A frame to be normalised. */
export type Sample = {
  readonly counts: Normalized
  readonly tally: Tally
  readonly n: number
  readonly recv: bigint
  readonly symbol: string
}

type Waiting = Sample & { readonly payload: Uint8Array }

/** Frames of each type that are normalised at the beginning of each day. */
const FIRST = 20
/** Then one in this many: a prime, so that no rhythm of the exchange coincides with it. */
const ONE_IN = 997
/** What waits to be normalised; more is not sampled. */
const MAX_WAITING = 64
const MAX_WAITING_BYTES = 2 * 1024 * 1024
/** Samples wait for so long, and a turn of the event loop gives them so much. */
const WAIT_MS = 50
const TURN_MS = 1
/** A timer that is so late says that the process has more urgent work. */
const BUSY_MS = 20
/** Without a normaliser a sample is never due. */
const NEVER = Number.POSITIVE_INFINITY
const COUNTS_EVERY_MS = 60_000

export class WireWatch {
  readonly proof: Readonly<Record<string, string>>
  readonly everyMs: number
  readonly #o: WireWatchOptions
  readonly #drift: WireDrift
  /** Samples of each type on its day, those that wait included. */
  readonly #taken = new Map<string, { day: string; count: number }>()
  #waiting: Waiting[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #due = 0
  readonly #header = { recvMs: 0, recvNs: 0, feed: '', type: '', symbol: '' }
  #reason = ''

  constructor(options: WireWatchOptions) {
    this.#o = options
    this.proof = options.proof
    this.everyMs = options.everyMs ?? COUNTS_EVERY_MS
    this.#header.feed = options.feed
    this.#drift = new WireDrift(options.nowMs)
  }

  missed(type: string, reason: string): void {
    this.#drift.missed(type, reason)
  }

  /** With which of its frames of a type a new connection takes its first sample. */
  before(type: string): number {
    if (this.#o.normalizer === null) return NEVER
    const taken = this.#taken.get(type)
    const isToday = taken?.day === utcDay(this.#o.nowMs())
    return isToday && taken.count >= FIRST ? ONE_IN : 1
  }

  /** Takes a copy of a frame if there is room; returns with how many more frames the next one is due. */
  sample(sample: Sample, payload: Uint8Array): number {
    const { name } = sample.tally.type
    const day = utcDay(Number(sample.recv / 1_000_000n))
    let taken = this.#taken.get(name)
    if (taken === undefined || taken.day !== day) {
      taken = { day, count: 0 }
      this.#taken.set(name, taken)
    }
    const { length } = this.#waiting
    if (length >= MAX_WAITING || this.#bytes + payload.length > MAX_WAITING_BYTES) return ONE_IN
    taken.count++
    // The bytes belong to the socket's buffer, which is used again.
    this.#waiting.push({ ...sample, payload: Uint8Array.from(payload) })
    this.#bytes += payload.length
    this.#arm()
    return taken.count < FIRST ? 1 : ONE_IN
  }

  /** Normalises what waits of one connection, which is about to tell its counts. */
  drain(counts: Normalized): void {
    const [now, later] = [true, false].map((isIts) =>
      this.#waiting.filter((sample) => (sample.counts === counts) === isIts)
    )
    for (const sample of now!) this.#normalize(sample)
    this.#waiting = later!
  }

  /** Types that are not understood any more. */
  troubles(): readonly Found[] {
    return this.#drift.look(this.#o.counted())
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return
    this.#due = performance.now() + WAIT_MS
    this.#timer = setTimeout(() => this.#turn(), WAIT_MS)
    this.#timer.unref()
  }

  #turn(): void {
    this.#timer = undefined
    const started = performance.now()
    if (started - this.#due <= BUSY_MS) {
      let next = this.#waiting.shift()
      while (next !== undefined) {
        this.#normalize(next)
        if (performance.now() - started > TURN_MS) break
        next = this.#waiting.shift()
      }
    }
    this.#arm()
  }

  #normalize({ counts, tally, n, recv, symbol, payload }: Waiting): void {
    this.#bytes -= payload.length
    const header = this.#header
    header.recvMs = Number(recv / 1_000_000n)
    header.recvNs = Number(recv % 1_000_000n)
    header.type = tally.type.name
    header.symbol = symbol
    this.#reason = ''
    this.#o.normalizer?.normalize(payload, header, (event) => {
      if (event.kind === EVENT.unknown) this.#reason = event.reason
    })
    counts.normalized(tally, n, this.#reason)
    const { check } = this.#o
    if (check && tally.type.data) {
      const misfit = check(payload)
      counts.checked(tally, n, misfit)
      if (this.#reason === '') this.#reason = misfit
    }
    this.#drift.normalized(header.type, this.#reason)
  }
}
