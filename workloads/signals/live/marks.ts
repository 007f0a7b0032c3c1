// Fires of mode fast say so: what was not received is not in them, and a backtest may fire otherwise.

import { canonical } from '#crds/canonical.ts'

/** The line of a fire with its mode. */
export const markedFast = (line: string): string =>
  canonical({ ...(JSON.parse(line) as object), mode: 'fast' })
