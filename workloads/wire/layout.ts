// The layout of exchanges/schemas/block.capnp, as `capnp compile -ocapnp` prints it: sizes in words of 8 bytes,
// offsets in bytes. Writer and reader share these numbers and nothing else.

export const WORD = 8

/** Framing of a message of one segment: u32 zero (segments - 1), u32 size in words. */
export const FRAME_BYTES = 8

export const BLOCK = {
  dataWords: 2,
  pointers: 6,
  first: 0,
  shard: 8,
  /** Bit 0 of this byte. */
  simulated: 10,
  environment: 16,
  feed: 24,
  connection: 32,
  types: 40,
  symbols: 48,
  records: 56,
} as const

export const TYPE = { dataWords: 0, pointers: 2, name: 0, group: 8 } as const

export const RECORD = {
  dataWords: 5,
  pointers: 1,
  bytes: 48,
  recv: 0,
  number: 8,
  sequence: 16,
  scope: 24,
  symbol: 28,
  type: 32,
  form: 34,
  /** Bit 0 of this byte. */
  sequenced: 36,
  payload: 40,
} as const

/** Pointer kinds: the two lowest bits. */
export const KIND = { struct: 0, list: 1 } as const

/** Element sizes of a list pointer: the three lowest bits of its upper half. */
export const ELEMENT = { byte: 2, pointer: 6, composite: 7 } as const

/** A list pointer counts its elements in 29 bits. */
export const MAX_LIST = 2 ** 29 - 1

/** Bytes rounded up to whole words. */
export const padded = (bytes: number): number => (bytes + 7) & ~7
