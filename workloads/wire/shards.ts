// Shards and slots. A shard is one connector of a feed, with its share of the symbols; `spec.connector.shards` of the
// Environment says how many there are. A slot is the place of one connection in the feed: the `i`th connection of shard
// `k` has slot `k * 256 + i`, whatever the number of shards, so that it is unique in the feed and the same after a restart.
// Slots are what subjects (`{environment}.{feed}.log.{slot}`), block headers and manifests call `shard`: those names are older
// than feeds with several connectors.

/** The most connections of one shard; no exchange allows more. */
export const SLOTS_PER_SHARD = 256

/** The connector `index` of `of`. */
export type Share = { readonly index: number; readonly of: number }

export const slotOf = (shard: number, connection: number): number =>
  shard * SLOTS_PER_SHARD + connection

export const shardOfSlot = (slot: number): number => Math.floor(slot / SLOTS_PER_SHARD)

/**
 * The shard that a symbol belongs to, by rendezvous hashing, so that one shard more takes its symbols from all
 * others, one shard less gives its symbols to all others, and no other symbol moves. The weight of shard `k` is
 * `mix(fnv1a(symbol) ^ (k * 0x9e3779b1))`, unsigned; the greatest wins, among equals the lowest `k`. FNV-1a is of the
 * UTF-8 bytes, 32 bit; `mix` is the finalizer of MurmurHash3.
 */
export function shardOfSymbol(symbol: string, shards: number): number {
  if (shards <= 1) return 0
  const hash = fnv1a(symbol)
  let best = 0
  let most = -1
  for (let k = 0; k < shards; k++) {
    const weight = mix(hash ^ Math.imul(k, 0x9e3779b1))
    if (weight <= most) continue
    most = weight
    best = k
  }
  return best
}

/** The shards that have the symbols of shard `index` of `of` once there are `now` shards, and which of them it was not. */
export function heirsOf({ index, of }: Share, now: number): readonly number[] {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
  if (index >= now) return range(0, now)
  return now > of ? [index, ...range(of, now)] : [index]
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
