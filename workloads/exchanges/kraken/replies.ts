// The answers of Kraken to commands. Each symbol of a command has an answer of its own. A refusal names its symbol at the top,
// and has no `result`, or one that is null.

export type Reply = {
  readonly method: 'subscribe' | 'unsubscribe' | 'error'
  /** `req_id` of the command; 0: it is not said. */
  readonly id: number
  readonly success: boolean
  /** Empty where they are not said. */
  readonly channel: string
  readonly symbol: string
  /** The exchange's own, of a refusal. */
  readonly words: string
}

const MAX_WORDS = 300

/** Reads a frame whose method is one of these. */
export function readReply(payload: Buffer): Reply {
  const frame = JSON.parse(payload.toString('utf8').replace(/^\ufeff/, '')) as Fields
  const result = objectOf(frame.result)
  const { method, req_id: id } = frame
  const words = textOf(frame.error)
  return {
    method: method === 'subscribe' || method === 'unsubscribe' ? method : 'error',
    id: typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : 0,
    success: frame.success === true,
    channel: textOf(result.channel) || textOf(frame.channel),
    symbol: textOf(result.symbol) || textOf(frame.symbol),
    words: words.slice(0, MAX_WORDS) || 'refused without a reason',
  }
}

type Fields = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
