// What the simulator asks of an exchange: a value of functions in `<name>/simulator/venue.ts`. The simulator has the
// sockets, the clock, the faults, the journal and the recordings, and knows no exchange; a venue knows its protocol, its
// markets and its words, and no socket, no clock and no file (but what lies beside recordings, which `replay` may read).

import type { Feed } from '#crds/feed.gen.ts'
import type { Channel, Frame } from './frame.ts'

/** A frame, or an end, that a session asks for. */
export type Outgoing =
  /** `data` is market data: it is counted and written to the journal. `control` is an answer or a heartbeat. */
  | { readonly kind: 'control' | 'data'; readonly text: string }
  /** The exchange ends the connection, with a close frame. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The exchange ends the connection without a close frame. */
  | { readonly kind: 'cut' }

/**
 * A way to one client on which the protocol keeps one order: Kalshi's sid, Coinbase's connection, one symbol of one channel
 * of Kraken or Binance. Numbers are counted by it, and the faults skip, duplicate and reorder act within it.
 */
export type Route = {
  readonly channel: Channel
  /** What is written where a frame has an id. */
  readonly id: number
  /** The client is sent the body of a frame without its envelope. */
  readonly bare: boolean
  /** The number for the next frame; each call uses one up. Called only for frames that have a place for it. */
  nextSequence(): number
}

/** A subscription as `GET /simulator` shows it. */
export type ShownSubscription = {
  readonly channel: string
  /** How many; null: all. */
  readonly markets: number | null
  /** What else is worth knowing. */
  readonly [more: string]: unknown
}

/** One client of the exchange: a pure state machine that is told the time. */
export type Session = {
  /** The key that signed in, as logs and `GET /simulator` show it; empty if the exchange needs none. */
  readonly who: string
  readonly hasSubscriptions: boolean
  /** Counts every change of what this client is subscribed to. */
  readonly changes: number
  /** When `tick` is wanted, unix milliseconds; Infinity: not until something happens. */
  readonly wakeAt: number
  /** The connection is open: frames that the exchange sends unasked. */
  opened(nowMs: number): readonly Outgoing[]
  /** Answers one text frame of the client; never throws, whatever the text. First frames and snapshots belong to the answer. */
  receive(text: string, nowMs: number): readonly Outgoing[]
  /** A ping or a pong of the client, where the exchange counts them. */
  pinged?(nowMs: number): readonly Outgoing[]
  /** Called at `wakeAt` or later: heartbeats, delayed answers, time limits. `sentMs`: when anything was last sent. */
  tick(nowMs: number, sentMs: number): readonly Outgoing[]
  /** The routes that a frame of this channel and market takes. Called for every frame: a lookup, not a search. */
  matching(channel: Channel, market: string): readonly Route[]
  /** Whether this route is still there. */
  has(route: Route): boolean
  /** Whether it is subscribed to anything of the channel of this name. */
  listensTo(channel: string): boolean
  /** The client reads too slowly. Its subscriptions, or its connection, have to end with this answer. */
  overflowed(nowMs: number): readonly Outgoing[]
  subscriptions(): readonly ShownSubscription[]
}

/** A request, be it a handshake or a REST call. */
export type HttpRequest = {
  readonly method: string
  /** As the exchange would see it: without query, and without `/<exchange>` where the client wrote it before the path. */
  readonly path: string
  /** As the client sent it: what it may have signed. */
  readonly sentPath: string
  readonly query: URLSearchParams
  header(name: string): string | undefined
  /** Text of a POST; empty otherwise. */
  readonly body: string
}

export type HttpAnswer = {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Why, for our log: set where the exchange refuses. */
  readonly refused?: object
}

/** What the markets do. Takes a frame; the frame is only good until the call returns. */
export type Deliver = {
  frame(frame: Frame): void
  /** Whether any client would get a frame of this channel and market: if not, it need not be made. */
  wants(channel: Channel, market: string): boolean
}

/** An exchange that runs: what both kinds have in common. */
type Simulated = {
  /** Whether it has a WebSocket or a REST call at this path: for clients that do not write `/<exchange>` before it. */
  knows(path: string): boolean
  /** A handshake: a session, or the answer of a refusal (401, 403, 404, 418, 429 …). */
  connect(request: HttpRequest, nowMs: number): Session | HttpAnswer
  /** A REST call, limits and errors included; also POST below `/simulator/`, where keys are registered. */
  answer(request: HttpRequest, nowMs: number): HttpAnswer
  /** The words of a fault on requests. */
  refusal(fault: 'unauthorized' | 'tooManyRequests', nowMs: number): HttpAnswer
}

/** Markets that are made: a function of seed and step. Only the times in them come from the caller. */
export type GeneratedExchange = Simulated & {
  /** Exchange time, unix milliseconds. */
  readonly nowMs: number
  /** Moves on to `toMs` and makes at least `count` frames on the way, spread evenly, whether a client wants them or not. */
  advance(toMs: number, count: number, deliver: Deliver): void
}

/** Recordings that are played. Snapshots, REST answers and lists of markets come from what was played, or will be. */
export type PlayedExchange = Simulated & {
  /** A recorded frame is about to be sent. */
  play(frame: Frame): void
  /** A recorded line that is no frame has its turn, such as a REST snapshot between frames. */
  aside?(bytes: Buffer, start: number, end: number): void
  /** The last frame has been sent. */
  ended(): void
}

/** What a recorded JSON object is. */
export type Recognised =
  /** Market data: `frame` says of what. */
  | 'frame'
  /** No frame, but `PlayedExchange.aside` wants it. */
  | 'aside'
  /** An answer to a command, a heartbeat, or an unknown frame: counted and not played. */
  | 'unplayed'
  /** Not of this exchange at all. */
  | 'odd'

/** What was found in recordings before the play starts. */
export type Recorded = {
  readonly files: readonly string[]
  /** By market, the text of its first frame and from when to when it was received, unix milliseconds. */
  readonly markets: ReadonlyMap<string, RecordedMarket>
  /** The first lines that are no frames, in order; not more than 256. */
  readonly asides: readonly string[]
}
export type RecordedMarket = {
  readonly first: string
  readonly fromMs: number
  readonly toMs: number
  /** Names of the channels with frames of it. */
  readonly channels: ReadonlySet<string>
}

/** How a fault that befalls a frame sends: `send` numbers and sends as usual, `sendAs` uses a number that was taken. */
export type Delivery = {
  readonly route: Route
  readonly frame: Frame
  send(frame: Frame): void
  sendAs(frame: Frame, sequence: number): void
  /** Sends the frame right behind the next one of this route. */
  hold(frame: Frame, sequence: number): void
}

/** A fault that only this exchange has, or a common one that it has in its own way. */
export type VenueFault =
  | {
      readonly on: 'frame'
      /** Whether it can befall this frame; by default, whether the frame is provable. */
      fits?(frame: Frame): boolean
      act(delivery: Delivery): void
    }
  | {
      /** Befalls each client that is subscribed (to the channel of the fault). */
      readonly on: 'connection'
      act(session: Session, nowMs: number): readonly Outgoing[]
    }

export type VenueLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export type VenueOptions = {
  /** For keys. */
  readonly env: NodeJS.ProcessEnv
  readonly log: VenueLog
  readonly startMs: number
  /** The Feed that is simulated, where the simulator was given one. */
  readonly feed: Feed | null
}

export type GenerateOptions = VenueOptions & {
  /** 32 bits, not negative. */
  readonly seed: number
  /** How many markets are open at any time. */
  readonly markets: number
}

export type ReplayOptions = VenueOptions & { readonly recorded: Recorded }

export type Venue = {
  /** The exchange's name, as in `spec.exchange` of a Feed. */
  readonly name: string
  /** In the order of their index. */
  readonly channels: readonly Channel[]
  /** WebSocket pings of the server; null: it sends none. */
  readonly ping: {
    readonly everyMs: number
    readonly body: string
    /** Pings in a row that without an answer end the connection. */
    readonly unanswered: number
  } | null
  /** By kind. */
  readonly faults: Readonly<Record<string, VenueFault>>
  generate(options: GenerateOptions): GeneratedExchange
  replay(options: ReplayOptions): Promise<PlayedExchange>
  /**
   * Looks at the JSON object in bytes[start, end), which `frame` has already, and fills in the rest of `frame`: channel,
   * market, places of numbers, body. Called for every recorded frame, twice; never throws.
   */
  recognise(frame: Frame): Recognised
}
