// The forms of a line that a recording may have. One pass over the head of a line finds where its frame stands, and when
// and on which connection it was received, if the line says so.

const QUOTE = 34
const SPACE = 32
const POINT = 46
const BRACE = 123
const BRACKET = 91
const COLON = 58
const BACKSLASH = 92

const SAMPLE_HEAD = Buffer.from('{"recv_ms":')
const SAMPLE_EVENT = Buffer.from(',"event":')
const ARCHIVE_HEAD = Buffer.from('{"recv":"')
const ARCHIVE_CONN = Buffer.from('","conn":"')
const ARCHIVE_N = Buffer.from('","n":')
const ARCHIVE_TYPE = Buffer.from(',"type":"')
const ARCHIVE_SYMBOL = Buffer.from(',"symbol":"')
const ARCHIVE_FRAME = Buffer.from(',"frame":')
const ARCHIVE_PAD = Buffer.from(',"pad":')
const PAD_END = Buffer.from('],"frame":')
const ASIDE = /^((wss?|https?):\/\/|configuration: )/
/** Without times, frames are taken to be so far apart. */
const BARE_STEP_MS = 10
/** Digits of unix seconds; every three more are ms, µs, ns. */
const SECONDS_DIGITS = 10

/** Lines that tell of something else. */
export const NO_FRAME = -2

const startsWith = (bytes: Buffer, at: number, head: Buffer): boolean => {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 48 && byte <= 57

export class LineReader {
  /** Receive time of the line last read, unix milliseconds with a fraction. */
  recv = 0
  number = 0
  connection = ''
  /** White space around the frame, where the archive has it beside. */
  pad: readonly [string, string] | null = null
  /** The line is an object with the frame in it: a brace stands behind it. */
  isWrapped = true
  #day = ''
  #dayMs = 0

  /** Offset of the frame in the line bytes[start, stop); -1: the line is of no known form; `NO_FRAME`: it never holds one. */
  read(bytes: Buffer, start: number, stop: number, line: number): number {
    this.pad = null
    this.isWrapped = true
    const first = bytes[start] as number
    if (startsWith(bytes, start, SAMPLE_HEAD)) return this.#sample(bytes, start, line)
    if (startsWith(bytes, start, ARCHIVE_HEAD)) return this.#archive(bytes, start, stop)
    this.isWrapped = false
    if (first === BRACE || first === BRACKET) {
      this.recv = line * BARE_STEP_MS
      this.number = line
      return start
    }
    if (isDigit(first)) return this.#timed(bytes, start, stop, line)
    // What the client sent and asked, when it connected, and with what: no frames of the exchange.
    return ASIDE.test(bytes.toString('latin1', start, Math.min(stop, start + 24))) ? NO_FRAME : -1
  }

  #sample(bytes: Buffer, start: number, line: number): number {
    let at = start + SAMPLE_HEAD.length
    let recv = 0
    for (; isDigit(bytes[at]); at++) recv = recv * 10 + (bytes[at] as number) - 48
    if (!startsWith(bytes, at, SAMPLE_EVENT)) return -1
    this.recv = recv
    this.number = line
    return at + SAMPLE_EVENT.length
  }

  #archive(bytes: Buffer, start: number, stop: number): number {
    const timeAt = start + ARCHIVE_HEAD.length
    const timeEnd = bytes.indexOf(QUOTE, timeAt)
    if (timeEnd < 0 || !startsWith(bytes, timeEnd, ARCHIVE_CONN)) return -1
    const connectionAt = timeEnd + ARCHIVE_CONN.length
    const connectionEnd = bytes.indexOf(QUOTE, connectionAt)
    if (connectionEnd < 0 || !startsWith(bytes, connectionEnd, ARCHIVE_N)) return -1
    let at = connectionEnd + ARCHIVE_N.length
    let number = 0
    for (; isDigit(bytes[at]); at++) number = number * 10 + (bytes[at] as number) - 48
    // Format 2 says type and symbol.
    if (startsWith(bytes, at, ARCHIVE_TYPE)) at = endOfText(bytes, at + ARCHIVE_TYPE.length, stop)
    if (startsWith(bytes, at, ARCHIVE_SYMBOL))
      at = endOfText(bytes, at + ARCHIVE_SYMBOL.length, stop)
    let frameAt = at + ARCHIVE_FRAME.length
    if (startsWith(bytes, at, ARCHIVE_PAD)) {
      const padEnd = bytes.indexOf(PAD_END, at)
      if (padEnd < 0 || padEnd > stop) return -1
      this.pad = readPad(bytes.toString('utf8', at + ARCHIVE_PAD.length, padEnd + 1))
      frameAt = padEnd + PAD_END.length
    } else if (!startsWith(bytes, at, ARCHIVE_FRAME)) {
      // Events of a connection are lines too, and no frames.
      return bytes
        .toString('latin1', start, Math.min(stop, start + 300))
        .includes('"event":{"kind":')
        ? NO_FRAME
        : -1
    }
    const recv = this.#time(bytes, timeAt, timeEnd)
    if (Number.isNaN(recv)) return -1
    this.recv = recv
    this.number = number
    this.connection = bytes.toString('latin1', connectionAt, connectionEnd)
    return frameAt
  }

  /** `<unix time> <frame>` or `<unix time>: <frame>`; the time in s, ms, µs or ns, with or without a fraction. */
  #timed(bytes: Buffer, start: number, stop: number, line: number): number {
    let at = start
    let time = 0
    for (; isDigit(bytes[at]); at++) time = time * 10 + (bytes[at] as number) - 48
    const digits = at - start
    if (bytes[at] === POINT)
      for (let scale = 0.1; isDigit(bytes[++at]); scale /= 10)
        time += ((bytes[at] as number) - 48) * scale
    if (bytes[at] === COLON) at++
    if (bytes[at] !== SPACE || digits < SECONDS_DIGITS) return -1
    while (at < stop && bytes[at] === SPACE) at++
    this.recv = time / 10 ** (digits - SECONDS_DIGITS - 3)
    this.number = line
    return at
  }

  /** RFC 3339 in UTC with up to nine decimals, as milliseconds with a fraction. */
  #time(bytes: Buffer, at: number, end: number): number {
    const day = bytes.toString('latin1', at, at + 10)
    if (day !== this.#day) {
      this.#day = day
      this.#dayMs = Date.parse(`${day}T00:00:00Z`)
    }
    const two = (place: number): number =>
      ((bytes[at + place] as number) - 48) * 10 + (bytes[at + place + 1] as number) - 48
    let fraction = 0
    let scale = 100
    for (let i = at + 20; i < end - 1; i++, scale /= 10)
      fraction += ((bytes[i] as number) - 48) * scale
    return this.#dayMs + two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1000 + fraction
  }
}

/** Offset behind the text that begins at `at`, its quote included. */
function endOfText(bytes: Buffer, at: number, stop: number): number {
  for (let i = at; i < stop; i++) {
    if (bytes[i] === BACKSLASH) i++
    else if (bytes[i] === QUOTE) return i + 1
  }
  return stop
}

/** Two texts; null if the simulator did not write it: then the frame is played without. */
function readPad(text: string): readonly [string, string] | null {
  try {
    const [before, after] = JSON.parse(text) as unknown[]
    return typeof before === 'string' && typeof after === 'string' ? [before, after] : null
  } catch {
    return null
  }
}
