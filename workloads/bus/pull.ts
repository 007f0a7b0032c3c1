// The pull request of a consumer: one at a time, for as many bytes as the bound has room for. It waits for the first
// message, takes all there are, and ends; what comes meanwhile is gathered for the next one, so that a quiet stream
// costs the server and us few wake-ups.

import type { Msg } from 'nats'

/** A request asks for at least this share of the bound: fewer and larger ones. */
const SHARE = 4

export class PullBudget {
  readonly #bound: number
  #minimum: number
  #requested = 0

  /** `largest`: the largest message the server takes; a request below it might never be served. */
  constructor(bound: number, largest: number) {
    this.#minimum = largest
    this.#bound = bound
  }

  /** Bytes asked for that have not come; 0 if no request is under way. */
  get requested(): number {
    return this.#requested
  }

  /** Size of the request to make now, 0 for none. `held`: bytes that came and are not taken or not done with. */
  next(held: number): number {
    if (this.#requested > 0) return 0
    const bound = Math.max(this.#bound, this.#minimum)
    const room = bound - held
    const least = Math.max(this.#minimum, Math.floor(bound / SHARE))
    if (room < least) return 0
    this.#requested = room
    return room
  }

  /** A message of this size came. */
  received(bytes: number): void {
    this.#requested = Math.max(0, this.#requested - bytes)
  }

  /** The request ended unused because the next message is larger than it. Gives the size asked for from now on. */
  tooSmall(leftOver: number): number {
    this.ended()
    if (leftOver >= this.#minimum) this.#minimum = leftOver * 2
    return this.#minimum
  }

  /** No request is under way any more. */
  ended(): void {
    this.#requested = 0
  }
}

const EXPIRES_MS = 30_000
const NANOS = 1_000_000

/** The body of a request for up to `bytes`: it waits for the first message and ends as soon as there are no more. */
export const pullRequest = (bytes: number, heartbeatMs: number): string =>
  JSON.stringify({
    batch: 1_000_000,
    max_bytes: bytes,
    no_wait: true,
    expires: EXPIRES_MS * NANOS,
    idle_heartbeat: heartbeatMs * NANOS,
  })

/** How JetStream ends a request, or sends a heartbeat. `broken`: the consumer no longer exists. */
export type PullEnd =
  | { readonly kind: 'heartbeat' | 'drained' | 'expired' }
  | { readonly kind: 'tooSmall'; readonly leftOver: number }
  | { readonly kind: 'broken'; readonly reason: string }

/** Reads a status message of a pull consumer (nats-server, consumer.go). */
export function endOf({ headers }: Pick<Msg, 'headers'>): PullEnd {
  const status = headers?.code ?? 0
  const description = headers?.description ?? ''
  const leftOver = Number(headers?.get('Nats-Pending-Bytes') || Number.NaN)
  if (status === 100) return { kind: 'heartbeat' }
  if (status === 404) return { kind: 'drained' }
  if (status === 408) return { kind: 'expired' }
  if (status === 409 && /exceeds maxbytes/i.test(description) && leftOver >= 0)
    return { kind: 'tooSmall', leftOver }
  return { kind: 'broken', reason: `${status} ${description}`.trim() }
}
