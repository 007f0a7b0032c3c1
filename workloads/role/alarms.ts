// What hinders a part of a connector while the rest works: named in the report for as long as it lasts, with one line
// in the log when it begins and one when it ends.

import type { Trouble, TroubleKind } from '#crds/report.ts'
import type { Logger } from './run.ts'

export class Alarms {
  readonly #log: Logger
  readonly #nowMs: () => number
  readonly #open = new Map<string, Trouble>()

  constructor(log: Logger, nowMs: () => number) {
    this.#log = log
    this.#nowMs = nowMs
  }

  /** Begins under a key of its own; what has begun is not begun again. */
  begin(key: string, kind: TroubleKind, message: string): void {
    if (this.#open.has(key)) return
    this.#open.set(key, { kind, message, since: this.#nowMs() })
    this.#log.warn({ trouble: kind }, message)
  }

  end(key: string): void {
    const trouble = this.#open.get(key)
    if (trouble === undefined) return
    this.#open.delete(key)
    const seconds = Math.max(0, Math.round((this.#nowMs() - trouble.since) / 1000))
    this.#log.info({ trouble: trouble.kind, seconds }, `over: ${trouble.message}`)
  }

  /** As things stand: words begin it or replace those it has, the empty text ends it. */
  say(key: string, kind: TroubleKind, message: string): void {
    const trouble = this.#open.get(key)
    if (message === '') this.end(key)
    else if (trouble === undefined) this.begin(key, kind, message)
    else if (message !== trouble.message) this.#open.set(key, { ...trouble, message })
  }

  get troubles(): readonly Trouble[] {
    return [...this.#open.values()]
  }
}
