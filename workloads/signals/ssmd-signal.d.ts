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

type SsmdContext<P> = {
  readonly params: {
    readonly [N in keyof P]: P[N] extends { readonly default: infer D } ? Widened<D> : never
  }
  /** The instrument whose state is handed in; of a gap of the whole feed each known one in turn. */
  readonly symbol: string
  /** When the event was received, in milliseconds since 1970. */
  readonly now: number
  /** The signal says something. False: within the cooldown, and therefore not kept. Numbers must be finite. */
  fire(payload: { readonly [name: string]: SsmdValue }): boolean
}

type Widened<D> = D extends number ? number : D extends string ? string : boolean

type SsmdSignal<P extends { readonly [name: string]: SsmdParam }, S> = {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string
  readonly version: number
  readonly params?: P
  readonly inputs: {
    readonly events: readonly Exclude<SsmdEventKind, 'gap'>[]
    /** Names of instruments; one that ends in * stands for all that begin so. Default: all. */
    readonly symbols?: readonly string[]
  }
  /** After a fire none for this time, of one symbol: 500ms, 60s, 5m, 1h. */
  readonly cooldown?: { readonly perSymbol: string }
  /** State of one symbol: plain data. The engine keeps it, and hands it to `on`. */
  init?(params: SsmdContext<P>['params']): S
  on(event: SsmdEvent, state: S, ctx: SsmdContext<P>): void
}

declare function defineSignal<
  const P extends { readonly [name: string]: SsmdParam } = Record<never, never>,
  S = undefined,
>(signal: SsmdSignal<P, S>): SsmdSignal<P, S>
