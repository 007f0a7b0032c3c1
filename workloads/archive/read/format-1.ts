// Type and symbol of a line of format 1, which does not say them: read from its frame, for choosing lines, never for changing
// them. This is the only seam where an older archive needs to know how exchanges name a market; lines of format 2 say it.

import type { LineNames } from './line-filter.ts'

type Json = Readonly<Record<string, unknown>>

export function namesInFormat1(line: Buffer): LineNames {
  const {
    frame: embedded,
    text,
    event,
  } = JSON.parse(line.toString('utf8')) as {
    frame?: unknown
    text?: unknown
    event?: Json
  }
  // A JSON text that is broken by lines stands as a string.
  const frame = embedded ?? (typeof text === 'string' ? jsonOrNull(text) : null)
  if (event !== undefined) return { type: textOf(event.kind) ?? 'unknown', symbol: '' }
  if (typeof frame !== 'object' || frame === null) return { type: 'unknown', symbol: '' }
  const members = frame as Json
  const inner = typeof members.msg === 'object' && members.msg !== null ? (members.msg as Json) : {}
  return {
    type: textOf(members.type) ?? 'unknown',
    // Where the exchanges that wrote format 1 say which market a message is of.
    symbol:
      textOf(inner.market_ticker) ?? textOf(inner.event_ticker) ?? textOf(members.symbol) ?? '',
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // text of another kind: it has neither type nor symbol
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
