// What `market_lifecycle_v2` says about a market, as an instrument: rare frames, which may make strings.

import { compareDecimals, decimalText } from '#market/decimal.ts'
import type { Instrument, MarketEvent } from '#market/event.ts'
import { type FieldsReader, MISSING, NO_TEXT } from '#market/fields-reader.ts'
import type { JsonReader } from '#market/json-reader.ts'
import { type Field, KIND, Shape } from '#market/json-shape.ts'
import { timeText, UNIT } from '#market/time.ts'
import { textAt } from '#market/words.ts'
import { METADATA, PRICE_RANGE } from './shapes.ts'

export const NOT_AN_ACTION = 'what happened is not known'
export const NO_FLAG = 'neither true nor false'

const PHASES: Readonly<Record<string, Instrument['phase']>> = {
  created: 'created',
  activated: 'open',
  deactivated: 'paused',
  determined: 'closed',
  settled: 'settled',
  close_date_updated: 'changed',
  price_level_structure_updated: 'changed',
  metadata_updated: 'changed',
}

export class Lifecycle {
  readonly #reader: JsonReader
  readonly #values: FieldsReader
  readonly #message: Shape
  readonly #metadata = new Shape(METADATA)
  readonly #range = new Shape(PRICE_RANGE)

  /** `message`: the members of `msg`, which the reader has read. */
  constructor(reader: JsonReader, values: FieldsReader, message: Shape) {
    this.#reader = reader
    this.#values = values
    this.#message = message
  }

  /** Fills in the instrument of an event, and when it happened. */
  read(event: MarketEvent): void {
    const of = (name: string): Field => this.#message.field(name)
    const action = this.#text(of('event_type')) ?? ''
    const phase = Object.hasOwn(PHASES, action) ? PHASES[action] : undefined
    if (phase === undefined) {
      this.#values.fail(of('event_type'), action === '' ? MISSING : NOT_AN_ACTION)
      return
    }
    const happened = of(action === 'determined' ? 'determination_ts' : 'settled_ts')
    if (event.timeMs < 0 && happened.kind !== KIND.none) {
      this.#values.when(happened, UNIT.s)
      event.timeMs = this.#values.time.ms
      event.timeNs = this.#values.time.ns
    }
    event.instrument = this.#known({
      phase: this.#phase(phase, of('is_deactivated')),
      action,
      openTime: this.#time(of('open_ts')),
      closeTime: this.#time(of('close_ts')),
      result: this.#text(of('result')),
      settlement: this.#decimal(of('settlement_value')),
      tick: this.#tick(of('price_ranges')),
      ...this.#strike(of('additional_metadata')),
    })
  }

  /** A market that is deactivated may be one that is activated again: it says so. */
  #phase(phase: Instrument['phase'], isDeactivated: Field): Instrument['phase'] {
    const { kind } = isDeactivated
    const isSaid = kind === KIND.true || kind === KIND.false
    if (!isSaid && kind !== KIND.none && kind !== KIND.null) {
      this.#values.fail(isDeactivated, NO_FLAG)
    }
    return phase === 'paused' && kind === KIND.false ? 'open' : phase
  }

  /** In `additional_metadata` of a market that is created, directly in `msg` of one whose metadata changed. */
  #strike(metadata: Field): Partial<Maybe> {
    let shape = this.#message
    let title: string | undefined
    if (metadata.kind === KIND.object) {
      shape = this.#metadata
      this.#reader.seek(metadata.start)
      this.#reader.object(shape)
      if (this.#reader.error !== '') this.#values.fail(metadata, this.#reader.error)
      title = this.#text(shape.field('title'))
    }
    return {
      title,
      strikeType: this.#text(shape.field('strike_type')),
      floorStrike: this.#decimal(shape.field('floor_strike')),
      capStrike: this.#decimal(shape.field('cap_strike')),
    }
  }

  /** The smallest step of all ranges: near 0 and 1 it may be finer than between. */
  #tick(ranges: Field): string | undefined {
    if (ranges.kind === KIND.none || ranges.kind === KIND.null) return undefined
    const reader = this.#reader
    const { decimal } = this.#values
    let least = Number.NaN
    let scale = 0
    reader.seek(ranges.start)
    reader.list()
    while (reader.more() && reader.object(this.#range)) {
      const step = this.#values.number(this.#range.field('step'))
      if (!(compareDecimals(least, scale, step, decimal.scale) <= 0)) {
        least = step
        scale = decimal.scale
      }
    }
    if (reader.error !== '') this.#values.fail(ranges, reader.error)
    return decimalText(least, scale)
  }

  #text(field: Field): string | undefined {
    const { kind } = field
    const isText = kind === KIND.text || kind === KIND.escaped
    if (!isText && kind !== KIND.none && kind !== KIND.null) this.#values.fail(field, NO_TEXT)
    return textAt(field, this.#reader)
  }

  #decimal(field: Field): string | undefined {
    const mantissa = this.#values.number(field, 'optional')
    return decimalText(mantissa, this.#values.decimal.scale)
  }

  #time(field: Field): string | undefined {
    this.#values.when(field, UNIT.s)
    return timeText(this.#values.time.ms, this.#values.time.ns)
  }

  /** Without what was not sent. */
  #known(said: Maybe): Instrument {
    const entries = Object.entries(said).filter(([, value]) => value !== undefined && value !== '')
    return Object.fromEntries(entries) as Instrument
  }
}

type Maybe = { readonly [K in keyof Required<Instrument>]?: Instrument[K] | undefined }
