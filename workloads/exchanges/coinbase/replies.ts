// What Coinbase says to a message: what a connection is subscribed to by now, or an error, which names neither the message
// nor the product that it is about.

export type Reply = {
  /** Products by channel; null: it is an error. */
  readonly subscriptions: ReadonlyMap<string, ReadonlySet<string>> | null
  /** The words of an error; otherwise empty. */
  readonly words: string
}

const MAX_WORDS = 300

/** Reads an answer; never throws. */
export function readReply(payload: Buffer): Reply {
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8').replace(/^\uFEFF/, ''))
  } catch {
    value = null
  }
  const { type, channel, events, message, reason } = fieldsOf(value)
  if (channel === undefined && type === 'error') {
    const said = [message, reason].flatMap((one) => (isSaid(one) ? [one.trim()] : []))
    return { subscriptions: null, words: said.join(': ').slice(0, MAX_WORDS) || 'an error' }
  }
  const subscriptions = new Map<string, Set<string>>()
  for (const event of listOf(events)) {
    for (const [name, products] of Object.entries(fieldsOf(fieldsOf(event).subscriptions))) {
      const known = subscriptions.get(name) ?? new Set()
      for (const one of listOf(products)) if (typeof one === 'string') known.add(one)
      subscriptions.set(name, known)
    }
  }
  return { subscriptions, words: '' }
}

const isSaid = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
