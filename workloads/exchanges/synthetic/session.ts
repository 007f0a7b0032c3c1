// The protocol of the synthetic exchange: there is none. Frames come unasked, one count for the connection.

import { isUtf8 } from 'node:buffer'
import { FORM } from '#wire/form.ts'
import { FrameScanner, VALUE } from '#wire/scanner.ts'
import {
  type Action,
  type Frame,
  type MessageType,
  type ScopeSeen,
  type Session,
  UNKNOWN,
} from '../protocol/adapter.ts'
import { ByteTable } from '../protocol/byte-table.ts'

const TYPE = 0
const SEQUENCE = 1
const SYMBOL = 2

const TYPES: ReadonlyMap<string, MessageType> = new Map(
  [
    { name: 'trade', group: 'trades', data: true },
    { name: 'ticker', group: 'tickers', data: true },
    { name: 'orderbook_delta', group: 'orderbook', data: true },
  ].map((type) => [type.name, type])
)

/** Its one count; 0 would mean that there is none. */
const SCOPE = 1

export class SyntheticSession implements Session {
  readonly frame: Frame = {
    type: UNKNOWN,
    symbol: '',
    sequence: -1,
    scope: SCOPE,
    form: FORM.json,
    understood: true,
    unproven: '',
    control: false,
  }
  readonly wakeAt = Number.POSITIVE_INFINITY
  readonly #symbols: number
  readonly #scanner = new FrameScanner(['type', 'sequence', 'symbol'])
  readonly #types = new ByteTable<MessageType>((name) => TYPES.get(name) ?? UNKNOWN)
  readonly #names = new ByteTable<string>((name) => name)

  constructor(symbols: number) {
    this.#symbols = symbols
  }

  look(payload: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    const valid = scanner.scan(payload)
    frame.form = valid
      ? scanner.breaksInside()
        ? FORM.text
        : FORM.json
      : isUtf8(payload)
        ? FORM.text
        : FORM.binary
    const typed = valid && scanner.kind(TYPE) === VALUE.text
    frame.type = typed ? this.#types.get(payload, scanner.start(TYPE), scanner.end(TYPE)) : UNKNOWN
    const named = valid && scanner.kind(SYMBOL) === VALUE.text
    frame.symbol = named ? this.#names.get(payload, scanner.start(SYMBOL), scanner.end(SYMBOL)) : ''
    frame.sequence = valid ? scanner.integer(SEQUENCE) : -1
    frame.unproven = valid && frame.sequence === -1 ? 'sequence is no whole number' : ''
    frame.understood = frame.type !== UNKNOWN && named && frame.unproven === ''
  }

  exchangeMs(): number {
    return 0
  }

  opened(): readonly Action[] {
    return [{ kind: 'ready', symbols: this.#symbols }]
  }

  control(): readonly Action[] {
    return []
  }

  scopeSeen(): ScopeSeen {
    return { isExpected: true, actions: [] }
  }

  refusals(): readonly [] {
    return []
  }

  jumped(): readonly Action[] {
    return []
  }

  want(): readonly Action[] {
    return []
  }

  tick(): readonly Action[] {
    return []
  }

  closed(): readonly Action[] {
    return []
  }

  channelOf(): { channel: string; group: string } {
    return { channel: '', group: 'connection' }
  }
}
