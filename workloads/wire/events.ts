// What happened to a connection, as a record: the JSON payload of a record of form `event`.
// The connector writes them, the archiver puts them into the files and turns them into gaps of the manifest.

/** Why frames are missing. */
export type GapCause =
  | 'exchange-sequence' // the exchange's own numbers jumped
  | 'unsubscribed' // symbols were given up because the exchange listed them no longer, and came back
  | 'disconnected' // the socket closed or was found dead
  | 'connector-stopped' // asked to stop
  | 'connector-lost' // the process ended without a word
  | 'buffer-full' // the connector's bound on memory was reached
  | 'number-hole' // numbers of a connection never arrived
  | 'stream-aged' // JetStream discarded blocks before they were archived
  | 'stream-recreated' // the stream was deleted and made again
  | 'oversize' // a frame larger than NATS takes

/** Whose fault a gap is. */
export type GapFault = 'exchange' | 'network' | 'ours' | 'user' | 'unknown'

export type OpenEvent = {
  readonly kind: 'open'
  readonly exchange: string
  readonly endpoint: string
  readonly adapter: string
  readonly symbols: number
}

export type CloseEvent = {
  readonly kind: 'close'
  readonly cause: GapCause
  readonly fault: GapFault
  /** WebSocket close code, or 0. */
  readonly code: number
  readonly reason: string
}

/** The exchange's sequence jumped: `missing` frames of `scope` were never sent to us. */
export type GapEvent = {
  readonly kind: 'gap'
  readonly cause: 'exchange-sequence'
  readonly fault: 'exchange'
  readonly channel: string
  readonly scope: number
  readonly fromSequence: number
  readonly toSequence: number
  /** null: nobody can know. */
  readonly missing: number | null
  /** RFC 3339: when it began, where that was before the record in front of this event. */
  readonly from?: string
  readonly reason?: string
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
}

export type ConnectionEvent =
  | OpenEvent
  | ReadyEvent
  | CloseEvent
  | GapEvent
  | UnsubscribedEvent
  | DropEvent
  | RebuildEvent
