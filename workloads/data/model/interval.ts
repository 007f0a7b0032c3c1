// The interval that parameters ask for, as texts that compare with receive times. Pure.

import { usageError } from '#crds/errors.ts'
import type { Parameters } from './query.ts'

/** Receive times, inclusive and exclusive: 30 characters each, as lines have them. */
export type Interval = { readonly from?: string; readonly to?: string }

/** What `from` and `to` say; both have the format `instant`. Throws SSMD_E_USAGE. */
export function intervalOf({ from, to }: Parameters): Interval {
  if (from !== undefined && to !== undefined && from >= to) {
    throw usageError(
      `from ${from} is not before to ${to}`,
      'to is exclusive: the day 2026-11-24 is from=2026-11-24 to=2026-11-25'
    )
  }
  return {
    ...(from === undefined ? {} : { from: String(from) }),
    ...(to === undefined ? {} : { to: String(to) }),
  }
}
