// What the records since the last commit add to their days: connections with their numbers, the exchange's sequences, skipped
// types, and the gaps that connection events name.

import { rfc3339 } from '#crds/rfc3339.ts'
import { addTo } from '../format/index-line.ts'
import type { Counts, Gap, ManifestSequence } from '../format/manifest.ts'
import { earlier, maxNanos, minNanos } from '../format/time.ts'
import type { ConnectionState, FeedRef } from '../state/connection.ts'
import { addCounts } from '../state/counts.ts'
import { type TakenBack, takeBack } from '../state/gap-list.ts'
import type { GapSpan } from '../state/gap-span.ts'
import { clipGap, daysOf } from '../state/gaps.ts'
import type { CommitRecord, FeedText } from '../state/journal-record.ts'
import type { DayConnection } from '../state/origin.ts'

export class Additions {
  readonly #days = new Map<string, DayAdditions>()
  /** Feeds that `open` events carried; null if the text is known. */
  readonly #feeds = new Map<string, string | null>()
  #takenBack: TakenBack[] = []
  #entries = 0

  get days(): Iterable<string> {
    return this.#days.keys()
  }

  /** The account of one connection in one day. */
  account(day: string, connection: ConnectionState): Account {
    const accounts = this.#day(day).accounts
    let account = accounts.get(connection.id)
    if (account === undefined) {
      account = new Account(connection)
      accounts.set(connection.id, account)
    }
    return account
  }

  /** Puts a gap that no longer changes into each day that it touches. */
  gap(gap: GapSpan, ensureDay: (day: string) => void): void {
    for (const day of daysOf(gap.from, gap.to ?? gap.from)) {
      const cut = clipGap(gap, day, day)
      if (cut === undefined) continue
      ensureDay(day)
      this.#day(day).gaps.push(cut)
      this.#entries++
    }
  }

  /** An `open` event carried this Feed; `text` is null if it is known already. */
  feed(sha256: string, text: string | null): void {
    this.#feeds.set(sha256, this.#feeds.get(sha256) ?? text)
  }

  get feeds(): Iterable<string> {
    return this.#feeds.keys()
  }

  get newFeeds(): FeedText[] {
    return [...this.#feeds].flatMap(([sha256, text]) => (text === null ? [] : [{ sha256, text }]))
  }

  /** Gaps and what takes them back: what a commit should not wait to become many. */
  get entries(): number {
    return this.#entries
  }

  get takenBack(): readonly TakenBack[] {
    return this.#takenBack
  }

  /** Sequences came after all: gaps that were not committed yet shrink here, others with the commit. */
  takeBack(taken: TakenBack): void {
    let left = [taken.sequences]
    for (const day of this.#days.values()) {
      left = left.flatMap((sequences) => {
        const result = takeBack(day.gaps, { ...taken, sequences })
        day.gaps = result.gaps
        return result.left
      })
    }
    for (const sequences of left) this.#takenBack.push({ ...taken, sequences })
    this.#entries += left.length
  }

  toJSON(): CommitRecord['added'] {
    return [...this.#days].map(([day, { accounts, gaps }]) => {
      const skipped: Record<string, number> = {}
      const sequences: ManifestSequence[] = []
      const connections: DayConnection[] = []
      const feeds = new Map<string, FeedRef & { readonly from: string }>()
      let counts: Counts | undefined
      for (const account of accounts.values()) {
        const connection = account.toConnection()
        if (connection !== undefined) connections.push(connection)
        const { feed } = account
        if (connection !== undefined && feed !== null) {
          const from = earlier(feeds.get(feed.sha256)?.from ?? connection.from, connection.from)
          feeds.set(feed.sha256, { ...feed, from })
        }
        if (account.counts !== undefined) counts = addCounts(counts ?? {}, account.counts)
        sequences.push(...account.sequences())
        for (const [type, count] of account.skippedTypes) addTo(skipped, type, count)
      }
      return {
        day,
        connections,
        sequences,
        skipped,
        ...(counts === undefined ? {} : { counts }),
        ...(feeds.size === 0 ? {} : { feeds: [...feeds.values()] }),
        gaps,
      }
    })
  }

  #day(day: string): DayAdditions {
    let additions = this.#days.get(day)
    if (additions === undefined) {
      additions = { accounts: new Map(), gaps: [] }
      this.#days.set(day, additions)
    }
    return additions
  }
}

type DayAdditions = {
  readonly accounts: Map<string, Account>
  gaps: Gap[]
}

export class Account {
  readonly #connection: ConnectionState
  #first = 0
  #last = 0
  #records = 0
  #skipped = 0
  #from = 0n
  #to = 0n
  #closed = false
  #late = 0
  #repeated = 0
  /** Sums of its `counts` events. */
  counts: Counts | undefined
  readonly skippedTypes = new Map<string, number>()
  readonly #sequences = new Map<string, Map<number, { first: number; last: number }>>()
  #lastScope = -1
  #lastGroup = ''
  #lastRange: { first: number; last: number } | undefined

  constructor(connection: ConnectionState) {
    this.#connection = connection
  }

  get feed(): FeedRef | null {
    return this.#connection.feed
  }

  count(counts: Counts): void {
    this.counts = addCounts(this.counts ?? {}, counts)
  }

  skip(type: string): void {
    this.skippedTypes.set(type, (this.skippedTypes.get(type) ?? 0) + 1)
  }

  sequence(scope: number, group: string, number: number): void {
    if (scope !== this.#lastScope || group !== this.#lastGroup || this.#lastRange === undefined) {
      this.#lastScope = scope
      this.#lastGroup = group
      this.#lastRange = this.#range(scope, group, number)
    }
    const range = this.#lastRange
    if (number > range.last) range.last = number
    else if (number < range.first) range.first = number
  }

  outOfOrder(late: number, repeated: number): void {
    this.#late += late
    this.#repeated += repeated
  }

  records(run: {
    readonly first: number
    readonly last: number
    readonly records: number
    readonly skipped: number
    readonly from: bigint
    readonly to: bigint
    readonly closed: boolean
  }): void {
    const isFirst = this.#records + this.#skipped === 0
    this.#first = isFirst ? run.first : Math.min(this.#first, run.first)
    this.#last = isFirst ? run.last : Math.max(this.#last, run.last)
    this.#from = isFirst ? run.from : minNanos(this.#from, run.from)
    this.#to = isFirst ? run.to : maxNanos(this.#to, run.to)
    this.#records += run.records
    this.#skipped += run.skipped
    this.#closed ||= run.closed
  }

  toConnection(): DayConnection | undefined {
    if (this.#records + this.#skipped === 0) return undefined
    const { id, shard, simulated, exchange, feed } = this.#connection
    return {
      id,
      shard,
      first: this.#first,
      last: this.#last,
      records: this.#records,
      skipped: this.#skipped,
      from: rfc3339(this.#from),
      to: rfc3339(this.#to),
      simulated,
      closed: this.#closed,
      ...(this.#late > 0 ? { late: this.#late } : {}),
      ...(this.#repeated > 0 ? { repeated: this.#repeated } : {}),
      ...(exchange === null ? {} : { exchange }),
      ...(feed === null ? {} : { feed: feed.sha256 }),
    }
  }

  *sequences(): Generator<ManifestSequence> {
    for (const [group, scopes] of this.#sequences) {
      for (const [scope, { first, last }] of scopes) {
        yield { connection: this.#connection.id, scope, group, first, last }
      }
    }
  }

  #range(scope: number, group: string, number: number): { first: number; last: number } {
    let scopes = this.#sequences.get(group)
    if (scopes === undefined) {
      scopes = new Map()
      this.#sequences.set(group, scopes)
    }
    let range = scopes.get(scope)
    if (range === undefined) {
      range = { first: number, last: number }
      scopes.set(scope, range)
    }
    return range
  }
}
