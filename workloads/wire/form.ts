// What the payload of a record is. The connector decides it with a full validation, everyone else trusts it.
// The numbers are those of enum Form in exchanges/schemas/block.capnp and never change.

export const FORM = {
  /** One valid JSON text without CR or LF inside it: embedded in a line as it is. White space may surround it. */
  json: 0,
  /** Other valid UTF-8. */
  text: 1,
  /** Anything else. */
  binary: 2,
  /** Our own JSON object: what happened to the connection (events.ts). */
  event: 3,
} as const

export type Form = (typeof FORM)[keyof typeof FORM]
