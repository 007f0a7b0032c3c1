// The files of a new signal: one that works, and the types that an editor shows.

import { readFile } from 'node:fs/promises'

export const TYPES_FILE = 'ssmd-signal.d.ts'

export const readTypes = (): Promise<string> =>
  readFile(new URL(TYPES_FILE, import.meta.url), 'utf8')

export const newSignal = (id: string): string => `// What this signal is for.

export default defineSignal({
  id: '${id}',
  version: 1,
  params: { threshold: { type: 'number', default: 0.05 } },
  inputs: { events: ['quote'] },
  cooldown: { perSymbol: '60s' },
  // State of one instrument.
  init: () => ({ seen: 0 }),
  on(event, state, ctx) {
    state.seen++
    const { bid, ask } = event
    if (bid === undefined || ask === undefined) return
    if (ask - bid >= ctx.params.threshold) ctx.fire({ bid, ask, seen: state.seen })
  },
})
`
