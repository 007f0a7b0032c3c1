// What of a connection cannot be had at present, by channel and with the exchange's words, and what is put on record of it
// once it can be had, or the connection ends. Pure.

import type { Action, Refusal } from '../protocol/adapter.ts'
import type { Trouble } from './subscriptions.ts'

export function refusalsOf(troubles: Iterable<Trouble>): readonly Refusal[] {
  const groups = new Map<string, Refusal & { readonly symbols: string[] }>()
  for (const { subscription, kind, words, sinceMs } of troubles) {
    const { channel, symbol } = subscription
    const key = `${channel.name} ${kind} ${words}`
    const symbols = symbol === '' ? [] : [symbol]
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, { channel: channel.name, symbols, kind, words, sinceMs })
    } else group.symbols.push(...symbols)
  }
  return [...groups.values()]
}

/** What was missing since then, as one action for all products of a channel that share a reason. */
export function missedOf(troubles: readonly Trouble[]): readonly Action[] {
  const groups = new Map<string, Trouble[]>()
  for (const trouble of troubles) {
    // Without heartbeats no market data is missing.
    if (trouble.subscription.channel.whole) continue
    const key = `${trouble.subscription.channel.name} ${trouble.kind}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [trouble])
    else group.push(trouble)
  }
  return [...groups.values()].map((group) => {
    const [{ subscription, kind }] = group as [Trouble]
    const { channel } = subscription
    const did = kind === 'refused' ? 'refused' : 'did not confirm'
    return {
      kind: 'missed' as const,
      cause: 'not-subscribed' as const,
      sinceMs: Math.min(...group.map(({ sinceMs }) => sinceMs)),
      reason: `the exchange ${did} ${named(group.map(({ subscription: { symbol } }) => symbol))}`,
      scope: 0,
      channel: channel.name,
      group: channel.group,
    }
  })
}

const named = (symbols: readonly string[]): string =>
  symbols.length <= 3
    ? symbols.join(', ')
    : `${symbols.slice(0, 3).join(', ')} and ${symbols.length - 3} more`
