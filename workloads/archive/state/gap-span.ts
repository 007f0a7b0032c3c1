// A gap before it is cut into days and written to a manifest.

import type { Gap } from '../format/manifest.ts'

/** Reasons are the exchange's words: they may be long. */
export const MAX_REASON = 200

/** A gap before it is cut into days. */
export type GapSpan = Omit<Gap, 'from' | 'to'> & {
  readonly from: bigint
  readonly to: bigint | null
}
