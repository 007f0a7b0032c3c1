// The pull requests of a consumer: how many bytes were asked for and have not come. Several requests are under way
// at once, so that the server never waits for the next; the sum stays below the bound. The server spreads messages
// over the requests in turn, so only sums are kept, and each request says at its end what it left over.

/** Below this share of the bound no new request is made: fewer and larger ones. */
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

  /** Bytes asked for that have not come. */
  get requested(): number {
    return this.#requested
  }

  /** Size of the request to make now, 0 for none. `held`: bytes that came and are not taken or not done with. */
  next(held: number): number {
    const bound = Math.max(this.#bound, this.#minimum)
    const room = bound - held - this.#requested
    const least = Math.max(this.#minimum, Math.floor(bound / SHARE))
    if (room < least) return 0
    this.#requested += room
    return room
  }

  /** A message of this size came. */
  received(bytes: number): void {
    this.#requested = Math.max(0, this.#requested - bytes)
  }

  /** A request ended and left this over. */
  ended(leftOver: number): void {
    this.#requested = Math.max(0, this.#requested - leftOver)
  }

  /** A request ended unused because the next message is larger than it. Gives the size asked for from now on. */
  tooSmall(leftOver: number): number {
    this.ended(leftOver)
    if (leftOver >= this.#minimum) this.#minimum = leftOver * 2
    return this.#minimum
  }

  /** No request is under way any more. */
  clear(): void {
    this.#requested = 0
  }
}
