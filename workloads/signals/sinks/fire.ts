// What a sink is told: one fire, or one summary of fires that its rate limit left out.

export type Fire = {
  /** Also the key by which a receiver recognises one that comes twice. */
  readonly id: string
  readonly signal: string
  readonly feed: string
  readonly symbol: string
  /** When the event was received, RFC 3339. */
  readonly recv: string
  /** By the exchange's clock. */
  readonly time: string | null
  readonly payload: unknown
}

export type Summary = {
  readonly id: string
  readonly signal: string
  /** Fires that were not sent one by one. */
  readonly count: number
  /** Receive times of the first and the last of them. */
  readonly from: string
  readonly to: string
}

export type Notice =
  | { readonly kind: 'fire'; readonly fire: Fire }
  | { readonly kind: 'summary'; readonly summary: Summary }

export const noticeId = (notice: Notice): string =>
  notice.kind === 'fire' ? notice.fire.id : notice.summary.id

/** The frame of a fire in its feed, read; undefined if it is none. */
export function readFire(signal: string, frame: Uint8Array): Fire | undefined {
  try {
    const fire = JSON.parse(Buffer.from(frame).toString('utf8')) as Partial<Fire>
    const { id, feed, symbol, recv, time, payload } = fire
    const texts = [id, feed, symbol, recv]
    if (!texts.every((text) => typeof text === 'string')) return undefined
    return { signal, id, feed, symbol, recv, time: time ?? null, payload } as Fire
  } catch {
    return undefined
  }
}

/** One line, for sinks that people read. */
export function titleOf(notice: Notice): string {
  if (notice.kind === 'summary') {
    const { signal, count } = notice.summary
    return `${signal}: ${count} more`
  }
  const { signal, symbol } = notice.fire
  return symbol === '' ? signal : `${signal}: ${symbol}`
}

/** A few lines below the title. */
export function bodyOf(notice: Notice): string {
  if (notice.kind === 'summary') {
    const { count, from, to } = notice.summary
    return `${count} more fires from ${from} to ${to} were not sent one by one: the sink has a rate limit.`
  }
  const { feed, recv, payload } = notice.fire
  const isList = typeof payload !== 'object' || payload === null || Array.isArray(payload)
  const lines = isList
    ? [JSON.stringify(payload)]
    : Object.entries(payload as object).map(([name, value]) => `${name}: ${textOf(value)}`)
  return [...lines, `${feed}, received ${recv}`].join('\n')
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
