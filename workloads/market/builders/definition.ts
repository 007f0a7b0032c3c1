// What the registry says of a builder, and what every builder is.

import type { EventName, MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { barSize, SIZE_FORMS } from './bar-size.ts'

export type BuilderParameter = {
  readonly name: string
  readonly says: string
  /** Empty: none; `says` tells what that means. */
  readonly default: string
}

export type BuilderOutput = {
  readonly name: string
  readonly type: 'text' | 'time' | 'integer' | 'decimal' | 'flag' | 'levels'
  readonly says: string
}

/** Takes events in order of receive time, and hands out what it made of them: reused objects, valid until the callback returns. */
export type Builder<Made> = {
  /** Takes an event of any kind: the ones that are no input of it move its clock alone. */
  apply(event: MarketEvent): void
  /**
   * Tells, before the first event, that all of them come from that time on: without it a feed is known since its first event. Only of
   * builders that say whether what they hand out is complete.
   */
  knownFrom?(ms: number, ns: number): void
  /** Moves its clock as an event does that is no input of it. Only of builders that have one. */
  see?(ms: number, ns: number): void
  /** What it has of an instrument as of the last event; undefined if there is nothing. Valid until the next event. */
  get(feed: string, symbol: string): Made | undefined
  /** No more events come: what is unfinished is handed out. */
  end(): void
  /** Saves all that it keeps, or restores it into a new builder of the same parameters. */
  keep(keeper: Keeper): void
}

export type BuilderValues = Readonly<Record<string, string>>

/** `Makes` names what it makes in the program. */
export type Definition<Makes extends string, Made> = {
  readonly name: string
  readonly makes: Makes
  readonly says: string
  readonly inputs: readonly EventName[]
  readonly outputs: readonly BuilderOutput[]
  readonly parameters: readonly BuilderParameter[]
  /** Throws a RangeError that says how a value is written. */
  readonly create: (values: BuilderValues, emit: (made: Made) => void) => Builder<Made>
}

export const FEED_OUTPUTS: readonly BuilderOutput[] = [
  { name: 'feed', type: 'text', says: 'The feed.' },
  { name: 'symbol', type: 'text', says: 'The instrument.' },
]

/** A parameter that is a span of time. */
export function spanOf(values: BuilderValues, { name, default: usual }: BuilderParameter): number {
  const text = values[name] ?? usual
  const size = barSize('time', text)
  if (size?.kind !== 'time') throw new RangeError(`${name}: ${text} is not ${SIZE_FORMS.time}`)
  return size.ms
}

/** A parameter that is a whole number from 1 to `most`. */
export function countOf(
  values: BuilderValues,
  { name, default: usual }: BuilderParameter,
  most: number
): number {
  const text = values[name] ?? usual
  const count = Number(text)
  if (/^\d{1,9}$/.test(text) && count >= 1 && count <= most) return count
  throw new RangeError(`${name}: ${text} is not a whole number from 1 to ${most}: ${usual}`)
}

/** A parameter that is one of some words. */
export function wordOf<Word extends string>(
  values: BuilderValues,
  { name, default: usual }: BuilderParameter,
  words: readonly Word[]
): Word {
  const text = values[name] ?? usual
  const word = words.find((one) => one === text)
  if (word === undefined) throw new RangeError(`${name}: ${text} is not one of: ${words.join(' ')}`)
  return word
}
