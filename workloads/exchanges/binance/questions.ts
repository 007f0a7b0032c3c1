// What one connection asks over REST, symbol by symbol: the snapshot that a book begins with, or, where no book is wanted,
// the price, which tells a symbol that does not exist from a quiet one (a subscription to it is confirmed all the same). A
// snapshot must reach the first update that came; an older one is asked for again.

import type { Action, Answer } from '../protocol/adapter.ts'
import { PRICE_WEIGHT, snapshotWeight, WEIGHT_HEADER } from './limits.ts'
import type { Weights } from './weights.ts'

export type QuestionOptions = {
  /** Of REST, without a slash at its end. */
  readonly restUrl: string
  /** Levels of a snapshot; null: no book is wanted. */
  readonly levels: number | null
  readonly weights: Weights
}

type Question = {
  readonly symbol: string
  state: 'due' | 'asked' | 'done' | 'refused'
  dueAtMs: number
  /** Attempts in a row that failed. */
  failures: number
  /** The first update of each stream of updates since its last hole, by scope. */
  readonly begins: Map<number, number>
  /** Update that the last snapshot reaches; -1: there is none. */
  reaches: number
  words: string
  sinceMs: number
}

/** Questions of one connection under way. */
const MAX_ASKED = 8
/** A snapshot is older than the updates: the servers behind REST lag. */
const STALE_MS = 1_000
const FAILED_MS = { base: 1_000, cap: 60_000 }
/** A symbol that was refused is asked for again after this. */
const REFUSED_MS = 5 * 60_000
/** Statuses by which the exchange says that it is asked too much, and that it has shut us out. */
const LIMITED = [418, 429]
const LIMITED_MS = 60_000

export class Questions {
  readonly #o: QuestionOptions
  readonly #weight: number
  readonly #bySymbol = new Map<string, Question>()
  readonly #byId = new Map<number, Question>()
  #ids = 0

  constructor(options: QuestionOptions) {
    this.#o = options
    this.#weight = options.levels === null ? PRICE_WEIGHT : snapshotWeight(options.levels)
  }

  /** Books whose snapshot has come, and reaches their updates. */
  get done(): number {
    let done = 0
    for (const { state } of this.#bySymbol.values()) if (state === 'done') done++
    return done
  }

  /** The streams of this symbol are confirmed. */
  add(symbol: string, nowMs: number): void {
    if (this.#bySymbol.has(symbol)) return
    this.#bySymbol.set(symbol, {
      symbol,
      state: 'due',
      dueAtMs: nowMs,
      failures: 0,
      begins: new Map(),
      reaches: -1,
      words: '',
      sinceMs: nowMs,
    })
  }

  remove(symbol: string): void {
    this.#bySymbol.delete(symbol)
  }

  /** A stream of updates begins here, or again after a hole. True if a snapshot that was good is not any more. */
  begins(symbol: string, scope: number, first: number, nowMs: number): boolean {
    const question = this.#bySymbol.get(symbol)
    if (question === undefined || this.#o.levels === null) return false
    question.begins.set(scope, first)
    if (question.state !== 'done' || reaches(question)) return false
    question.state = 'due'
    question.dueAtMs = nowMs
    return true
  }

  /** What to ask now, and when to call again. */
  advance(nowMs: number): { readonly actions: readonly Action[]; readonly wakeAt: number } {
    const actions: Action[] = []
    let wakeAt = Number.POSITIVE_INFINITY
    for (const question of this.#bySymbol.values()) {
      if (question.state !== 'due' && question.state !== 'refused') continue
      if (question.dueAtMs > nowMs) {
        wakeAt = Math.min(wakeAt, question.dueAtMs)
        continue
      }
      // An answer wakes us.
      if (this.#byId.size >= MAX_ASKED) break
      const laterMs = this.#o.weights.take(this.#weight, nowMs)
      if (laterMs > 0) {
        wakeAt = Math.min(wakeAt, laterMs)
        break
      }
      const id = ++this.#ids
      question.state = 'asked'
      this.#byId.set(id, question)
      actions.push({ kind: 'fetch', id, url: this.#urlOf(question.symbol) })
    }
    return { actions, wakeAt }
  }

  /** The symbol that was asked about. */
  symbolOf(id: number): string {
    return this.#byId.get(id)?.symbol ?? ''
  }

  answered(id: number, answer: Answer, nowMs: number): void {
    const { weights } = this.#o
    const used = Number(answer.header(WEIGHT_HEADER) ?? Number.NaN)
    if (Number.isSafeInteger(used) && used >= 0) weights.reported(used, nowMs)
    const question = this.#byId.get(id)
    this.#byId.delete(id)
    const { status, failure } = answer
    if (LIMITED.includes(status)) weights.hold(nowMs + (failure?.retryAfterMs ?? LIMITED_MS))
    if (question === undefined) return
    if (failure === null) this.#took(question, answer.body, nowMs)
    else if (LIMITED.includes(status)) this.#again(question, nowMs)
    else if (status >= 400 && status < 500 && status !== 403 && status !== 408) {
      if (question.words === '') question.sinceMs = nowMs
      question.words = wordsOf(status, answer.body)
      question.state = 'refused'
      question.dueAtMs = nowMs + REFUSED_MS
    } else this.#failed(question, nowMs)
  }

  /** Symbols that the exchange does not know, by its words. */
  refused(): readonly {
    readonly symbol: string
    readonly words: string
    readonly sinceMs: number
  }[] {
    return [...this.#bySymbol.values()].filter(({ words }) => words !== '')
  }

  #took(question: Question, body: Buffer, nowMs: number): void {
    if (this.#o.levels !== null) {
      const last = lastUpdateId(body)
      if (last === null) {
        this.#failed(question, nowMs)
        return
      }
      question.reaches = last
      if (!reaches(question)) {
        this.#again(question, nowMs + STALE_MS)
        return
      }
    }
    question.state = 'done'
    question.failures = 0
    question.words = ''
  }

  #failed(question: Question, nowMs: number): void {
    const delay = Math.min(FAILED_MS.cap, FAILED_MS.base * 2 ** question.failures++)
    this.#again(question, nowMs + delay)
  }

  #again(question: Question, dueAtMs: number): void {
    question.state = 'due'
    question.dueAtMs = dueAtMs
  }

  #urlOf(symbol: string): string {
    const { restUrl, levels } = this.#o
    const name = encodeURIComponent(symbol)
    return levels === null
      ? `${restUrl}/api/v3/ticker/price?symbol=${name}`
      : `${restUrl}/api/v3/depth?symbol=${name}&limit=${levels}`
  }
}

/** The first update that came is at most the next one after the snapshot. */
function reaches({ begins, reaches: last }: Question): boolean {
  for (const first of begins.values()) if (first > last + 1) return false
  return true
}

function lastUpdateId(body: Buffer): number | null {
  try {
    const value = JSON.parse(body.toString('utf8')) as { readonly lastUpdateId?: unknown } | null
    const last = value?.lastUpdateId
    return typeof last === 'number' && Number.isSafeInteger(last) && last >= 0 ? last : null
  } catch {
    return null
  }
}

/** What an answer says of why it refuses: `{"code":-1121,"msg":"Invalid symbol."}`. */
function wordsOf(status: number, body: Buffer): string {
  const text = body.toString('utf8')
  try {
    const { code, msg } = JSON.parse(text) as { readonly code?: unknown; readonly msg?: unknown }
    if (typeof msg === 'string') return `${msg} (code ${String(code)})`
  } catch {
    // No JSON: some gateway in front of the exchange answered.
  }
  return `HTTP ${status}`
}
