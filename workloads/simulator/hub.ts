// Everybody who is connected, and the one way a frame takes to them: numbers, faults, journal, counts and the
// bound on what a slow reader may leave waiting. It knows no files and no market.
import type { Channel } from './channels.ts'
import type { Client } from './client.ts'
import { copyFrame, type Frame } from './frame.ts'
import { type Delivery, FRAME_FAULTS, isFrameFault } from './frame-faults.ts'
import type { Journal } from './journal.ts'
import type { FaultSchedule, Strike } from './schedule.ts'
import type { Outgoing } from './session.ts'
import type { Deliver } from './source.ts'
import type { Subscription } from './subscription.ts'

/** What a client may leave unread before its subscriptions end with code 25. */
export const BUFFER_LIMIT_BYTES = 16 * 1024 * 1024
/** At full speed nothing more is composed while a client has this much waiting. */
export const HIGH_WATER_BYTES = 1024 * 1024
// A client that reads nothing at all for this long holds nobody up any longer.
const STALL_LIMIT_MS = 30_000
const HELD_LIMIT_BYTES = 8 * 1024 * 1024

export type HubLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

type Held = { readonly client: Client; readonly subscription: Subscription; readonly frame: Frame }

export class Hub implements Deliver {
  readonly #clients = new Set<Client>()
  readonly #schedule: FaultSchedule
  readonly #log: HubLog
  readonly #journal: Journal | null
  readonly #bufferLimit: number
  readonly #now: () => number
  #armed: Strike[] = []
  readonly #swapped = new Map<Subscription, { frame: Frame; sequence: number }>()
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
    journal?: Journal | null
    /** Default `BUFFER_LIMIT_BYTES`. */
    bufferLimitBytes?: number
  }) {
    this.#schedule = options.schedule
    this.#log = options.log
    this.#now = options.now
    this.#journal = options.journal ?? null
    this.#bufferLimit = options.bufferLimitBytes ?? BUFFER_LIMIT_BYTES
  }

  get clients(): ReadonlySet<Client> {
    return this.#clients
  }

  add(client: Client): void {
    this.#clients.add(client)
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

  /** One frame of a client: its answers go out at once. */
  receive(client: Client, text: string): void {
    const before = client.session.changes
    this.answer(client, client.session.receive(text, this.#now()))
    if (client.session.changes === before) return
    if (client.session.hasSubscriptions) this.#schedule.start(this.#now())
    this.#changed()
  }

  answer(client: Client, outgoing: readonly Outgoing[]): void {
    const { writer } = client
    for (const { kind, text } of outgoing) {
      writer.text(text)
      if (kind === 'data') this.#sent(client)
      else client.answersSent++
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
      for (const subscription of client.session.matching(frame.channel, frame.market)) {
        if (frozen) this.#hold(client, subscription, frame)
        else if (strike) this.#fault(client, subscription, frame, strike)
        else this.#send(client, subscription, frame)
      }
    if (strike) this.#log.info({ fault: strike.fault.kind, channel: frame.channel.name }, 'fault')
  }

  /** Hands over what is composed; whoever does not read is told so and gets no more. */
  flush(): void {
    for (const client of this.#clients) {
      client.flush()
      if (client.pendingBytes > this.#bufferLimit) this.#overflow(client)
    }
  }

  /** Applies the faults that are due. Called often. */
  poll(): void {
    const now = this.#now()
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

  close(): void {
    this.flush()
    this.#journal?.close()
  }

  #strikeFor(frame: Frame): Strike | undefined {
    // Only where there is a number can one be seen to be missing, twice there or out of order.
    if (frame.seqAt < 0 && this.#armed.every(({ fault }) => fault.kind !== 'drift'))
      return undefined
    if (!this.wants(frame.channel, frame.market)) return undefined
    const index = this.#armed.findIndex(
      ({ fault }) =>
        (fault.channel === null || fault.channel === frame.channel.name) &&
        (frame.seqAt >= 0 || fault.kind === 'drift')
    )
    return index < 0 ? undefined : this.#armed.splice(index, 1)[0]
  }

  #fault(client: Client, subscription: Subscription, frame: Frame, strike: Strike): void {
    const { kind } = strike.fault
    if (!isFrameFault(kind)) {
      this.#send(client, subscription, frame)
      return
    }
    this.#schedule.count(kind)
    const delivery: Delivery = {
      subscription,
      frame,
      send: (one) => this.#send(client, subscription, one),
      sendAs: (one, sequence) => this.#write(client, subscription, one, sequence),
      hold: (one, sequence) => {
        this.#swapped.set(subscription, { frame: one, sequence })
      },
    }
    FRAME_FAULTS[kind](delivery)
  }

  #send(client: Client, subscription: Subscription, frame: Frame): void {
    this.#write(client, subscription, frame, frame.seqAt < 0 ? 0 : subscription.nextSequence())
    if (this.#swapped.size === 0) return
    const behind = this.#swapped.get(subscription)
    if (!behind) return
    this.#swapped.delete(subscription)
    this.#write(client, subscription, behind.frame, behind.sequence)
  }

  #write(client: Client, subscription: Subscription, frame: Frame, sequence: number): void {
    client.writer.frame(frame, subscription.sid, sequence)
    this.#sent(client)
  }

  /** Counts the data frame that the writer has just taken. */
  #sent(client: Client): void {
    client.framesSent++
    this.framesSent++
    const { lastBytes, lastStart, lastEnd } = client.writer
    this.#journal?.append(client.id, lastBytes, lastStart, lastEnd)
  }

  #hold(client: Client, subscription: Subscription, frame: Frame): void {
    if (this.#heldBytes > HELD_LIMIT_BYTES) {
      this.#overflow(client)
      return
    }
    this.#held.push({ client, subscription, frame: copyFrame(frame) })
    this.#heldBytes += frame.end - frame.start
  }

  /** What was held back while a channel stood still goes out, numbered now. */
  #release(): void {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const { client, subscription, frame } of held)
      if (this.#frozenChannels.has(subscription.channel.name))
        this.#hold(client, subscription, frame)
      else if (client.session.has(subscription)) this.#send(client, subscription, frame)
  }

  #apply(strike: Strike): void {
    const { kind, channel } = strike.fault
    if (isFrameFault(kind)) {
      this.#armed.push(strike)
      return
    }
    switch (kind) {
      case 'cut': {
        const cut = [...this.#clients].filter((client) => listensTo(client, channel))
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

  /** Code 25 for each subscription: they are over, and the client has to ask anew. */
  #overflow(client: Client): void {
    const subscriptions = [...client.session.subscriptions]
    if (subscriptions.length === 0) return
    this.overflows++
    this.#log.warn(
      { client: client.id, pendingBytes: client.pendingBytes, code: 25 },
      'client reads too slowly; its subscriptions are ended'
    )
    this.answer(
      client,
      subscriptions.map((subscription) => client.session.terminate(subscription, 25))
    )
    this.#changed()
  }

  async #woken(slow: readonly Client[], signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        for (const client of slow) client.offDrain(done)
        resolve()
      }
      // For a client that takes little by little without ever draining, or that is gone.
      const timer = setTimeout(done, 50)
      signal.addEventListener('abort', done, { once: true })
      for (const client of slow) client.onDrain(done)
    })
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

const listensTo = (client: Client, channel: string | null): boolean =>
  channel === null ||
  [...client.session.subscriptions].some((subscription) => subscription.channel.name === channel)
