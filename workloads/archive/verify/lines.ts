// Checks lines: each is one JSON text in its segment's format, in valid UTF-8, of the right day, and names a record of a
// connection; in format 2 also type and symbol.

import { isUtf8 } from 'node:buffer'
import type { LineFormat } from '../format/manifest.ts'
import { ConnectionEvents } from './connection-events.ts'
import { jsonKind } from './json-text.ts'
import { LineNames } from './names.ts'
import { NumberSet } from './numbers.ts'
import { PlainLines } from './plain-lines.ts'

export type LineFacts = {
  lines: number
  from: string | null
  to: string | null
  /** Of format 2. */
  readonly names: LineNames
}

const HEAD =
  /^\{"recv":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)","conn":"([0-9A-Za-z_-]{1,64})","n":([1-9]\d{0,15}),/
/** The longest head there can be. */
const HEAD_BYTES = 144
const KIND = /^"(frame|text|base64|event|pad)":/
const KIND_BYTES = 9

export class LineChecker {
  readonly #day: string
  readonly #format: LineFormat
  readonly #tell: (where: string, what: string) => void
  /** Null: of a day that does not exist every line is checked in full. */
  readonly #plain: PlainLines | null
  readonly numbers = new Map<string, NumberSet>()
  readonly events = new ConnectionEvents()
  readonly total: LineFacts = { lines: 0, from: null, to: null, names: new LineNames() }
  /** Lines behind a higher number of their connection. */
  disorder = 0
  #second = ''
  #connection = ''
  #numbers = new NumberSet()

  constructor(day: string, format: LineFormat, tell: (where: string, what: string) => void) {
    this.#day = day
    this.#format = format
    this.#tell = tell
    this.#plain = isTime(`${day}T00:00:00`) ? new PlainLines(day, format !== 1) : null
  }

  /** Checks whole lines. */
  member(raw: Buffer): LineFacts {
    const facts: LineFacts = { lines: 0, from: null, to: null, names: new LineNames() }
    if (!isUtf8(raw)) this.#tell(`line ${this.total.lines + 1} and after`, 'is not UTF-8')
    for (let start = 0; start < raw.length; ) {
      const end = raw.indexOf(10, start)
      this.total.lines++
      facts.lines++
      if (end < 0) {
        this.#tell(`line ${this.total.lines}`, 'has no end')
        break
      }
      if (this.#plain?.take(raw, start, end)) this.#add(this.#plain.number)
      else this.#line(raw, start, end, facts)
      start = end + 1
    }
    const plain = this.#plain?.endMember(facts.names) ?? null
    if (plain !== null && (facts.from === null || plain.from < facts.from)) facts.from = plain.from
    if (plain !== null && (facts.to === null || plain.to > facts.to)) facts.to = plain.to
    if (facts.from !== null && (this.total.from === null || facts.from < this.total.from)) {
      this.total.from = facts.from
    }
    this.total.names.join(facts.names)
    if (facts.to !== null && (this.total.to === null || facts.to > this.total.to)) {
      this.total.to = facts.to
    }
    return facts
  }

  #line(raw: Buffer, start: number, end: number, facts: LineFacts): void {
    const where = `line ${this.total.lines}`
    const head = HEAD.exec(raw.toString('latin1', start, Math.min(end, start + HEAD_BYTES)))
    if (!head) {
      this.#tell(where, 'does not begin as a line of an archive')
      return
    }
    const [whole, recv, connection, digits] = head as unknown as [string, string, string, string]
    if (!recv.startsWith(this.#day)) this.#tell(where, `is of ${recv}`)
    if (recv.slice(0, 19) !== this.#second) {
      this.#second = recv.slice(0, 19)
      if (!isTime(this.#second)) this.#tell(where, `${recv} is no time`)
    }
    if (facts.from === null || recv < facts.from) facts.from = recv
    if (facts.to === null || recv > facts.to) facts.to = recv
    this.#number(connection, Number(digits))
    const behind = start + whole.length
    const payload = this.#format === 1 ? behind : facts.names.read(raw, behind, end)
    if (typeof payload === 'number' && this.#format !== 1) {
      this.#plain?.learnNames(raw, behind, payload, facts.names)
    }
    if (typeof payload === 'string') this.#tell(where, payload)
    else this.#payload(raw, payload, end, { connection, where, type: facts.names.type })
  }

  #payload(
    raw: Buffer,
    start: number,
    end: number,
    line: { readonly connection: string; readonly where: string; readonly type: string }
  ): void {
    const { connection, where, type } = line
    const kind = KIND.exec(raw.toString('latin1', start, Math.min(end, start + KIND_BYTES)))
    if (!kind) {
      this.#tell(where, 'has no payload behind what it says of it')
      return
    }
    const [whole, key = ''] = kind
    const at = start + whole.length
    const problem = bodyProblem(key, raw, at, end)
    if (problem !== undefined) this.#tell(where, problem)
    if (problem !== undefined || key !== 'event') return
    const event = JSON.parse(raw.toString('utf8', at, end - 1)) as Readonly<Record<string, unknown>>
    const said = Buffer.from(JSON.stringify(event.kind) ?? '').toString('latin1')
    if (this.#format !== 1 && said !== type) {
      this.#tell(where, `its type is ${type}, the kind of its event ${said}`)
    }
    this.events.note(connection, event)
  }

  #number(connection: string, number: number): void {
    if (connection !== this.#connection) {
      this.#connection = connection
      this.#numbers = this.numbers.get(connection) ?? new NumberSet()
      this.numbers.set(connection, this.#numbers)
      this.#plain?.learnConnection(connection)
    }
    this.#add(number)
  }

  /** Adds a number of the present connection. */
  #add(number: number): void {
    if (number < this.#numbers.last) this.disorder++
    if (this.#numbers.add(number)) return
    const what = `record ${number} of connection ${this.#connection} occurs twice`
    this.#tell(`line ${this.total.lines}`, what)
  }
}

/** What is wrong with what follows the head: a JSON value of the right kind and the closing brace. */
function bodyProblem(kind: string, raw: Buffer, start: number, end: number): string | undefined {
  if (end <= start || raw[end - 1] !== 0x7d) return 'does not end as a line of an archive'
  if (kind === 'pad') return padProblem(raw, start, end - 1)
  const found = jsonKind(raw, start, end - 1)
  if (found === undefined) return `its ${kind} is no JSON text`
  switch (kind) {
    case 'text':
      return found === 'string' ? undefined : 'its text is no string'
    case 'base64':
      return found === 'string' && isBase64(raw, start + 1, end - 2)
        ? undefined
        : 'its base64 is none'
    case 'event':
      return found === 'object' ? undefined : 'its event is no object'
    default:
      return undefined
  }
}

/** Groups of four characters, the last filled up with one or two `=`. */
function isBase64(raw: Buffer, start: number, end: number): boolean {
  if ((end - start) % 4 !== 0) return false
  let last = end
  while (last > start && last > end - 2 && raw[last - 1] === 0x3d) last--
  for (let at = start; at < last; at++) if (IS_BASE64[raw[at]!] === 0) return false
  return true
}

const IS_BASE64 = new Uint8Array(256)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  IS_BASE64[char.charCodeAt(0)] = 1
}

const FRAME_MEMBER = ',"frame":'

/** Exactly two texts of white space, with a line break in one of them, and the frame behind. */
function padProblem(raw: Buffer, start: number, end: number): string | undefined {
  // Texts of white space hold no bracket.
  const close = raw.indexOf(0x5d, start) + 1
  const frame = close + FRAME_MEMBER.length
  if (close === 0 || frame >= end || raw.toString('latin1', close, frame) !== FRAME_MEMBER) {
    return 'its pad is not followed by a frame'
  }
  if (!isPad(raw.toString('latin1', start, close)))
    return 'its pad is no white space around a frame'
  return jsonKind(raw, frame, end) === undefined ? 'its frame is no JSON text' : undefined
}

function isPad(text: string): boolean {
  let pad: unknown
  try {
    pad = JSON.parse(text)
  } catch {
    return false
  }
  if (!Array.isArray(pad) || pad.length !== 2 || JSON.stringify(pad) !== text) return false
  if (!pad.every((part) => typeof part === 'string' && SPACES.test(part))) return false
  return LINE_BREAK.test(pad.join(''))
}

const SPACES = /^[ \t\r\n]*$/
const LINE_BREAK = /[\r\n]/

function isTime(second: string): boolean {
  const ms = Date.parse(`${second}Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === second
}
