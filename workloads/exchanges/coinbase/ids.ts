// Ids and counts in Coinbase's frames: digits, as numbers or as texts.

import { type Field, KIND } from '#market/json-shape.ts'

/** Whether digits stand at a field; they may be more than a number holds. */
export function isWhole(bytes: Uint8Array, { kind, start, end }: Field): boolean {
  if (kind !== KIND.number && kind !== KIND.text) return false
  let p = start
  while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++
  return p === end && start < end
}
