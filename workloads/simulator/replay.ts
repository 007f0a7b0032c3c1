// Recordings of an exchange, played frame by frame, byte for byte. It knows no clock: `player.ts` says when. What follows
// from what was played (books, lists of markets, REST answers) is the exchange's side.

import type { Channel } from '#exchanges/simulation/frame.ts'
import type {
  Deliver,
  PlayedExchange,
  Recorded,
  RecordedMarket,
} from '#exchanges/simulation/venue.ts'
import { Merge } from './merge.ts'
import type { FrameReader, Recogniser } from './recording.ts'
import { ASIDES_KEPT, type RecordingAccount } from './recordings.ts'

/** How far a replay is. */
export type Progress = {
  /** Frames that were played, with or without a listener. */
  readonly sent: number
  readonly total: number
  readonly done: boolean
}

export class Replay {
  readonly total: number
  readonly accounts: readonly RecordingAccount[]
  readonly exchange: PlayedExchange
  readonly #merge: Merge
  #sent = 0
  #done = false

  constructor(accounts: readonly RecordingAccount[], venue: Recogniser, exchange: PlayedExchange) {
    this.accounts = accounts
    this.exchange = exchange
    this.#merge = new Merge(accounts, venue)
    this.total = accounts.reduce((sum, { frames }) => sum + frames, 0)
  }

  get progress(): Progress {
    return { sent: this.#sent, total: this.total, done: this.#done }
  }

  /** Channels and markets with frames in the recordings. */
  *contents(): Generator<{ channel: Channel; market: string }> {
    const seen = new Map<Channel, Set<string>>()
    for (const { markets } of this.accounts)
      for (const [channel, own] of markets)
        seen.set(channel, new Set([...(seen.get(channel) ?? []), ...own]))
    for (const [channel, markets] of seen) for (const market of markets) yield { channel, market }
  }

  /** Receive time of the next frame in ms, or null at the end. Reads on where it has to. */
  async ready(): Promise<number | null> {
    if (await this.#merge.ready()) return this.#merge.head.recv
    if (!this.#done) this.exchange.ended()
    this.#done = true
    return null
  }

  /** Plays frames received up to `until`, at most `most`. Stops where `ready` has to be called; true there. */
  play(until: number, most: number, deliver: Deliver): boolean {
    for (let i = 0; i < most; i++) {
      const { head } = this.#merge
      if (head.recv > until) return false
      this.#playOne(head, deliver)
      if (!this.#merge.advance()) return true
    }
    return false
  }

  /** Receive time of the next frame; only while `ready` or `play` said that there is one. */
  get nextMs(): number {
    return this.#merge.head.recv
  }

  close(): void {
    this.#merge.close()
  }

  #playOne({ frame, kind }: FrameReader, deliver: Deliver): void {
    if (kind === 'frame') {
      this.exchange.play(frame)
      this.#sent++
      deliver.frame(frame)
    } else if (kind === 'aside') this.exchange.aside?.(frame.bytes, frame.start, frame.end)
  }
}

/** What the exchange is told of its recordings before they are played. */
export function recordedOf(accounts: readonly RecordingAccount[]): Recorded {
  const found = new Map<string, RecordedMarket & { channels: Set<string> }>()
  for (const { markets, firsts, from, to } of accounts)
    for (const [channel, own] of markets)
      for (const market of own) {
        const before = found.get(market)
        found.set(market, {
          first: before?.first ?? firsts.get(market) ?? '',
          fromMs: Math.min(from, before?.fromMs ?? from),
          toMs: Math.max(to, before?.toMs ?? to),
          channels: (before?.channels ?? new Set()).add(channel.name),
        })
      }
  return {
    files: accounts.map(({ file }) => file),
    markets: found,
    asides: accounts.flatMap(({ asides }) => asides).slice(0, ASIDES_KEPT),
  }
}
