// Bounds how many answers of a kind are made at a time, how many callers wait for their turn, and for how long. Every other caller is told
// when to come again, before anything was done for them.

import { RequestError } from './problem.ts'

export type GateOptions = {
  readonly active: number
  /** Answers that have begun, among them those whose callers do not read at the moment. @default as many as are made */
  readonly open?: number
  readonly waiting: number
  readonly waitMs: number
}

/** The place of an answer among those that are made. */
export type Place = {
  /** Whether others wait for one. */
  readonly isWanted: () => boolean
  /** Another one may have it for a while: this answer waits for its caller, and costs memory alone. */
  readonly lend: () => void
  readonly takeBack: () => void
}

/** Of what is never made to wait. */
export const NO_PLACE: Place = { isWanted: () => false, lend: () => {}, takeBack: () => {} }

type Waiter = { readonly enter: () => void; readonly refuse: (error: Error) => void }

export class Gate {
  active = 0
  #open = 0
  readonly #options: GateOptions
  readonly #queue = new Set<Waiter>()

  constructor(options: GateOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** Runs `work` when it is its turn. Throws a RequestError with 503 if that is not soon, or the signal's reason. */
  async run<T>(signal: AbortSignal, work: (place: Place) => Promise<T>): Promise<T> {
    await this.#enter(signal)
    const place = this.#place()
    try {
      return await work(place)
    } finally {
      place.takeBack()
      this.active--
      this.#open--
      this.#admit()
    }
  }

  #hasRoom(): boolean {
    const { active, open = active } = this.#options
    return this.active < active && this.#open < open
  }

  #take(): void {
    this.active++
    this.#open++
  }

  #place(): Place {
    let isLent = false
    return {
      isWanted: () => this.waiting > 0,
      lend: () => {
        if (isLent || this.#options.open === undefined) return
        isLent = true
        this.active--
        this.#admit()
      },
      takeBack: () => {
        if (!isLent) return
        isLent = false
        this.active++
      },
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    const { waiting, waitMs } = this.#options
    signal.throwIfAborted()
    if (this.#hasRoom()) {
      this.#take()
      return
    }
    if (this.#queue.size >= waiting) throw busy()
    await new Promise<void>((resolve, reject) => {
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        this.#queue.delete(waiter)
        settle()
      }
      const waiter: Waiter = {
        enter: () => done(resolve),
        refuse: (error) => done(() => reject(error)),
      }
      const timer = setTimeout(() => waiter.refuse(busy()), waitMs)
      const onAbort = (): void => waiter.refuse(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.add(waiter)
    })
  }

  /** Those who wait enter without a moment in which the place is free. */
  #admit(): void {
    for (const next of this.#queue) {
      if (!this.#hasRoom()) return
      this.#take()
      next.enter()
    }
  }
}

const busy = (): RequestError =>
  new RequestError(503, 'more is asked for than is answered at a time', {
    code: 'SSMD_E_BUSY',
    hint: 'ask again in some seconds, or for less',
    headers: { 'Retry-After': '5' },
  })
