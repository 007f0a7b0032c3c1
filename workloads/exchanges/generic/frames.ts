// What a frame says of itself, by the paths of a Feed: type, symbol, sequence, scope and time. The hot path: one pass over
// its bytes, no string made but for names met the first time.

import { isUtf8 } from 'node:buffer'
import { FieldsReader } from '#market/fields-reader.ts'
import { JsonReader } from '#market/json-reader.ts'
import { type Field, KIND } from '#market/json-shape.ts'
import { Symbols } from '#market/symbols.ts'
import type { Unit } from '#market/time.ts'
import { textAt } from '#market/words.ts'
import { FORM } from '#wire/form.ts'
import { FrameScanner } from '#wire/scanner.ts'
import { type Frame, type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { PathReader, readPath } from './paths.ts'
import { Scopes } from './scopes.ts'
import { type DescribedType, FrameFields, type Match, TypeFinder, unitOf } from './types.ts'

const MAX_NAME_BYTES = 200

/** A value of the frame, or of each entry of a list in it. */
type Value = {
  readonly field: Field
  readonly list: Field | null
  readonly entry: PathReader | null
}

type Layout = {
  readonly type: MessageType
  readonly kind: NonNullable<DescribedType['kind']>
  readonly unit: Unit
  readonly symbol: Value | null
  readonly time: Value | null
  readonly sequence: Field | null
  readonly scopes: readonly Field[]
  readonly channel: Field | null
  readonly id: Field | null
  readonly reason: Field | null
  readonly code: Field | null
  readonly sequenceLost: string
  readonly scopeLost: string
}

/** What an answer of the exchange says. */
export type Reply = {
  readonly isError: boolean
  /** Texts; empty where it does not say. */
  readonly id: string
  readonly symbol: string
  readonly channel: string
  readonly words: string
}

export class DescribedFrames {
  readonly frame: Frame = {
    type: UNKNOWN,
    symbol: '',
    sequence: -1,
    scope: 0,
    form: FORM.json,
    understood: false,
    unproven: '',
    control: false,
  }
  readonly scopes = new Scopes()
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #scanner = new FrameScanner([])
  readonly #symbols = new Symbols()
  readonly #finder: TypeFinder
  readonly #fields = new FrameFields()
  readonly #told: readonly Field[]
  readonly #layouts: readonly Layout[]
  #layout: Layout | null = null

  constructor(types: readonly DescribedType[]) {
    this.#finder = new TypeFinder(types)
    const told = this.#finder.paths.map((path) => this.#fields.add(path))
    const makers = types.map((type) => layoutOf(type, this.#fields))
    this.#told = told.map((place) => this.#fields.field(place))
    this.#layouts = makers.map((make) => make())
  }

  /** Fills `frame`. */
  look(payload: Buffer): void {
    const frame = this.frame
    const reader = this.#reader
    frame.type = UNKNOWN
    frame.symbol = ''
    frame.sequence = -1
    frame.scope = 0
    frame.understood = false
    frame.unproven = ''
    frame.control = false
    this.#layout = null
    reader.begin(payload)
    if (!this.#fields.reader.read(reader) || !reader.finish()) {
      this.#odd(payload)
      return
    }
    frame.form = isBroken(payload) ? FORM.text : FORM.json
    this.#take(this.#finder.find(reader, this.#told), true)
  }

  /** The exchange's time of the last frame, unix milliseconds; 0 where it says none. */
  exchangeMs(): number {
    const layout = this.#layout
    if (layout === null || layout.time === null || !this.#first(layout.time)) return 0
    const values = this.#values
    values.begin()
    return values.when(layout.time.field, layout.unit) ? Math.max(0, values.time.ms) : 0
  }

  /** What the last frame, an ack or an error, says. Not for every frame. */
  reply(payload: Buffer): Reply {
    const layout = this.#layout
    const isError = layout?.kind === 'error'
    const said = (field: Field | null | undefined): string => {
      if (field === null || field === undefined || this.frame.form === FORM.binary) return ''
      const text = this.#textAt(field)
      return text.length > 500 ? `${text.slice(0, 500)}…` : text
    }
    const reason = said(layout?.reason)
    const code = said(layout?.code)
    const whole = payload.toString('utf8', 0, 300)
    const words = reason === '' && code === '' ? whole : reason
    return {
      isError,
      id: said(layout?.id),
      symbol: this.frame.symbol,
      channel: said(layout?.channel),
      words: code === '' ? words : `${words}${words === '' ? '' : ' '}(code ${code})`,
    }
  }

  /** A frame that cannot be read: a text such as `pong`, or JSON with a name twice. */
  #odd(payload: Buffer): void {
    const frame = this.frame
    if (this.#scanner.scan(payload)) {
      frame.form = this.#scanner.breaksInside() ? FORM.text : FORM.json
      return
    }
    const isText = isUtf8(payload)
    frame.form = isText ? FORM.text : FORM.binary
    if (isText) this.#take(this.#finder.ofText(payload), false)
  }

  #take({ place, symbol }: Match, isJson: boolean): void {
    const layout = this.#layouts[place]
    if (layout === undefined) return
    const frame = this.frame
    frame.type = layout.type
    frame.symbol = symbol
    frame.control = layout.kind === 'ack' || layout.kind === 'error'
    frame.understood = true
    if (!isJson) return
    this.#layout = layout
    if (layout.symbol !== null) {
      frame.symbol = this.#symbolOf(layout.symbol)
      // An answer need not name one.
      frame.understood = frame.symbol !== '' || layout.kind !== 'data'
    }
    if (layout.sequence !== null) this.#count(layout, layout.sequence)
  }

  #count(layout: Layout, sequence: Field): void {
    const frame = this.frame
    frame.scope = this.#scopeOf(layout)
    if (frame.scope === 0) frame.unproven = layout.scopeLost
    else {
      frame.sequence = this.#wholeAt(sequence)
      if (frame.sequence < 0) frame.unproven = layout.sequenceLost
    }
    if (frame.unproven !== '') frame.understood = false
  }

  /** 0: it cannot be told. */
  #scopeOf({ scopes, type }: Layout): number {
    this.scopes.begin()
    for (let i = 0; i < scopes.length; i++) {
      const field = scopes[i]!
      if (field.kind !== KIND.text && field.kind !== KIND.number && field.kind !== KIND.escaped)
        return 0
      this.scopes.step(this.#textAt(field))
    }
    return this.scopes.end(type)
  }

  /** The symbol of all entries; empty if they have more than one. */
  #symbolOf({ field, list, entry }: Value): string {
    if (list === null || entry === null) return this.#nameAt(field)
    const reader = this.#reader
    if (list.kind !== KIND.list) return ''
    let symbol = ''
    reader.seek(list.start)
    reader.list()
    while (reader.more()) {
      if (!entry.read(reader)) return ''
      const name = this.#nameAt(field)
      if (symbol !== '' && name !== symbol) return ''
      symbol = name
    }
    return symbol
  }

  /** Goes to the first entry, if it is a value of one. */
  #first({ list, entry }: Value): boolean {
    if (list === null || entry === null) return true
    const reader = this.#reader
    if (list.kind !== KIND.list) return false
    reader.seek(list.start)
    return reader.list() && reader.more() && entry.read(reader)
  }

  #nameAt(field: Field): string {
    if (field.kind !== KIND.text && field.kind !== KIND.number && field.kind !== KIND.escaped)
      return ''
    return field.end - field.start > MAX_NAME_BYTES ? '' : this.#textAt(field)
  }

  #textAt(field: Field): string {
    if (field.kind === KIND.escaped) return textAt(field, this.#reader)
    if (field.kind === KIND.none || field.kind === KIND.null) return ''
    return this.#symbols.get(this.#reader, field.start, field.end)
  }

  /** A count, written as a number or as a text of digits; -1: it is none. */
  #wholeAt({ kind, start, end }: Field): number {
    if ((kind !== KIND.number && kind !== KIND.text) || start === end || end - start > 16) return -1
    const { bytes } = this.#reader
    if (bytes[start] === 0x30 && end - start > 1) return -1
    let value = 0
    for (let p = start; p < end; p++) {
      const digit = bytes[p]! - 0x30
      if (digit < 0 || digit > 9) return -1
      value = value * 10 + digit
    }
    return value <= Number.MAX_SAFE_INTEGER ? value : -1
  }
}

/** A byte order mark, or a line break between the first and the last byte: such a frame is kept as a text. */
function isBroken(payload: Buffer): boolean {
  if (payload[0] === 0xef) return true
  if (payload.indexOf(10) < 0 && payload.indexOf(13) < 0) return false
  return /[\r\n]/.test(payload.toString('latin1').trim())
}

const CONTROL = 'control'

/** Notes the paths of a type; what it returns is called once all types have noted theirs. */
function layoutOf(one: DescribedType, frame: FrameFields): () => Layout {
  const { name, kind = 'data', sequence, scope } = one
  const isData = kind === 'data'
  const type = { name, group: one.group ?? (isData ? 'other' : CONTROL), data: isData }
  const note = (path: string | undefined): (() => Field) | null => {
    if (path === undefined) return null
    const place = frame.add(path)
    return () => frame.field(place)
  }
  const noteValue = (text: string | undefined): (() => Value) | null => {
    const path = text === undefined ? null : readPath(text)
    if (path === null) return null
    if (path.list === null) {
      const field = note(path.text)!
      return () => ({ field: field(), list: null, entry: null })
    }
    const list = note(path.list)!
    return () => {
      const entry = new PathReader([path.item])
      return { field: entry.field(0), list: list(), entry }
    }
  }
  const made = {
    symbol: noteValue(one.symbol),
    time: noteValue(one.time),
    sequence: note(sequence),
    scopes: (scope?.split('+') ?? []).map((path) => note(path)!),
    channel: note(one.channel),
    id: note(one.id),
    reason: note(one.reason),
    code: note(one.code),
  }
  return () => ({
    type,
    kind,
    unit: unitOf(one),
    symbol: made.symbol?.() ?? null,
    time: made.time?.() ?? null,
    sequence: made.sequence?.() ?? null,
    scopes: made.scopes.map((field) => field()),
    channel: made.channel?.() ?? null,
    id: made.id?.() ?? null,
    reason: made.reason?.() ?? null,
    code: made.code?.() ?? null,
    sequenceLost: `${sequence} is no whole number`,
    scopeLost: `${scope} is no text or number, or there are too many`,
  })
}
