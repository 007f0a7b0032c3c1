// The fields of a JetStream reply subject: `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.
// <consumer sequence>.<time>.<pending>`, and from 2.15 on optionally with domain and account before the stream.

export type Delivery = {
  /** How often it was delivered: 1 for the first time. */
  readonly deliveries: number
  readonly sequence: number
  /** Counts every delivery of this consumer, without holes. */
  readonly consumerSequence: number
  /** Messages of the stream behind this one. */
  readonly pending: number
}

/** Undefined if JetStream did not make the subject. */
export function parseDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split('.')
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined
  if (tokens.length !== 9 && tokens.length < 11) return undefined
  const at = tokens.length === 9 ? 4 : 6
  const [deliveries, sequence, consumerSequence, , pending] = tokens.slice(at, at + 5).map(Number)
  const values = [deliveries, sequence, consumerSequence, pending]
  if (!values.every((value) => Number.isSafeInteger(value))) return undefined
  return {
    deliveries: deliveries!,
    sequence: sequence!,
    consumerSequence: consumerSequence!,
    pending: pending!,
  }
}

/** The replies by which received messages can be acknowledged, in stream order. */
export class Acks {
  #open: { readonly sequence: number; readonly reply: string }[] = []

  add(sequence: number, reply: string): void {
    this.#open.push({ sequence, reply })
  }

  /** Removes all up to `sequence` from the list; the last one's reply acknowledges them all. */
  take(sequence: number): string | undefined {
    const found = this.#open.findIndex((ack) => ack.sequence > sequence)
    const count = found === -1 ? this.#open.length : found
    return this.#open.splice(0, count).at(-1)?.reply
  }

  clear(): void {
    this.#open = []
  }
}
