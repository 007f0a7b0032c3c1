// Bounds how many answers of a kind are made at a time, how many callers wait for their turn, and for how long. Every other caller is told
// when to come again, before anything was done for them.

import { RequestError } from './problem.ts'

export type GateOptions = {
  readonly active: number
  readonly waiting: number
  readonly waitMs: number
}

type Waiter = { readonly enter: () => void; readonly refuse: (error: Error) => void }

export class Gate {
  active = 0
  readonly #options: GateOptions
  readonly #queue = new Set<Waiter>()

  constructor(options: GateOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** Runs `work` when it is its turn. Throws a RequestError with 503 if that is not soon, or the signal's reason. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    const { active, waiting, waitMs } = this.#options
    signal.throwIfAborted()
    if (this.active < active) {
      this.active++
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

  /** The next one takes the place: it never becomes free in between. */
  #leave(): void {
    const [next] = this.#queue
    if (next === undefined) this.active--
    else next.enter()
  }
}

const busy = (): RequestError =>
  new RequestError(503, 'more is asked for than is answered at a time', {
    code: 'SSMD_E_BUSY',
    hint: 'ask again in some seconds, or for less',
    headers: { 'Retry-After': '5' },
  })
