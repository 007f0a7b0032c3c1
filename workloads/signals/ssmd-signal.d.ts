// What a signal is made of. `ssmd signal new` writes this file; `defineSignal` is a global of the sandbox.

/** What the market did, or `gap`: records are missing. Gaps are always shown. */
type SsmdEventKind =
  | 'trade'
  | 'quote'
  | 'bookSnapshot'
  | 'bookChange'
  | 'instrument'
  | 'gap'
  | 'unknown'

/** Shows the event that is being handled; the next event replaces what it says. A field that the event does not have is undefined. */
type SsmdEvent = {
  readonly kind: SsmdEventKind
  readonly feed: string
  /** The exchange's name of the instrument; empty if a gap is of the whole feed. */
  readonly symbol: string
  /** The exchange's message type. */
  readonly type: string
  /** When the frame was received, in milliseconds since 1970, and the nanoseconds within. */
  readonly receivedMs: number
  readonly receivedNs: number
  /** When it happened, by the exchange's clock; it never orders events. */
  readonly timeMs: number | undefined
  readonly timeNs: number | undefined
  /** Of a level its side; of a trade what the aggressor did. */
  readonly side: 'bid' | 'ask' | 'buy' | 'sell' | undefined
  readonly price: number | undefined
  readonly size: number | undefined
  readonly bid: number | undefined
  readonly bidSize: number | undefined
  readonly ask: number | undefined
  readonly askSize: number | undefined
  readonly last: number | undefined
  readonly lastSize: number | undefined
  readonly volume: number | undefined
  /** Of a gap its cause; of an unknown frame what does not fit. */
  readonly reason: string | undefined
  /** Of a gap: when records came again. */
  readonly untilMs: number | undefined
  /** Of a gap: it begins, it ends; both if it became known only afterwards. */
  readonly begins: boolean
  readonly ends: boolean
  /** Of a change of a book: its last row. */
  readonly isLast: boolean
  /** What the exchange says about an instrument; texts as sent. */
  readonly instrument:
    | {
        readonly phase: 'created' | 'open' | 'paused' | 'closed' | 'settled' | 'changed'
        readonly action: string
        readonly tick?: string
        readonly sizeStep?: string
        readonly title?: string
        readonly strikeType?: string
        readonly floorStrike?: string
        readonly capStrike?: string
        readonly openTime?: string
        readonly closeTime?: string
        readonly result?: string
        readonly settlement?: string
      }
    | undefined
}

type SsmdParam = {
  readonly type: 'number' | 'string' | 'boolean'
  readonly default: number | string | boolean
}

type SsmdValue =
  | number
  | string
  | boolean
  | null
  | readonly SsmdValue[]
  | { readonly [name: string]: SsmdValue }

/** Of a window or a session; figures are a lower bound if `gap` says that something was missing within it. */
type SsmdWindow = {
  readonly trades: number
  readonly gap: boolean
  /** There were more trades than are kept. */
  readonly cut: boolean
  /** False: it is cut, or its beginning was not read. */
  readonly complete: boolean
}

/** Best bid and ask of a book or of quotes; undefined while that is not to be relied on. */
type SsmdTop = {
  /** Behind a gap until the next snapshot or quote, while a book is crossed, and between the rows of one change. */
  readonly stale: boolean
  readonly receivedMs: number | undefined
  readonly bid: number | undefined
  readonly ask: number | undefined
  readonly bidSize: number | undefined
  readonly askSize: number | undefined
  readonly middle: number | undefined
}

type SsmdBar = {
  readonly startMs: number
  readonly endMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly buyVolume: number
  readonly sellVolume: number
  readonly value: number
  readonly trades: number
  readonly gap: boolean
}

type SsmdBars = {
  /** How many are over, and the last one of them. */
  readonly finished: number
  readonly last: SsmdBar | undefined
  /** The one that grows. */
  readonly current: SsmdBar | undefined
}

/** What is seen of each kind of builder; undefined is not known. `ssmd data builders` lists their parameters. */
type SsmdViews = {
  'order-book': SsmdTop & {
    readonly state: 'rebuilding' | 'live' | 'unverifiable' | 'suspect' | 'closed'
    readonly trouble: 'gap' | 'crossed' | 'locked' | 'negative' | 'unfit' | undefined
    readonly timeMs: number | undefined
    readonly spread: number | undefined
    readonly microprice: number | undefined
    /** Of the level at a place, 0 being the best. */
    price(side: 'bid' | 'ask', place: number): number | undefined
    size(side: 'bid' | 'ask', place: number): number | undefined
    levels(side: 'bid' | 'ask'): number
    /** The sum of sizes of the best levels. */
    depth(side: 'bid' | 'ask', count: number): number | undefined
    /** From -1, only asks, to 1, only bids, within the best levels. */
    imbalance(count: number): number | undefined
  }
  'time-bars': SsmdBars
  'tick-bars': SsmdBars
  'volume-bars': SsmdBars
  'value-bars': SsmdBars
  'price-history': SsmdWindow & {
    readonly last: number | undefined
    readonly open: number | undefined
    readonly high: number | undefined
    readonly low: number | undefined
    readonly change: number | undefined
    /** Of a trade by its place before the last one, which is 0. */
    price(back: number): number | undefined
    size(back: number): number | undefined
    side(back: number): 'buy' | 'sell' | undefined
    receivedMs(back: number): number | undefined
  }
  'volume-profile': SsmdWindow & {
    readonly volume: number
    readonly buyVolume: number
    readonly sellVolume: number
    readonly beyond: number
    readonly levels: number
    level(rank: number):
      | {
          readonly price: number
          readonly volume: number
          readonly buyVolume: number
          readonly sellVolume: number
          readonly trades: number
        }
      | undefined
    readonly busiest: number | undefined
  }
  'rolling-vwap': SsmdWindow & {
    readonly vwap: number | undefined
    readonly volume: number
    readonly value: number
  }
  'session-vwap': {
    readonly vwap: number | undefined
    readonly volume: number
    readonly value: number
    readonly trades: number
    readonly startMs: number | undefined
    readonly endMs: number | undefined
    readonly gap: boolean
    readonly complete: boolean
  }
  'trade-imbalance': SsmdWindow & {
    readonly imbalance: number | undefined
    readonly buyVolume: number
    readonly sellVolume: number
    readonly unsided: number
  }
  'book-imbalance': {
    readonly stale: boolean
    readonly imbalance: number | undefined
    readonly bids: number | undefined
    readonly asks: number | undefined
  }
  microprice: SsmdTop & { readonly price: number | undefined }
  'spread-stats': SsmdTop & {
    readonly spread: number | undefined
    readonly least: number | undefined
    readonly greatest: number | undefined
    readonly mean: number | undefined
    readonly knownMs: number
    readonly gap: boolean
    readonly cut: boolean
    readonly complete: boolean
  }
  /** Of two instruments; the same in the calls of every instrument. */
  'as-of-join': {
    /** Both are known, and neither is older than the tolerance. */
    readonly matched: boolean
    readonly gap: boolean
    /** Left price - right price; undefined unless matched. */
    readonly difference: number | undefined
    readonly leftPrice: number | undefined
    readonly rightPrice: number | undefined
    readonly leftReceivedMs: number | undefined
    readonly rightReceivedMs: number | undefined
    readonly leftAgeMs: number | undefined
    readonly rightAgeMs: number | undefined
  }
}

type SsmdBuilder = {
  readonly kind: keyof SsmdViews
  readonly [parameter: string]: string | number | boolean
}
type SsmdBuilders = { readonly [name: string]: SsmdBuilder }

type SsmdParams = { readonly [name: string]: SsmdParam }
type SsmdGiven<P> = {
  readonly [N in keyof P]: P[N] extends { readonly default: infer D } ? Widened<D> : never
}

type SsmdContext<P, B> = {
  readonly params: SsmdGiven<P>
  /** What builders have made of the instrument until now. */
  readonly builders: {
    readonly [N in keyof B]: B[N] extends { readonly kind: infer K extends keyof SsmdViews }
      ? SsmdViews[K]
      : never
  }
  /** The instrument whose state is handed in; of a gap of the whole feed each known one in turn. */
  readonly symbol: string
  /** When the event was received, in milliseconds since 1970. */
  readonly now: number
  /** A number from 0 to 1, the same in each run. */
  rng(): number
  /** The signal says something. False: not kept, because of warmup, edge or cooldown. Numbers must be finite. */
  fire(payload: { readonly [name: string]: SsmdValue }): boolean
}

type Widened<D> = D extends number ? number : D extends string ? string : boolean

type SsmdSignal<P extends SsmdParams, B extends SsmdBuilders, S> = {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string
  readonly version: number
  readonly params?: P
  readonly inputs: {
    readonly events: readonly Exclude<SsmdEventKind, 'gap'>[]
    /** Names of instruments; one that ends in * stands for all that begin so. Default: all. */
    readonly symbols?: readonly string[]
    /** Feeds, and the exchange's message types. Default: all. */
    readonly feeds?: readonly string[]
    readonly types?: readonly string[]
  }
  /** What is made of events for each instrument, by a name of one's own. They take what they need, whatever `inputs` says. */
  readonly builders?: B | ((params: SsmdGiven<P>) => B)
  /** No fire of an instrument within this time after its first event. */
  readonly warmup?: {
    readonly days?: number
    readonly hours?: number
    readonly minutes?: number
    readonly seconds?: number
  }
  /** After a fire none for this time, of one symbol: 500ms, 60s, 5m, 1h. */
  readonly cooldown?: { readonly perSymbol: string }
  /** A fire is kept only if `on` did not fire at the event before, of that symbol. Behind a gap that is not known. */
  readonly edge?: 'rising'
  /** State of one symbol: plain data. The engine keeps it, and hands it to `on`. */
  init?(params: SsmdGiven<P>): S
  on(event: SsmdEvent, state: S, ctx: SsmdContext<P, B>): void
}

declare function defineSignal<
  const P extends SsmdParams = Record<never, never>,
  const B extends SsmdBuilders = Record<never, never>,
  S = undefined,
>(signal: SsmdSignal<P, B, S>): SsmdSignal<P, B, S>
