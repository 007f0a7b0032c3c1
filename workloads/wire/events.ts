// What happened to a connection, as a record: the JSON payload of a record of form `event`.
// The connector writes them, the archiver puts them into the files and turns them into gaps of the manifest.

/** Why frames are missing. */
export type GapCause =
  | 'exchange-sequence' // the exchange's own numbers jumped
  | 'exchange-checksum' // a book, changed as the exchange said, has not the checksum that the exchange sent with it
  | 'not-subscribed' // the exchange refused a subscription, or did not answer it
  | 'unsubscribed' // symbols were given up because the exchange listed them no longer, and came back
  | 'disconnected' // the socket closed or was found dead
  | 'connector-stopped' // asked to stop
  | 'connector-lost' // the process ended without an event
  | 'buffer-full' // the connector's bound on memory was reached
  | 'number-hole' // numbers of a connection never arrived
  | 'stream-aged' // JetStream discarded blocks before they were archived
  | 'stream-recreated' // the stream was deleted and recreated
  | 'oversize' // a frame larger than NATS takes
  | 'proof-lost' // frames came whose exchange's numbers cannot be read: what is missing among them cannot be told
  | 'resharded' // the feed's number of shards changed, and symbols went to another connector
  | 'imported' // another program archived the frames: what it lost, or lines of its files that are no frames
  | 'clock-stepped' // the clock of the connector's machine was set, or the machine slept

/** Whose fault a gap is. */
export type GapFault = 'exchange' | 'network' | 'ours' | 'user' | 'unknown'

export type OpenEvent = {
  readonly kind: 'open'
  readonly exchange: string
  readonly endpoint: string
  readonly adapter: string
  readonly symbols: number
  /** How many connectors the feed has; left out by older ones, which were alone. */
  readonly shards?: number
  /** The connection of this slot before it, as far as the connector knows: the order that no clock decides. */
  readonly follows?: Predecessor
  /** The connection of this slot that is still open and that this one is to replace, without a gap between them. */
  readonly replaces?: string
  /** The Feed in force, if it alone describes the exchange: without it, frames cannot be normalised later. */
  readonly feed?: object
}

/** A connection that ended, with its last record: its number and receive time (RFC 3339, by its own clock). */
export type Predecessor = {
  readonly connection: string
  readonly number: number
  readonly recv: string
}

export type CloseEvent = {
  readonly kind: 'close'
  readonly cause: GapCause
  readonly fault: GapFault
  /** WebSocket close code, or 0. */
  readonly code: number
  readonly reason: string
  /** The connection that was ready before this one ended: nothing is missing between them but what a gap names. */
  readonly replacedBy?: string
}

/**
 * Frames of `scope` were never sent to us: the exchange's sequence jumped (`missing` frames had not come when the record
 * behind this event came), a book has not the checksum that the exchange sent, or the exchange gives no subscription. In a storm of jumps one event stands for many: then it
 * has `jumps`, `from` and `to`, and is in the block of the last of them.
 */
export type GapEvent = {
  readonly kind: 'gap'
  readonly cause: 'exchange-sequence' | 'exchange-checksum' | 'not-subscribed'
  readonly fault: 'exchange'
  readonly channel: string
  /** What it is about, if not all symbols of the channel. */
  readonly symbols?: readonly string[]
  readonly scope: number
  readonly fromSequence: number
  readonly toSequence: number
  /** null: unknown. */
  readonly missing: number | null
  /** RFC 3339: when it began, if that was before the record in front of this event. */
  readonly from?: string
  /** RFC 3339: when it ended, if that was before this event. */
  readonly to?: string
  /** The number of jumps of the sequence, if more than one. */
  readonly jumps?: number
  readonly reason?: string
}

/** Frames that came out of order: `filled` came after a gap had named them, and takes them back. */
export type LateEvent = {
  readonly kind: 'late'
  readonly channel: string
  readonly scope: number
  /** Sequences, inclusive. */
  readonly filled: readonly (readonly [first: number, last: number])[]
  /** Late frames, those of `filled` among them. */
  readonly late: number
  /** Frames whose sequence had come before. */
  readonly repeated: number
}

/** Frames of a type came whose exchange's numbers cannot be read (`lost`), or can be read again (`back`). */
export type ProofEvent = {
  readonly kind: 'proof'
  readonly state: 'lost' | 'back'
  readonly channel: string
  readonly type: string
  readonly scope: number
  /** The field and what was found there. */
  readonly reason: string
}

/** The clock of the machine was set, or the machine slept: the times of this connection end here. */
export type ClockEvent = {
  readonly kind: 'clock'
  /** The new time less the old one. */
  readonly stepSeconds: number
}

/** Symbols were not captured from `from` until now, although they may have traded. */
export type UnsubscribedEvent = {
  readonly kind: 'gap'
  readonly cause: 'unsubscribed'
  readonly fault: 'exchange'
  readonly channel: string
  readonly scope: number
  readonly symbols: readonly string[]
  readonly missing: null
  /** RFC 3339. */
  readonly from: string
  readonly reason: string
}

/** The connector received these and could not keep them. Numbers are inclusive. */
export type DropEvent = {
  readonly kind: 'drop'
  readonly cause: 'buffer-full' | 'oversize'
  readonly fault: 'ours'
  readonly fromNumber: number
  readonly toNumber: number
  /** RFC 3339 receive times of the first and the last dropped frame. */
  readonly from: string
  readonly to: string
}

/** State was asked for again after a gap. */
export type RebuildEvent = {
  readonly kind: 'rebuild'
  readonly scope: number
  readonly how: string
  readonly symbols: number
}

/** Every subscription that is wanted is confirmed: from here on all that the exchange sends is captured. */
export type ReadyEvent = {
  readonly kind: 'ready'
  /** Symbols asked for by name; 0 where whole channels are. */
  readonly symbols: number
  /** With it every connection of the connector is ready: its whole share of the feed is captured. */
  readonly complete?: true
}

/**
 * What arrived since the last such event of the connection, and what was made of it. The archiver adds up the numbers and
 * keeps the texts, whatever their names: new figures need no new archiver.
 */
export type CountsEvent = {
  readonly kind: 'counts'
  /** By channel, what the exchange's protocol can prove: `frames`, `book`, `trades` or `nothing`. */
  readonly proof: Readonly<Record<string, string>>
  /** By message type. */
  readonly types: Readonly<Record<string, TypeCounts>>
  /** The first frames that were not understood, could not be normalised or do not fit the feed's schema, if there are new ones. */
  readonly samples?: readonly UnknownSample[]
}

export type TypeCounts = {
  readonly frames: number
  /** Frames that the connector understood as they came. */
  readonly understood: number
  /** Frames of the sample that was normalised, and those of them that became an `unknown` event. */
  readonly normalized: number
  readonly unknown: number
  /** Of a feed with a schema: frames of the sample that were held against it, and those that do not fit. */
  readonly checked?: number
  readonly misfit?: number
}

/** `conn` and `n` name the record. */
export type UnknownSample = {
  readonly conn: string
  readonly n: number
  readonly type: string
  readonly reason: string
}

/** The connector asked over HTTP. The body of the answer, as received, is the next record of the connection. */
export type FetchedEvent = {
  readonly kind: 'fetched'
  readonly url: string
  /** HTTP status; 0: no answer came, or not all of it, and no record follows. */
  readonly status: number
  /** Why it is no success. */
  readonly reason?: string
}

export type ConnectionEvent =
  | OpenEvent
  | ReadyEvent
  | CloseEvent
  | GapEvent
  | UnsubscribedEvent
  | DropEvent
  | RebuildEvent
  | LateEvent
  | ProofEvent
  | ClockEvent
  | CountsEvent
  | FetchedEvent
