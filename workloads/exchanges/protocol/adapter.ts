// What an exchange adapter is: a value of functions. The connector asks it how to connect, shows it every
// frame, and does what it answers; it knows no exchange. The adapter knows no NATS, no blocks and no archive.

import { SsmdError } from '#crds/errors.ts'
import type { Feed, FeedVersion } from '#crds/feed.gen.ts'
import type { Form } from '#wire/form.ts'

/** A kind of frame. One object for each kind for the life of the process, so that it can be compared. */
export type MessageType = {
  readonly name: string
  /** The file it is archived in: what must stay in order together. */
  readonly group: string
  /** Market data, as against acks, errors and heartbeats: what `last data` looks at. */
  readonly data: boolean
}

/** What is not understood: archived all the same, and counted. */
export const UNKNOWN: MessageType = { name: 'unknown', group: 'other', data: false }

/** What a session says of the frame it last looked at: one object a connection, overwritten by each frame. */
export type Frame = {
  type: MessageType
  /** The empty text where it has none. */
  symbol: string
  /** The exchange's own count inside `scope`; -1 where it has none. */
  sequence: number
  /** The first number that the frame stands for, if it may stand for several, of which `sequence` is the last. */
  first?: number
  /** What the sequence counts in; 0 where there is none. */
  scope: number
  form: Form
  understood: boolean
  /** Why its sequence or scope cannot be read, although it has one; empty where nothing is wrong. A constant. */
  unproven: string
  /** The session must act on it: `Session.control` is called with it. */
  control: boolean
}

/** A scope, and the channel and group that it belongs to. */
export type Scoped = { readonly scope: number; readonly channel: string; readonly group: string }

/** What a session asks the connector to do. */
export type Action =
  | { readonly kind: 'send'; readonly text: string }
  /** All that is wanted is confirmed; said once a connection. */
  | { readonly kind: 'ready'; readonly symbols: number }
  /** The exchange ended a subscription: what it would have sent until it is created again is missing. */
  | ({ readonly kind: 'ended'; readonly reason: string } & Scoped)
  /** Frames were missing from `sinceMs` until now; the last part is told once they come again. */
  | ({
      readonly kind: 'missed'
      readonly cause: 'exchange-sequence' | 'exchange-checksum' | 'not-subscribed'
      /** What it is about, if not all symbols of the channel. */
      readonly symbols?: readonly string[]
      readonly sinceMs: number
      readonly reason: string
    } & Scoped)
  /** Symbols that were given up are captured again. */
  | ({
      readonly kind: 'resumed'
      readonly symbols: readonly string[]
      /** Since when they were not, unix milliseconds. */
      readonly sinceMs: number
    } & Scoped)
  /** State was asked for again. */
  | ({ readonly kind: 'rebuild'; readonly how: string; readonly symbols: number } & Scoped)
  /** The scope is over; if it comes again, its count starts again. */
  | { readonly kind: 'forget'; readonly scope: number }
  /** The exchange announced a symbol before discovery could find it. */
  | { readonly kind: 'found'; readonly symbol: string }
  /** Only a new connection helps. */
  | { readonly kind: 'reconnect'; readonly failure: Failure }
  /** The exchange will end this connection: another one is to take over before it does. */
  | { readonly kind: 'renew'; readonly reason: string }
  /** Asks over HTTP. The body is recorded as the next frame of the connection, as `answer` tells it; then comes `answered`. */
  | { readonly kind: 'fetch'; readonly id: number; readonly url: string }

/**
 * `isExpected` is false if no answer announced the scope, and none is awaited. `beginsAt`: the first number of this scope, if
 * the exchange always begins with the same one; what is missing before the first frame that came is then known.
 */
export type ScopeSeen = {
  readonly isExpected: boolean
  readonly beginsAt?: number
  readonly actions: readonly Action[]
}

/** How the symbols that a connection is to have change. What it has already is not added, what it lacks not removed. */
export type Wanted = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Of `added`, those that were captured before: when that ended, unix milliseconds. */
  readonly resumed: ReadonlyMap<string, number>
  /** `some`: it is not known yet whether there are more. */
  readonly extent: 'all' | 'some'
}

/** What a scope counts. */
export type ScopeOwner = {
  readonly channel: string
  readonly group: string
  /** If it counts those alone; a gap names them. */
  readonly symbols?: readonly string[]
}

/** The protocol of one connection. `look` is the hot path; everything else happens seldom. */
export type Session = {
  readonly frame: Frame
  /** Fills `frame`; never throws, whatever the bytes. */
  look(payload: Buffer): void
  /** The exchange's time of the frame last looked at, unix milliseconds; 0 where it says none. */
  exchangeMs(): number
  opened(nowMs: number): readonly Action[]
  /** The frame last looked at has `control` set. */
  control(payload: Buffer, nowMs: number): readonly Action[]
  /** A scope is seen for the first time, on the frame last looked at. */
  scopeSeen(scope: number, nowMs: number): ScopeSeen
  /** The count of a scope jumped. */
  jumped(scope: number, nowMs: number): readonly Action[]
  want(wanted: Wanted, nowMs: number): readonly Action[]
  /** The connection is over: what is to be put on record about things under way. Nothing is sent any more. */
  closed(nowMs: number): readonly Action[]
  /** Called at `wakeAt` or later. */
  tick(nowMs: number): readonly Action[]
  /** When `tick` is wanted; Infinity: not until something happens. */
  readonly wakeAt: number
  /** Channel and group that a scope belongs to, and the symbols if it counts some alone. */
  channelOf(scope: number): ScopeOwner
  /** What a scope counts, by a name that is the same in every connection of the feed; empty: this connection alone. */
  chainOf?(scope: number): string
  /** Fills `frame` for the body of the answer to `fetch`. A session that fetches has this and the next. */
  answer?(id: number, status: number, body: Buffer): void
  /** The answer is on record. */
  answered?(id: number, answer: Answer, nowMs: number): readonly Action[]
  /** What the exchange refuses or does not answer, while the rest is captured. */
  refusals(): readonly Refusal[]
}

/** A channel, or some of its symbols, that cannot be had at present. */
export type Refusal = {
  readonly channel: string
  /** Empty: the whole channel. */
  readonly symbols: readonly string[]
  readonly kind: 'refused' | 'unanswered'
  /** The exchange's own, where it said something. */
  readonly words: string
  /** Milliseconds since 1970 that no setting of the clock moves. */
  readonly sinceMs: number
}

/** What came of a `fetch`. */
export type Answer = {
  /** HTTP status; 0: there was no answer, or not all of it. */
  readonly status: number
  /** As received; empty if there was no answer. */
  readonly body: Buffer
  /** The value of a header, or null. */
  header(name: string): string | null
  /** What is wrong with it; null: it is a success. */
  readonly failure: Failure | null
}

/** The connection's slot (wire/shards.ts): 0 is the first connection of the feed, which has what comes whole. */
export type SessionOptions = { readonly shard: number }

export type FailureKind = 'unauthorized' | 'rateLimited' | 'refused' | 'network' | 'protocol'

/** Why the exchange could not be reached or would not talk to us. */
export type Failure = {
  readonly kind: FailureKind
  readonly message: string
  readonly hint?: string
  /** HTTP status, or 0. */
  readonly status: number
  /** What the exchange said about when to come back. */
  readonly retryAfterMs: number | null
}

/** A failure as an error: what dialling and discovery throw. */
export class ExchangeError extends SsmdError {
  readonly failure: Failure

  constructor(failure: Failure, cause?: unknown) {
    super('SSMD_E_EXCHANGE', failure.message, {
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
      cause,
    })
    this.failure = failure
  }
}

/** What a source of frames tells the connector. */
export type Listener = {
  opened(transport: Transport): void
  frame(payload: Buffer): void
  ping(): void
  pong(): void
  /** The last call. `code` is the WebSocket's, 1006 if it ended without a close frame; `failure`: what the exchange did wrong. */
  closed(code: number, reason: string, failure?: Failure): void
  /** Never opened; the last call. */
  refused(failure: Failure): void
}

export type Transport = {
  send(text: string): void
  ping(): void
  /** Asks for an end: frames that were under way still come, then `closed`. */
  close(): void
  /** Ends immediately; `closed` comes. */
  terminate(): void
}

/** Address and headers of one dial. */
export type Request = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Where frames come from: a WebSocket that the connector opens, or a generator inside this process. */
export type Source =
  | {
      readonly kind: 'websocket'
      /** Address and headers for one attempt; may ask the network. Throws ExchangeError. */
      request(signal: AbortSignal): Promise<Request>
    }
  | { readonly kind: 'process'; start(listener: Listener): void }

/** Symbols that an exchange lists; some may not match. */
export type SymbolPage = {
  /** To be captured. */
  readonly now: readonly string[]
  /** They exist, but need not be captured yet. */
  readonly later: readonly string[]
}

/** What became of one discovery. */
export type Discovered = {
  /** Everything that exists now was listed. */
  readonly known: boolean
  /** What could not be had. None: the answer is whole, and what it did not list does not exist. */
  readonly failures: readonly Failure[]
}

/** An exchange as one feed uses it. */
export type Exchange = {
  readonly adapter: string
  /** As events show it. */
  readonly endpoint: string
  /** The Feed in force, if it alone describes the exchange: frames cannot be read without it. */
  readonly description?: object
  readonly source: Source
  session(options: SessionOptions): Session
  /** No frame and no ping for this long: the connection is dead. null: it may be silent without limit. */
  readonly silentMs: number | null
  /** How often we ping, where the exchange does not. */
  readonly pingEveryMs: number | null
  /** How many symbols one connection takes, if the exchange sets a limit. */
  readonly symbolsPerConnection?: number
  /** Asks which symbols there are and hands them over as they come. null: nothing to ask. */
  readonly discover:
    | ((onPage: (page: SymbolPage) => void, signal: AbortSignal) => Promise<Discovered>)
    | null
}

/** What an adapter is given to make an exchange. */
export type AdapterContext = {
  readonly feed: Feed
  readonly version: FeedVersion
  /** Where it is simulated, addresses are the simulator's already. */
  readonly endpoint: string
  readonly restEndpoint: string | null
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'key'; readonly fields: Readonly<Record<string, string>> }
    /** No person's key: make one, and register it there before each dial. */
    | { readonly kind: 'simulator'; readonly url: string }
  readonly nowMs: () => number
}

export type Adapter = {
  readonly name: string
  /** How many connections a feed may be split into. */
  readonly maxConnections: number
  /** How many dials the exchange allows within a time, if it says. */
  readonly dials?: { readonly count: number; readonly withinMs: number }
  /** Throws SsmdError where feed or key cannot be used. */
  open(context: AdapterContext): Exchange
}
