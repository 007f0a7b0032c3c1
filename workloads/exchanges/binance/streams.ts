// The streams of one connection: each is one channel of one symbol, and each has a count of its own. A stream keeps its
// scope for the life of the connection, whether a command or a frame named it first.

import type { MessageType } from '../protocol/adapter.ts'
import { UNKNOWN } from '../protocol/adapter.ts'
import { channelNamed, SHUTDOWN } from './types.ts'

export type Stream = {
  /** As the exchange writes it: `btcusdt@depth@100ms`. */
  readonly name: string
  /** As events and REST write it: `BTCUSDT`. */
  readonly symbol: string
  readonly channel: string
  /** UNKNOWN: a stream that was not asked for, or a name that is none. */
  readonly type: MessageType
  /** 0: it has no count, or is unknown. */
  readonly scope: number
}

/** The number of other streams that are remembered; an exchange with endless names cannot fill the memory. */
const MAX_STREAMS = 20_000

export class Streams {
  readonly #byName = new Map<string, Stream>()
  readonly #byScope = new Map<number, Stream>()
  #scopes = 0

  /** The stream of a name. */
  named(name: string): Stream {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const at = name.indexOf('@')
    const channel = at > 0 ? name.slice(at + 1) : ''
    const type = name === '!serverShutdown' ? SHUTDOWN : (channelNamed(channel)?.type ?? UNKNOWN)
    const isCounted = type !== UNKNOWN && type.name !== 'bookTicker' && type !== SHUTDOWN
    const isRoom = this.#byName.size < MAX_STREAMS
    const scope = isCounted && isRoom ? ++this.#scopes : 0
    const symbol = at > 0 ? name.slice(0, at).toUpperCase() : ''
    const stream = { name, symbol, channel, type, scope }
    if (isRoom) this.#byName.set(name, stream)
    if (scope > 0) this.#byScope.set(scope, stream)
    return stream
  }

  of(symbol: string, channel: string): Stream {
    return this.named(`${symbol.toLowerCase()}@${channel}`)
  }

  scoped(scope: number): Stream | undefined {
    return this.#byScope.get(scope)
  }
}
