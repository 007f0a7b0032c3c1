// Troubles of a part of a program while the rest works: shown in report and metrics while they last, with one log line at the
// beginning and one at the end.

import type { Logger } from 'pino'
import type { Trouble, TroubleKind } from './report.ts'

/** A trouble found by a check. */
export type Found = {
  readonly kind: TroubleKind
  /** What is affected: kind and subject identify a trouble. */
  readonly name: string
  readonly message: string
  /** When it began, unix milliseconds. Default: when it was found first. */
  readonly since?: number
}

export type NamedTrouble = Trouble & { readonly name: string }

/** The worst first: what is lost, what may be lost, what is not captured; then all others. */
const ORDER: readonly TroubleKind[] = ['FramesDropped', 'NotDurable', 'ChannelRefused']

const rank = ({ kind }: Trouble): number => {
  const at = ORDER.indexOf(kind)
  return at === -1 ? ORDER.length : at
}

export class Alarms {
  readonly #log: Logger
  readonly #nowMs: () => number
  readonly #open = new Map<string, NamedTrouble>()
  readonly #finders: (() => readonly Found[])[] = []
  /** Keys of what was found by looking. */
  #found: ReadonlySet<string> = new Set()

  constructor(log: Logger, nowMs: () => number) {
    this.#log = log
    this.#nowMs = nowMs
  }

  /** Begins under a name of its own; what has begun is not begun again. */
  begin(name: string, kind: TroubleKind, message: string): void {
    if (!this.#open.has(name)) this.#begin(name, { kind, name, message, since: this.#nowMs() })
  }

  /** Words begin it or replace those it has; the empty text ends it. */
  say(name: string, kind: TroubleKind, message: string): void {
    const trouble = this.#open.get(name)
    if (message === '') this.end(name)
    else if (trouble === undefined) this.begin(name, kind, message)
    else if (message !== trouble.message) this.#open.set(name, { ...trouble, message })
  }

  end(name: string): void {
    const trouble = this.#open.get(name)
    if (trouble === undefined) return
    this.#open.delete(name)
    const seconds = Math.max(0, Math.round((this.#nowMs() - trouble.since) / 1000))
    this.#log.info({ trouble: trouble.kind, seconds }, `over: ${trouble.message}`)
  }

  /** Adds a check: `find` returns its current troubles. */
  watch(find: () => readonly Found[]): void {
    this.#finders.push(find)
  }

  /** Runs all checks; returns all troubles, the worst first. */
  look(): readonly NamedTrouble[] {
    const found = new Set<string>()
    for (const { kind, name, message, since = this.#nowMs() } of this.#finders.flatMap((f) =>
      f()
    )) {
      const key = `${kind} ${name}`
      found.add(key)
      const known = this.#open.get(key)
      if (known === undefined) this.#begin(key, { kind, name, message, since })
      else if (known.message !== message) this.#open.set(key, { ...known, message })
    }
    for (const key of this.#found) if (!found.has(key)) this.end(key)
    this.#found = found
    return this.troubles
  }

  /** The troubles of the last check, the worst first. */
  get troubles(): readonly NamedTrouble[] {
    return [...this.#open.values()].sort((a, b) => rank(a) - rank(b))
  }

  #begin(key: string, trouble: NamedTrouble): void {
    this.#open.set(key, trouble)
    this.#log.warn({ trouble: trouble.kind }, trouble.message)
  }
}
