// Asks again and again which symbols a feed has. What is found is captured page by page, while the rest is still being
// asked for; what is not found is given up only on the strength of whole answers. A failed answer changes nothing else.

import type { Exchange, Failure, SymbolPage } from '#exchanges/protocol/adapter.ts'
import { pause } from '#role/backoff.ts'
import { Backoff } from './backoff.ts'
import type { Census, SymbolSet } from './symbol-set.ts'
import { toFailure } from './websocket.ts'

export type DiscoveryOptions = {
  readonly exchange: () => Exchange
  readonly set: SymbolSet
  readonly intervalMs: number
  readonly random: () => number
  readonly nowMs: () => number
  /** The set may have changed. */
  onPage(): void
  /** An answer is over. */
  onAnswer(answer: DiscoveryAnswer): void
}

export type DiscoveryAnswer = {
  /** Everything that exists now has been listed, in this answer or before. */
  readonly known: boolean
  /** What could not be had. */
  readonly failures: readonly Failure[]
  /** How many captured symbols a whole answer listed; null: it was not whole. */
  readonly census: Census | null
}

/** Answers in a row that must say that there is nothing at all before the first of them is believed. */
const EMPTY_ANSWERS = 3
/** Between them, at most. */
const EMPTY_WAIT_MS = 2_000

/** Asks until `signal` aborts. Returns immediately if there is nothing to ask. */
export async function keepDiscovering(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<void> {
  const { set, intervalMs, nowMs, onPage, onAnswer } = options
  const backoff = new Backoff(options.random)
  let known = false
  let emptyAnswers = 0
  while (!signal.aborted) {
    let listed = 0
    const take = ({ now, later }: SymbolPage) => {
      listed += now.length + later.length
      for (const symbol of now) set.found(symbol)
      for (const symbol of later) set.listed(symbol)
      onPage()
    }
    let failures: readonly Failure[]
    let wait = intervalMs
    let census: Census | null = null
    try {
      const { discover } = options.exchange()
      if (discover === null) return onAnswer({ known: true, failures: [], census: null })
      const discovered = await discover(take, signal)
      failures = discovered.failures
      emptyAnswers = listed === 0 && discovered.known ? emptyAnswers + 1 : 0
      // An exchange without a single market is more likely to be one that has just lost its list.
      const believed = emptyAnswers === 0 || emptyAnswers >= EMPTY_ANSWERS
      if (!known && !believed) wait = Math.min(intervalMs, EMPTY_WAIT_MS)
      known ||= discovered.known && believed
      if (failures.length === 0) {
        census = set.answered(nowMs())
        backoff.succeeded()
      } else {
        set.over()
        const asked = backoff.next(0, failures[0]!)
        wait = discovered.known ? Math.max(intervalMs, asked) : Math.max(1_000, asked)
      }
    } catch (thrown) {
      if (signal.aborted) return
      failures = [toFailure(thrown)]
      set.over()
      wait = Math.max(1_000, backoff.next(0, failures[0]!))
    }
    if (signal.aborted) return
    onAnswer({ known, failures, census })
    await pause(wait, signal)
  }
}
