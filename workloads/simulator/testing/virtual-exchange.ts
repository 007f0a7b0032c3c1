// A simulated exchange without sockets and without a clock: the test moves the time, and what a client would receive is
// handed over at once, through the same hub, faults and numbers as in the program. For tests of an exchange's session
// against its simulator, thousands of frames in no time.

import * as assert from 'uvu/assert'
import type { Feed } from '#crds/feed.gen.ts'
import type { GeneratedExchange, HttpAnswer, Venue } from '#exchanges/simulation/venue.ts'
import { Client, type Wire } from '../client.ts'
import { type Fault, parseFaults } from '../faults.ts'
import { Hub } from '../hub.ts'
import { FaultSchedule } from '../schedule.ts'

export type VirtualClient = {
  readonly client: Client
  /** All text frames that were received, as bytes, in order. */
  readonly frames: Buffer[]
  /** Set once the exchange has ended the connection; 1006 without a close frame. */
  closed: { readonly code: number; readonly reason: string } | null
  /** Bytes that the client is taken to have left unread: for slow readers. */
  unread: number
  /** Called for each frame as it comes. */
  onFrame: (frame: Buffer) => void
  send(text: string): void
  /** The client goes away. */
  leave(): void
}

export class VirtualExchange {
  readonly venue: Venue
  readonly exchange: GeneratedExchange
  readonly hub: Hub
  readonly schedule: FaultSchedule
  nowMs: number
  #clients = 0

  constructor(options: {
    readonly venue: Venue
    readonly seed?: number
    readonly markets?: number
    readonly startMs?: number
    /** YAML, as in a file of faults. */
    readonly faults?: string
    readonly feed?: Feed
    readonly bufferLimitBytes?: number
  }) {
    const { venue, seed = 1, markets = 3, startMs = 1_795_000_000_000, bufferLimitBytes } = options
    const log = { info() {}, warn() {} }
    this.venue = venue
    this.nowMs = startMs
    this.exchange = venue.generate({
      seed,
      markets,
      startMs,
      env: {},
      log,
      feed: options.feed ?? null,
    })
    const faults: readonly Fault[] =
      options.faults === undefined ? [] : parseFaults(options.faults, 'faults', [venue])
    this.schedule = new FaultSchedule(faults, startMs)
    this.hub = new Hub({
      schedule: this.schedule,
      log,
      now: () => this.nowMs,
      faults: venue.faults,
      ...(bufferLimitBytes === undefined ? {} : { bufferLimitBytes }),
    })
  }

  /** A handshake as the simulator's server does it: faults on requests included. */
  dial(target: string, headers: Readonly<Record<string, string>> = {}): VirtualClient | HttpAnswer {
    const fault = this.schedule.request(this.nowMs)
    if (fault !== undefined) return this.exchange.refusal(fault, this.nowMs)
    const came = this.exchange.connect(requestOf(target, headers), this.nowMs)
    if ('status' in came) return came
    const virtual: VirtualClient = {
      frames: [],
      closed: null,
      unread: 0,
      onFrame() {},
      send: (text) => {
        if (virtual.closed === null) this.hub.receive(client, text)
      },
      leave: () => this.hub.remove(client),
      get client() {
        return client
      },
    }
    /** Frames on their way to the client, in order. */
    const under: Buffer[] = []
    let isHanding = false
    const end = (code: number, reason: string): void => {
      if (virtual.closed !== null) return
      virtual.closed = { code, reason }
      this.hub.remove(client)
    }
    const wire: Wire = {
      get open() {
        return virtual.closed === null
      },
      get pendingBytes() {
        return virtual.unread
      },
      write(bytes, sent) {
        under.push(...framesIn(bytes))
        sent()
        // What the client says to a frame may be answered before the next one is handed over: the answer waits its turn.
        if (isHanding) return
        isHanding = true
        for (let frame = under.shift(); frame !== undefined; frame = under.shift()) {
          virtual.frames.push(frame)
          virtual.onFrame(frame)
        }
        isHanding = false
      },
      onDrain() {},
      offDrain() {},
      ping() {},
      close: end,
      cut: () => end(1006, ''),
    }
    const client: Client = new Client({
      id: ++this.#clients,
      session: came,
      wire,
      now: () => this.nowMs,
    })
    this.hub.add(client)
    return virtual
  }

  /** As `dial`, where a refusal is a failure of the test. */
  connect(target: string, headers: Readonly<Record<string, string>> = {}): VirtualClient {
    const came = this.dial(target, headers)
    if ('status' in came) assert.unreachable(`refused with ${came.status}`)
    return came as VirtualClient
  }

  rest(target: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
    const fault = this.schedule.request(this.nowMs)
    return fault === undefined
      ? this.exchange.answer(requestOf(target, headers), this.nowMs)
      : this.exchange.refusal(fault, this.nowMs)
  }

  /** Time goes on by `ms`, in steps of 5 ms as in the program, and so many frames are made on the way. */
  advance(ms: number, frames: number): void {
    const fromMs = this.nowMs
    const steps = Math.max(1, Math.round(ms / 5))
    let made = 0
    for (let step = 1; step <= steps; step++) {
      this.nowMs = fromMs + (ms * step) / steps
      this.hub.poll()
      if (this.hub.frozen) continue
      const upTo = Math.floor((frames * step) / steps)
      this.exchange.advance(this.nowMs, upTo - made, this.hub)
      made = upTo
      this.hub.flush()
    }
  }
}

function requestOf(target: string, headers: Readonly<Record<string, string>>) {
  const url = new URL(target, 'http://exchange')
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method: 'GET',
    path: url.pathname,
    sentPath: url.pathname,
    query: url.searchParams,
    header: (name: string) => lower.get(name),
    body: '',
  }
}

/** The payloads of whole, unmasked text frames. */
function framesIn(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    let length = bytes[at + 1] as number
    at += 2
    if (length === 126) {
      length = bytes.readUInt16BE(at)
      at += 2
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at))
      at += 8
    }
    frames.push(Buffer.from(bytes.subarray(at, at + length)))
    at += length
  }
  return frames
}
