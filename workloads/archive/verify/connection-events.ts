// Compares what the lines of a feed tell about its connections with the gaps of the manifests: a connection that another one
// followed, sequences that never came, proofs that were lost. Derived from the lines alone.

import { hashOf } from '#crds/canonical.ts'
import type { Gap, Manifest } from '../format/manifest.ts'
import type { Problem } from '../format/problem.ts'
import { ToldCounts } from './counts.ts'
import type { HeldNumbers } from './numbers.ts'

type Told = {
  follows: { readonly connection: string; readonly number: number } | null
  isOpen: boolean
  isReady: boolean
  /** The connection that was ready to continue when this one closed. */
  replacedBy: string | null
  /** Sequences told as missing, less those that came late. */
  missing: number
  late: number
  repeated: number
  hasLostProof: boolean
  exchange: string | null
  /** Hash of the Feed that its `open` event carries. */
  feed: string | null
}

/** What the events of each connection said. */
export class ConnectionEvents {
  readonly connections = new Map<string, Told>()
  readonly counts = new ToldCounts()

  note(connection: string, event: Readonly<Record<string, unknown>>): void {
    let told = this.connections.get(connection)
    if (told === undefined) {
      told = newTold()
      this.connections.set(connection, told)
    }
    switch (event.kind) {
      case 'open':
        told.isOpen = true
        told.follows = followed(event.follows)
        told.exchange ??= typeof event.exchange === 'string' ? event.exchange : null
        if (typeof event.feed === 'object' && event.feed !== null) told.feed ??= hashOf(event.feed)
        return
      case 'ready':
        told.isReady = true
        return
      case 'close':
        if (typeof event.replacedBy === 'string') told.replacedBy = event.replacedBy
        return
      case 'gap':
        told.missing += count(event.missing)
        return
      case 'late':
        told.late += count(event.late)
        told.repeated += count(event.repeated)
        for (const span of list(event.filled)) {
          const [first, last] = list(span)
          told.missing -= count(last) - count(first) + 1
        }
        return
      case 'proof':
        told.hasLostProof ||= event.state === 'lost'
        return
      case 'counts':
        this.counts.note(event)
    }
  }

  join(other: ConnectionEvents): void {
    for (const [id, more] of other.connections) {
      const told = this.connections.get(id) ?? newTold()
      this.connections.set(id, {
        follows: told.follows ?? more.follows,
        isOpen: told.isOpen || more.isOpen,
        isReady: told.isReady || more.isReady,
        replacedBy: told.replacedBy ?? more.replacedBy,
        missing: told.missing + more.missing,
        late: told.late + more.late,
        repeated: told.repeated + more.repeated,
        hasLostProof: told.hasLostProof || more.hasLostProof,
        exchange: told.exchange ?? more.exchange,
        feed: told.feed ?? more.feed,
      })
    }
  }
}

const newTold = (): Told => ({
  follows: null,
  isOpen: false,
  isReady: false,
  replacedBy: null,
  missing: 0,
  late: 0,
  repeated: 0,
  hasLostProof: false,
  exchange: null,
  feed: null,
})

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : 0

function followed(value: unknown): Told['follows'] {
  if (typeof value !== 'object' || value === null) return null
  const { connection, number } = value as { connection?: unknown; number?: unknown }
  return typeof connection === 'string' ? { connection, number: count(number) } : null
}

/** Compares all days of a feed with what their lines tell. */
export function checkConnectionEvents(
  feed: string,
  told: ConnectionEvents,
  held: HeldNumbers,
  manifests: readonly Manifest[]
): Problem[] {
  if (held.isDamaged) return []
  const problems: Problem[] = []
  const file = `${feed}/manifest.json`
  const tell = (what: string): void => {
    if (problems.length < 1000) problems.push({ file, where: 'gaps', what })
  }
  const named = new NamedGaps(manifests)
  for (const [id, one] of told.connections) {
    const { follows, missing, hasLostProof, isOpen, isReady, replacedBy } = one
    if (hasLostProof && !named.hasLostProof(id)) {
      tell(`connection ${id} tells that the proof was lost, and no gap does`)
    }
    const { sum, isExact } = named.missing(id)
    if (missing > sum + named.missingTogether) {
      tell(`connection ${id} tells of ${missing} sequences that never came, gaps name ${sum}`)
    } else if (isOpen && isExact && sum > Math.max(0, missing)) {
      tell(`gaps name ${sum} sequences of connection ${id}, its lines ${Math.max(0, missing)}`)
    }
    const isReplaced = replacedBy === null || told.connections.get(replacedBy)?.isReady
    if (isReady && !isReplaced && !named.hasEnd(id)) {
      tell(
        `connection ${id} was replaced by ${replacedBy}, which was never ready, and no gap names its end`
      )
    }
    if (follows === null) continue
    const before = told.connections.get(follows.connection)
    // One that continued after it had been followed may have been replaced without a gap.
    const isOver = held.connections.get(follows.connection)?.last === follows.number
    if (before?.isReady && isOver && !named.hasEnd(follows.connection)) {
      tell(`connection ${follows.connection} ended before ${id}, and no gap names the time between`)
    }
  }
  checkLate(told, manifests, tell)
  return problems
}

/** Late and repeated frames of the connections that are named one by one. */
function checkLate(
  told: ConnectionEvents,
  manifests: readonly Manifest[],
  tell: (what: string) => void
): void {
  const named = new Map<string, { late: number; repeated: number }>()
  for (const { connections, moreConnections } of manifests) {
    if (moreConnections !== undefined) return
    for (const { id, late = 0, repeated = 0 } of connections) {
      const sums = named.get(id) ?? { late: 0, repeated: 0 }
      named.set(id, { late: sums.late + late, repeated: sums.repeated + repeated })
    }
  }
  for (const [id, { late, repeated }] of told.connections) {
    const sums = named.get(id)
    if (sums === undefined || (sums.late === late && sums.repeated === repeated)) continue
    const said = `${sums.late} late and ${sums.repeated} repeated frames`
    tell(`the manifests name ${said} of connection ${id}, its lines ${late} and ${repeated}`)
  }
}

/** The gaps of all days, by connection; those of several connections that are counted together stand for any. */
class NamedGaps {
  readonly #byConnection = new Map<string, Gap[]>()
  readonly #together: Gap[] = []

  constructor(manifests: readonly Manifest[]) {
    for (const gap of manifests.flatMap((manifest) => manifest.gaps)) {
      if (gap.connection === null) {
        if (gap.count !== undefined) this.#together.push(gap)
        continue
      }
      const known = this.#byConnection.get(gap.connection)
      if (known === undefined) this.#byConnection.set(gap.connection, [gap])
      else known.push(gap)
    }
  }

  get missingTogether(): number {
    return this.#together.reduce((sum, gap) => sum + (isSequences(gap) ? (gap.missing ?? 0) : 0), 0)
  }

  /** Exact unless a gap stands, cut at midnight, in two days, or others are counted with it. */
  missing(id: string): { sum: number; isExact: boolean } {
    const gaps = (this.#byConnection.get(id) ?? []).filter(isSequences)
    return {
      sum: gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0),
      isExact: !gaps.some(touchesMidnight) && !this.#together.some(isSequences),
    }
  }

  hasLostProof(id: string): boolean {
    return this.#any(id, ({ cause }) => cause === 'proof-lost')
  }

  hasEnd(id: string): boolean {
    return this.#any(
      id,
      ({ numbers, channel, missing, cause }) =>
        numbers === undefined && missing === null && cause !== 'proof-lost' && channel === undefined
    )
  }

  #any(id: string, test: (gap: Gap) => boolean): boolean {
    return (this.#byConnection.get(id)?.some(test) ?? false) || this.#together.some(test)
  }
}

/** Told by a `gap` event with a number of frames; lines of an imported file that are no frames are told by no event. */
const isSequences = ({ cause, numbers }: Gap): boolean =>
  cause === 'exchange-sequence' || (cause === 'imported' && numbers === undefined)

const touchesMidnight = ({ from, to }: Gap): boolean =>
  [from, to].some((time) => time?.endsWith('T00:00:00.000000000Z'))
