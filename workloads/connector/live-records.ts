// Where a connector sends single records at the moment they arrive, beside the blocks that are kept.

/** Sends records to those who listen. */
export type Live = {
  /** `encode` is called only if a listener may take it. */
  publish(type: string, symbol: string, encode: () => Uint8Array): void
  /** A block is about to be published. */
  blockLeaves(): void
}
