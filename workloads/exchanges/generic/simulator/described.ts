// What a Feed describes, as its simulator needs it: the channels that send data, the symbols that there are, and what a
// sequence counts in.

import type { Feed } from '#crds/feed.gen.ts'
import { matchesGlob, symbolFilter } from '../../protocol/globs.ts'
import type { Channel } from '../../simulation/frame.ts'
import { instrumentAt } from '../../simulation/instruments.ts'
import { Message } from '../messages.ts'
import type { DescribedType } from '../types.ts'
import { Form } from './form.ts'

export type DataType = {
  readonly type: DescribedType
  readonly channel: Channel
  readonly form: Form
}

export type Described = {
  readonly feed: Feed
  /** Types of data, each its own channel of the simulator. */
  readonly data: readonly DataType[]
  readonly subscribe: readonly Message[]
  readonly unsubscribe: readonly Message[]
  readonly ping: Message | null
  readonly ack: DescribedType | null
  readonly error: DescribedType | null
  readonly heartbeat: DescribedType | null
}

export function describedBy(feed: Feed): Described {
  const { messageTypes = [], subscribe = [], unsubscribe = [], ping } = feed.spec
  const ofKind = (kind: string): DescribedType | null =>
    messageTypes.find((type) => type.kind === kind) ?? null
  return {
    feed,
    data: messageTypes
      .filter(({ kind = 'data' }) => kind === 'data')
      .map((type, index) => ({ type, channel: { name: type.name, index }, form: new Form(type) })),
    subscribe: subscribe.map((one) => new Message(one)),
    unsubscribe: unsubscribe.map((one) => new Message(one)),
    ping: ping === undefined ? null : new Message(ping.message),
    ack: ofKind('ack'),
    error: ofKind('error'),
    heartbeat: ofKind('heartbeat'),
  }
}

/** The types that a subscription to a channel brings: the one of its name, or else those that no channel is named after. */
export function typesOfChannel(
  { feed, data }: Described,
  channel: string | null
): readonly DataType[] {
  if (channel === null || channel === '') return data
  const own = data.filter(({ type }) => type.name === channel)
  if (own.length > 0) return own
  return data.filter(({ type }) => !feed.spec.channels.includes(type.name))
}

/** What the sequence of a type counts in for a symbol, as a text: equal texts share a count. */
export function scopeOf(type: DescribedType, symbol: string): string {
  const paths = type.scope?.split('+') ?? []
  const told = (type.match ?? type.name).replaceAll('{symbol}', symbol)
  return JSON.stringify(
    paths.map((path) =>
      path === type.symbol ? symbol : path === (type.type ?? 'type') ? told : type.name
    )
  )
}

/** Symbols of a generated market: those that the Feed names, and made-up ones that its globs match. */
export function symbolsOf({ feed }: Described, count: number): readonly string[] {
  const { include, exclude } = feed.spec.symbols ?? {}
  const { exact, globs } = symbolFilter(include, exclude)
  const names = new Set(exact)
  const [glob = '*'] = globs
  for (let i = 0; names.size < count && i < count + exact.length; i++) {
    const { base } = instrumentAt(i)
    const name = glob === '*' ? `${base}-USD` : glob.replaceAll('*', base).replaceAll('?', 'X')
    if (!(exclude ?? []).some((pattern) => matchesGlob(pattern, name))) names.add(name)
  }
  return [...names]
}
