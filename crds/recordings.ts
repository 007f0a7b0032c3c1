// `spec.simulator.replay`, and `--replay`: paths of recordings. Where several exchanges are simulated, `<exchange>=<path>` names
// whose recording it is.

import { EXCHANGES } from './exchanges.gen.ts'

/** The paths that are for this exchange: those with its name, and those without any. */
export const recordingsOf = (entries: readonly string[], exchange: string): string[] =>
  entries.flatMap((entry) => {
    const end = entry.indexOf('=')
    const name = entry.slice(0, Math.max(0, end))
    if (!Object.hasOwn(EXCHANGES, name)) return [entry]
    return name === exchange ? [entry.slice(end + 1)] : []
  })
