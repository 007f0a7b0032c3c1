// What every exchange implements: a frame becomes market events. The result is a function of the frame and of
// the Feed alone, so that live, history and a replay say the same.
//
// A frame becomes its events, or one `unknown` event with the reason: if any row of it is bad, the others are not emitted
// either, because a book without one of its levels is a wrong book. Frames without market content that the exchange is known
// to send (acknowledgements, heartbeats) become no event at all.

import { EVENT, type MarketEvent } from './event.ts'

/** What is known of a frame beside its bytes. May be reused for the next one. */
export type FrameHeader = {
  /** When it was received: milliseconds since 1970, and the nanoseconds within. */
  readonly recvMs: number
  readonly recvNs: number
  readonly feed: string
  /** As the connector found them in the frame; empty if it found none. Events carry the type; the symbol is read again. */
  readonly type: string
  readonly symbol: string
}

export type Emit = (event: MarketEvent) => void

/** One of these per feed and stream: it reuses its event, and keeps no more than names it has met. */
export type Normalizer = {
  /** Calls `emit` for each event, before it returns. Never throws, whatever the bytes are. */
  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void
}

/** `feed`: the resolved Feed in force, as plain data; only exchanges that are described by it look into it. */
export type CreateNormalizer = (feed: unknown) => Normalizer

/** Copies what the header says to an event. */
export function takeHeader(event: MarketEvent, header: FrameHeader): void {
  event.feed = header.feed
  event.type = header.type
  event.symbol = header.symbol
  event.recvMs = header.recvMs
  event.recvNs = header.recvNs
}

/** Makes the event one of a frame that does not fit. `what` is the field, as a constant text; empty: the whole frame. */
export function emitUnknown(event: MarketEvent, what: string, why: string, emit: Emit): void {
  event.begin(EVENT.unknown)
  event.reason = what === '' ? why : `${what}: ${why}`
  emit(event)
}
