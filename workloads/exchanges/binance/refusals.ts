// What of a connection cannot be had at present, by channel and with the exchange's words, and what is put on record of it
// once it can be had, or the connection ends. Pure.

import type { Action, Refusal } from '../protocol/adapter.ts'
import type { Trouble } from './subscriptions.ts'

export type Unknown = { readonly symbol: string; readonly words: string; readonly sinceMs: number }

/** `asked`: symbols that REST refuses, which `channel` stands for. */
export function refusalsOf(
  troubles: Iterable<Trouble>,
  asked: readonly Unknown[],
  channel: string
): readonly Refusal[] {
  const groups = new Map<string, Refusal & { readonly symbols: string[] }>()
  const add = (one: Omit<Refusal, 'symbols'>, symbol: string) => {
    const key = `${one.channel} ${one.kind} ${one.words}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...one, symbols: [symbol] })
    else group.symbols.push(symbol)
  }
  for (const { stream, kind, words, sinceMs } of troubles) {
    add({ channel: stream.channel, kind, words, sinceMs }, stream.symbol)
  }
  for (const { symbol, words, sinceMs } of asked) {
    add({ channel, kind: 'refused', words, sinceMs }, symbol)
  }
  return [...groups.values()]
}

/** What was missing since then, as one action for all streams of a channel that share a reason. */
export function missedOf(troubles: readonly Trouble[]): readonly Action[] {
  const groups = new Map<string, Trouble[]>()
  for (const trouble of troubles) {
    const key = `${trouble.stream.channel} ${trouble.kind}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [trouble])
    else group.push(trouble)
  }
  return [...groups.values()].map((group) => {
    const [{ stream, kind }] = group as [Trouble]
    const did = kind === 'refused' ? 'refused' : 'did not confirm'
    return {
      kind: 'missed' as const,
      cause: 'not-subscribed' as const,
      sinceMs: Math.min(...group.map(({ sinceMs }) => sinceMs)),
      reason: `the exchange ${did} ${named(group.map(({ stream: { symbol } }) => symbol))}`,
      scope: group.length === 1 ? stream.scope : 0,
      channel: stream.channel,
      group: stream.type.group,
    }
  })
}

const named = (symbols: readonly string[]): string =>
  symbols.length <= 3
    ? symbols.join(', ')
    : `${symbols.slice(0, 3).join(', ')} and ${symbols.length - 3} more`
