// The clients of one exchange, and the one way a frame takes to them: numbers, faults, journal, counts and the bound on
// what a slow reader may leave waiting. It knows no files and no market.
import { type Channel, copyFrame, type Frame } from '#exchanges/simulation/frame.ts'
import type {
  Deliver,
  Delivery,
  Outgoing,
  Route,
  Venue,
  VenueFault,
} from '#exchanges/simulation/venue.ts'
import type { Client } from './client.ts'
import { FRAME_FAULTS } from './frame-faults.ts'
import type { Journal } from './journal.ts'
import type { FaultSchedule, Strike } from './schedule.ts'

/** What a client may leave unread before the exchange ends what it is subscribed to. */
export const BUFFER_LIMIT_BYTES = 16 * 1024 * 1024
/** At full speed nothing more is composed while a client has this much waiting. */
export const HIGH_WATER_BYTES = 1024 * 1024
// A client that reads nothing at all for this long delays no other client any longer.
const STALL_LIMIT_MS = 30_000
const HELD_LIMIT_BYTES = 8 * 1024 * 1024

export type HubLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

type Held = { readonly client: Client; readonly route: Route; readonly frame: Frame }

export class Hub implements Deliver {
  readonly #clients = new Set<Client>()
  readonly #schedule: FaultSchedule
  readonly #log: HubLog
  readonly #journal: Journal | null
  readonly #bufferLimit: number
  readonly #now: () => number
  readonly #faults: Readonly<Record<string, VenueFault>>
  #armed: Strike[] = []
  readonly #swapped = new Map<Route, { frame: Frame; sequence: number }>()
  #frozenUntil = Number.NEGATIVE_INFINITY
  readonly #frozenChannels = new Map<string, number>()
  #held: Held[] = []
  #heldBytes = 0
  readonly #listeners = new Set<() => void>()
  framesSent = 0
  bytesSent = 0
  overflows = 0

  constructor(options: {
    schedule: FaultSchedule
    log: HubLog
    now: () => number
    /** The exchange's own faults. */
    faults: Venue['faults']
    journal?: Journal | null
    /** Default `BUFFER_LIMIT_BYTES`. */
    bufferLimitBytes?: number
  }) {
    this.#schedule = options.schedule
    this.#log = options.log
    this.#now = options.now
    this.#faults = { ...FRAME_FAULTS, ...options.faults }
    this.#journal = options.journal ?? null
    this.#bufferLimit = options.bufferLimitBytes ?? BUFFER_LIMIT_BYTES
  }

  get clients(): ReadonlySet<Client> {
    return this.#clients
  }

  add(client: Client): void {
    this.#clients.add(client)
    const { session } = client
    this.answer(client, session.opened(this.#now()))
    // Where the path of the handshake says what is subscribed to.
    if (!session.hasSubscriptions) return
    this.#schedule.start(this.#now())
    this.#changed()
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client)) return
    this.#held = this.#held.filter((held) => held.client !== client)
    this.#heldBytes = this.#held.reduce((sum, { frame }) => sum + frame.end, 0)
    this.bytesSent += client.bytesSent
    this.#changed()
  }

  /** Calls whenever what is subscribed to changes; returns how to end it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get subscribed(): boolean {
    for (const client of this.#clients) if (client.session.hasSubscriptions) return true
    return false
  }

  /** One frame of a client: its answers go out immediately. */
  receive(client: Client, text: string): void {
    const before = client.session.changes
    this.#follow(client, before, client.session.receive(text, this.#now()))
  }

  /** A ping or a pong of a client. */
  pinged(client: Client): void {
    const { session } = client
    if (session.pinged) this.#follow(client, session.changes, session.pinged(this.#now()))
  }

  answer(client: Client, outgoing: readonly Outgoing[]): void {
    const { writer } = client
    for (const one of outgoing) {
      if (one.kind === 'close') client.close(one.code, one.reason)
      else if (one.kind === 'cut') {
        client.flush()
        client.cut()
      } else {
        writer.text(one.text)
        if (one.kind === 'data') this.#sent(client)
        else client.answersSent++
      }
    }
    client.flush()
  }

  wants(channel: Channel, market: string): boolean {
    for (const client of this.#clients)
      if (client.session.matching(channel, market).length > 0) return true
    return false
  }

  frame(frame: Frame): void {
    const strike = this.#armed.length === 0 ? undefined : this.#strikeFor(frame)
    const frozen = this.#frozenChannels.size > 0 && this.#frozenChannels.has(frame.channel.name)
    for (const client of this.#clients)
      for (const route of client.session.matching(frame.channel, frame.market)) {
        if (frozen) this.#hold(client, route, frame)
        else if (strike) this.#fault(client, route, frame, strike)
        else this.#send(client, route, frame)
      }
    if (strike) this.#log.info({ fault: strike.fault.kind, channel: frame.channel.name }, 'fault')
  }

  /** Hands over what is composed; a client that does not read gets no more. */
  flush(): void {
    for (const client of this.#clients) {
      client.flush()
      if (client.pendingBytes > this.#bufferLimit) this.#overflow(client)
    }
  }

  /** Applies the faults that are due, and gives sessions their time. Called often. */
  poll(): void {
    const now = this.#now()
    for (const client of this.#clients) {
      const { session } = client
      if (now < session.wakeAt) continue
      this.#follow(client, session.changes, session.tick(now, client.sentMs))
    }
    for (const strike of this.#schedule.due(now)) this.#apply(strike)
    for (const [channel, until] of this.#frozenChannels)
      if (now >= until) {
        this.#frozenChannels.delete(channel)
        this.#release()
      }
  }

  /** Whether nothing at all is to be played just now. */
  get frozen(): boolean {
    return this.#now() < this.#frozenUntil
  }

  /** Waits until every client has taken most of what was sent, or has shown that it never will. */
  async drained(signal: AbortSignal): Promise<void> {
    const since = this.#now()
    while (!signal.aborted) {
      const slow = [...this.#clients].filter(
        (client) => client.session.hasSubscriptions && client.pendingBytes > HIGH_WATER_BYTES
      )
      if (slow.length === 0) return
      if (this.#now() - since > STALL_LIMIT_MS) {
        for (const client of slow) this.#overflow(client)
        return
      }
      await this.#woken(slow, signal)
      // Faults strike on time, also while everything waits for one reader.
      this.poll()
    }
  }

  #strikeFor(frame: Frame): Strike | undefined {
    const index = this.#armed.findIndex(({ fault }) => {
      const own = this.#faults[fault.kind]
      if (own?.on !== 'frame') return false
      if (fault.channel !== null && fault.channel !== frame.channel.name) return false
      // Only where the protocol tells can a frame be seen to be missing, twice there or out of order.
      return own.fits ? own.fits(frame) : frame.provable
    })
    if (index < 0 || !this.wants(frame.channel, frame.market)) return undefined
    return this.#armed.splice(index, 1)[0]
  }

  #fault(client: Client, route: Route, frame: Frame, strike: Strike): void {
    const { kind } = strike.fault
    const own = this.#faults[kind]
    if (own?.on !== 'frame') return
    this.#schedule.count(kind)
    const delivery: Delivery = {
      route,
      frame,
      send: (one) => this.#send(client, route, one),
      sendAs: (one, sequence) => this.#write(client, route, one, sequence),
      hold: (one, sequence) => {
        this.#swapped.set(route, { frame: one, sequence })
      },
    }
    own.act(delivery)
  }

  #send(client: Client, route: Route, frame: Frame): void {
    this.#write(client, route, frame, frame.seqAt < 0 ? 0 : route.nextSequence())
    if (this.#swapped.size === 0) return
    const behind = this.#swapped.get(route)
    if (!behind) return
    this.#swapped.delete(route)
    this.#write(client, route, behind.frame, behind.sequence)
  }

  #write(client: Client, route: Route, frame: Frame, sequence: number): void {
    client.writer.frame(frame, route.id, sequence, route.bare)
    this.#sent(client)
  }

  /** Counts the data frame that the writer has just taken. */
  #sent(client: Client): void {
    client.framesSent++
    this.framesSent++
    const { lastBytes, lastStart, lastEnd } = client.writer
    this.#journal?.append(client.id, lastBytes, lastStart, lastEnd)
  }

  #hold(client: Client, route: Route, frame: Frame): void {
    if (this.#heldBytes > HELD_LIMIT_BYTES) {
      this.#overflow(client)
      return
    }
    this.#held.push({ client, route, frame: copyFrame(frame) })
    this.#heldBytes += frame.end - frame.start
  }

  /** What was held back while a channel stood still goes out, numbered now. */
  #release(): void {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const { client, route, frame } of held)
      if (this.#frozenChannels.has(frame.channel.name)) this.#hold(client, route, frame)
      else if (client.session.has(route)) this.#send(client, route, frame)
  }

  #apply(strike: Strike): void {
    const { kind, channel } = strike.fault
    const own = this.#faults[kind]
    if (own?.on === 'frame') {
      this.#armed.push(strike)
      return
    }
    const listening = [...this.#clients].filter(({ session }) =>
      channel === null ? true : session.listensTo(channel)
    )
    if (own?.on === 'connection') {
      for (const client of listening) {
        this.#schedule.count(kind)
        const { session } = client
        this.#follow(client, session.changes, own.act(session, this.#now()))
      }
      this.#log.info({ fault: kind, channel, clients: listening.map(({ id }) => id) }, 'fault')
      return
    }
    switch (kind) {
      case 'cut': {
        const cut = listening
        for (const client of cut) {
          client.flush()
          this.#schedule.count('cut')
          client.cut()
        }
        this.#log.info({ fault: kind, channel, clients: cut.map(({ id }) => id) }, 'fault')
        return
      }
      case 'freeze':
        this.#schedule.count('freeze')
        if (channel === null) this.#frozenUntil = Math.max(this.#frozenUntil, strike.untilMs)
        else this.#frozenChannels.set(channel, strike.untilMs)
        this.#log.info({ fault: kind, channel, milliseconds: strike.fault.forMs }, 'fault')
        return
      default:
        // Faults on requests are answered where requests come in.
        return
    }
  }

  #overflow(client: Client): void {
    const { session } = client
    if (!session.hasSubscriptions) return
    this.overflows++
    this.#log.warn(
      { client: client.id, pendingBytes: client.pendingBytes },
      'client reads too slowly; its subscriptions are ended'
    )
    this.answer(client, session.overflowed(this.#now()))
    this.#changed()
  }

  /** Sends what a session says, and sees whether it subscribed to something else while it said so. */
  #follow(client: Client, before: number, outgoing: readonly Outgoing[]): void {
    if (outgoing.length > 0) this.answer(client, outgoing)
    const { session } = client
    if (session.changes === before) return
    if (session.hasSubscriptions) this.#schedule.start(this.#now())
    this.#changed()
  }

  async #woken(slow: readonly Client[], signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        for (const client of slow) client.wire.offDrain(done)
        resolve()
      }
      // For a client that takes little by little without ever draining, or that is gone.
      const timer = setTimeout(done, 50)
      signal.addEventListener('abort', done, { once: true })
      for (const client of slow) client.wire.onDrain(done)
    })
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
