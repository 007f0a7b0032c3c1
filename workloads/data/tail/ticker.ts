// The document of what is captured now, made once a second for all who listen, and not at all without a listener. Callers who see
// the same feeds share one text.

import type { LiveNow } from '../live/now.ts'
import type { Grant } from '../model/query.ts'

const PERIOD_MS = 1000

type Listener = { readonly grant: Grant; readonly on: (text: string) => void }

export class LiveTicker {
  readonly #now: LiveNow
  readonly #nowMs: () => number
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout | undefined

  constructor(now: LiveNow, nowMs: () => number) {
    this.#now = now
    this.#nowMs = nowMs
  }

  /** Calls `on` with the document as JSON, now and each second, until disposed. */
  listen(grant: Grant, on: (text: string) => void): Disposable {
    const listener = { grant, on }
    this.#listeners.add(listener)
    this.#timer ??= setInterval(() => this.#tick(), PERIOD_MS)
    on(this.#text(grant))
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener)
        if (this.#listeners.size > 0) return
        clearInterval(this.#timer)
        this.#timer = undefined
      },
    }
  }

  #tick(): void {
    const texts = new Map<Grant, string>()
    for (const { grant, on } of [...this.#listeners]) {
      const text = texts.get(grant) ?? this.#text(grant)
      texts.set(grant, text)
      on(text)
    }
  }

  #text(grant: Grant): string {
    return JSON.stringify(this.#now.document(this.#nowMs(), (feed) => grant.feeds(feed)))
  }
}
