// What hinders a part of the connector while the rest of it works: found by looking, told in one log line when it
// begins and one when it ends, and shown in report and metrics for as long as it lasts.

import type { Trouble, TroubleKind } from '#crds/report.ts'
import type { Logger } from '#role/run.ts'

/** A trouble as it is found now. */
export type Found = {
  readonly kind: TroubleKind
  /** What is affected: with the kind it makes this trouble the same one the next time. */
  readonly name: string
  readonly message: string
  /** When it began, unix milliseconds. Default: when it was found first. */
  readonly since?: number
}

export type NamedTrouble = Trouble & { readonly name: string }

/** The worst first: what is lost, what may be lost, what is not captured, what is late. */
const ORDER: readonly TroubleKind[] = ['FramesDropped', 'NotDurable', 'ChannelRefused']

const rank = ({ kind }: Trouble): number => {
  const at = ORDER.indexOf(kind)
  return at === -1 ? ORDER.length : at
}

export class TroubleBook {
  readonly #find: () => readonly Found[]
  readonly #log: Logger
  readonly #nowMs: () => number
  #known = new Map<string, NamedTrouble>()

  constructor(options: {
    /** All that hinders at this moment. */
    readonly find: () => readonly Found[]
    readonly log: Logger
    readonly nowMs: () => number
  }) {
    this.#find = options.find
    this.#log = options.log
    this.#nowMs = options.nowMs
  }

  /** Looks again: logs what began and what is over, and returns what there is, the worst first. */
  look(): readonly NamedTrouble[] {
    const now = this.#nowMs()
    const before = this.#known
    this.#known = new Map()
    for (const { kind, name, message, since = now } of this.#find()) {
      const key = `${kind} ${name}`
      const known = before.get(key)
      if (known === undefined) this.#log.warn({ trouble: kind, name }, message)
      this.#known.set(key, { kind, name, message, since: known?.since ?? since })
    }
    for (const [key, { kind, name, since }] of before) {
      if (this.#known.has(key)) continue
      const seconds = Math.round((now - since) / 1000)
      this.#log.info({ trouble: kind, name, seconds }, `${kind} of ${name} is over`)
    }
    return this.troubles
  }

  /** As of the last look. */
  get troubles(): readonly NamedTrouble[] {
    return [...this.#known.values()].sort((a, b) => rank(a) - rank(b))
  }
}
