// What of a feed is not captured while the rest is, in words: channels and symbols that the exchange refuses, patterns
// that match nothing, waits that the exchange asked for. Pure.

import type { Found } from '#bus/alarms.ts'
import type { Refusal } from '#exchanges/protocol/adapter.ts'
import type { Wait } from './slot.ts'

/** Symbols that are named; of the others the number is said. */
const NAMED = 5

/** One trouble a channel, however many connections and subscriptions it is refused on. */
export function refusalTroubles(
  refusals: Iterable<Refusal>,
  wallMs: (steadyMs: number) => number
): readonly Found[] {
  const groups = new Map<string, { first: Refusal; sinceMs: number; symbols: Set<string> }>()
  for (const refusal of refusals) {
    const whole = refusal.symbols.length === 0
    const key = `${whole ? 'channel' : 'symbols'} ${refusal.channel}`
    const group = groups.get(key)
    if (group === undefined) {
      const { sinceMs, symbols } = refusal
      groups.set(key, { first: refusal, sinceMs, symbols: new Set(symbols) })
      continue
    }
    group.sinceMs = Math.min(group.sinceMs, refusal.sinceMs)
    for (const symbol of refusal.symbols) group.symbols.add(symbol)
  }
  return [...groups.values()].map(({ first, sinceMs, symbols }) => {
    const { channel, kind, words } = first
    const says = kind === 'refused' ? 'refuses' : 'does not answer for'
    const what =
      symbols.size === 0 ? `channel ${channel}` : `${named(symbols)} on channel ${channel}`
    return {
      kind: symbols.size === 0 ? 'ChannelRefused' : 'SymbolsRefused',
      name: channel,
      message: `the exchange ${says} ${what}: ${words}; the connector asks again, and captures everything else`,
      since: Math.round(wallMs(sinceMs)),
    }
  })
}

/** A wait that the exchange asked for, of one connection or of discovery. */
export function waitTrouble(name: string, { untilMs, isCut, failure }: Wait): Found {
  const until = new Date(untilMs).toISOString()
  const cut = isCut ? ', less than the exchange asked for' : ''
  return {
    kind: 'RateLimited',
    name,
    message: `${failure.message}; the connector waits until ${until}${cut} (ssmd rollout asks immediately)`,
  }
}

export const globTrouble = (glob: string): Found => ({
  kind: 'SymbolsNotFound',
  name: glob,
  message: `no symbol of the exchange matches ${glob} at present; the connector keeps looking`,
})

function named(symbols: ReadonlySet<string>): string {
  const some = [...symbols].slice(0, NAMED)
  const rest = symbols.size - some.length
  return rest === 0 ? some.join(', ') : `${some.join(', ')} and ${rest} more`
}
