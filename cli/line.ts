// What a line of an archive is about, read from its own text: for choosing lines, never for changing them.

export type LineFacts = {
  /** The exchange's own name of the message; of an event its kind; `unknown` where it says none. */
  readonly type: string
  /** Empty where it has none. */
  readonly symbol: string
}

type Json = Readonly<Record<string, unknown>>

export function lineFacts(line: string): LineFacts {
  const {
    frame: embedded,
    text,
    event,
  } = JSON.parse(line) as {
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
    // Where the exchanges that ssmd knows say which market a message is of.
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
