// What the fold of gaps knows of connections and shards, and the same as plain data, so that a reader continues after a restart as if
// there had been none.

import type { Time } from './times.ts'

export type Connection = {
  readonly id: string
  readonly shard: number
  /** It has a predecessor in its shard: until it is ready, the gap of that one lasts. */
  readonly follows: boolean
  /** Its first record was seen. */
  readonly opened: boolean
  ready: boolean
  closed: boolean
  /** Its last record but the close event; ms -1 if none was seen. */
  lastMs: number
  lastNs: number
  /** The number that comes next; 0 if that is not known. */
  next: number
  /** Types whose exchange's numbers cannot be read, and since when. */
  readonly proofs: Map<string, Time>
}

export type Shard = {
  last: Connection | null
  /** A gap that began and lasts. */
  gap: { readonly reason: string; readonly from: Time } | null
}

type SavedConnection = Omit<Connection, 'proofs'> & {
  readonly proofs: readonly (readonly [type: string, since: Time])[]
}

export type GapState = {
  readonly connections: readonly SavedConnection[]
  readonly shards: readonly {
    readonly index: number
    /** Its last connection, which may have ended. */
    readonly last: SavedConnection | null
    readonly gap: Shard['gap']
  }[]
}

const saved = (connection: Connection): SavedConnection => ({
  ...connection,
  proofs: [...connection.proofs],
})

const restored = (connection: SavedConnection): Connection => ({
  ...connection,
  proofs: new Map(connection.proofs),
})

export const saveGaps = (
  connections: Iterable<Connection>,
  shards: ReadonlyMap<number, Shard>
): GapState => ({
  connections: [...connections].map(saved),
  shards: [...shards].map(([index, { last, gap }]) => ({
    index,
    last: last && saved(last),
    gap,
  })),
})

/** Fills both maps. A connection that is known and the last of its shard is one object again. */
export function restoreGaps(
  state: GapState,
  connections: Map<string, Connection>,
  shards: Map<number, Shard>
): void {
  for (const one of state.connections) connections.set(one.id, restored(one))
  for (const { index, last, gap } of state.shards) {
    const known = last && (connections.get(last.id) ?? restored(last))
    shards.set(index, { last: known, gap })
  }
}
