// Recordings as an exchange: plays their frames one by one, byte for byte, keeps each market's book as far as
// it was played, and answers REST from what is in them. It knows no clock: `player.ts` says when.

import { timeText } from './calendar.ts'
import { CHANNELS, type Channel, channelOfType, ORDERBOOK } from './channels.ts'
import { emptyFrame, type Frame } from './frame.ts'
import { Merge } from './merge.ts'
import type { JsonObject, Metadata } from './metadata.ts'
import { PlayedBook } from './played-book.ts'
import type { FrameReader } from './recording.ts'
import { Names, type RecordingAccount } from './recordings.ts'
import type { Deliver, Progress, RestExchange, RestMarket, Source } from './source.ts'

type RecordedMarket = {
  readonly ticker: string
  readonly book: PlayedBook
  readonly from: number
  readonly to: number
}

export class Replay implements Source {
  readonly kind = 'replay'
  readonly total: number
  readonly accounts: readonly RecordingAccount[]
  readonly #metadata: Metadata
  readonly #merge: Merge
  readonly #markets = new Map<string, RecordedMarket>()
  readonly #names = new Names()
  readonly #frame: Frame = emptyFrame(ORDERBOOK)
  #sent = 0
  #done = false

  constructor(accounts: readonly RecordingAccount[], metadata: Metadata) {
    this.accounts = accounts
    this.#metadata = metadata
    this.#merge = new Merge(accounts)
    this.total = accounts.reduce((sum, { frames }) => sum + frames, 0)
    for (const { markets, ids, from, to } of accounts)
      for (const market of new Set([...markets.values()].flatMap((set) => [...set]))) {
        const before = this.#markets.get(market)
        const book = before?.book ?? new PlayedBook()
        book.marketId ||= ids.get(market) ?? ''
        this.#markets.set(market, {
          ticker: market,
          book,
          from: Math.min(from, before?.from ?? from),
          to: Math.max(to, before?.to ?? to),
        })
      }
  }

  get progress(): Progress {
    return { sent: this.#sent, total: this.total, done: this.#done }
  }

  /** Channels and markets with frames in the recordings; a channel without markets has the empty market. */
  *contents(): Generator<{ channel: Channel; market: string }> {
    for (const channel of CHANNELS) {
      const markets = new Set<string>()
      let any = false
      for (const account of this.accounts) {
        const own = account.markets.get(channel.name)
        if (own) any = true
        for (const market of own ?? []) markets.add(market)
      }
      if (any && channel.filter === 'none') yield { channel, market: '' }
      else for (const market of markets) yield { channel, market }
    }
  }

  /** Receive time of the next frame in ms, or null at the end. Reads on where it has to. */
  async ready(): Promise<number | null> {
    if (await this.#merge.ready()) return this.#merge.head.recv
    this.#done = true
    return null
  }

  /** Plays frames received up to `until`, at most `most`. Stops where `ready` has to be called; true there. */
  play(until: number, most: number, deliver: Deliver): boolean {
    for (let i = 0; i < most; i++) {
      const head = this.#merge.head
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

  snapshot(market: string, why: 'first' | 'asked'): string | null {
    const recorded = this.#markets.get(market)
    if (!recorded) return null
    const { book } = recorded
    // Before its first frame the recording itself brings the snapshot; nothing is made up then.
    if (!book.played) return why === 'asked' ? book.message(market) : null
    return book.known ? book.message(market) : null
  }

  ticker(_market: string): string | null {
    return null
  }

  marketOfId(id: string): string | undefined {
    if (id === '') return undefined
    for (const { ticker, book } of this.#markets.values()) if (book.marketId === id) return ticker
    return undefined
  }

  get rest(): RestExchange {
    return {
      active: true,
      timed: false,
      markets: () => [...this.#markets.values()].map((market) => this.#restMarket(market)),
      event: (ticker) => this.#event(ticker),
      series: (ticker) =>
        [...this.#markets.keys()].some((market) => seriesOf(market) === ticker)
          ? { ticker, title: ticker, tags: ['simulated'], frequency: '', category: '' }
          : undefined,
      book: (ticker) => {
        const book = this.#markets.get(ticker)?.book
        return book ? { yes: book.levels('yes'), no: book.levels('no') } : null
      },
    }
  }

  #playOne(head: FrameReader, deliver: Deliver): void {
    const { scan, bytes } = head
    const type = this.#names.type(bytes, scan.typeAt, scan.typeEnd)
    const channel = channelOfType(type)
    if (!channel) return
    const market = scan.marketAt < 0 ? '' : this.#names.market(bytes, scan.marketAt, scan.marketEnd)
    if (channel === ORDERBOOK)
      this.#markets
        .get(market)
        ?.book.apply(bytes, head.start, head.end, scan.marketEnd, type === 'orderbook_delta')
    this.#sent++
    const frame = this.#frame
    frame.bytes = bytes
    frame.start = head.start
    frame.end = head.end
    frame.sidAt = scan.sidAt
    frame.sidEnd = scan.sidEnd
    frame.seqAt = scan.seqAt
    frame.seqEnd = scan.seqEnd
    frame.channel = channel
    frame.market = channel.filter === 'none' ? '' : market
    deliver.frame(frame)
  }

  /** As long as it plays, every market is open, or nobody would subscribe to what is still to come. */
  #restMarket(market: RecordedMarket): RestMarket {
    const recorded = this.#metadata.markets.get(market.ticker)
    const done = this.#done
    const status = done ? String(recorded?.status ?? 'closed') : 'active'
    const eventTicker = String(recorded?.event_ticker ?? eventOf(market.ticker))
    const closeMs = Date.parse(String(recorded?.close_time))
    return {
      ticker: market.ticker,
      eventTicker,
      seriesTicker: seriesOf(market.ticker),
      status,
      closeMs: Number.isNaN(closeMs) ? null : closeMs,
      record: () =>
        recorded
          ? { ...(done ? recorded : unsettled(recorded)), status }
          : {
              ticker: market.ticker,
              event_ticker: eventTicker,
              market_type: 'binary',
              title: market.ticker,
              open_time: timeText(Math.floor(market.from)),
              close_time: timeText(Math.floor(market.to)),
              result: '',
              status,
            },
    }
  }

  #event(ticker: string): JsonObject | undefined {
    const recorded = this.#metadata.events.get(ticker)
    const played = [...this.#markets.keys()].some(
      (market) => (this.#metadata.markets.get(market)?.event_ticker ?? eventOf(market)) === ticker
    )
    if (!played) return undefined
    return recorded ?? { event_ticker: ticker, series_ticker: seriesOf(ticker), title: ticker }
  }
}

const seriesOf = (ticker: string): string => ticker.split('-')[0] as string
const eventOf = (ticker: string): string =>
  ticker.includes('-') ? ticker.slice(0, ticker.lastIndexOf('-')) : ticker

/** The record without what was only known afterwards. */
function unsettled(record: JsonObject): JsonObject {
  const {
    settlement_ts: _at,
    settlement_value_dollars: _value,
    expiration_value: _expiration,
    ...rest
  } = record
  return { ...rest, result: '' }
}
