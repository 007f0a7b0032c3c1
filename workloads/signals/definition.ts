// What a signal says of itself, checked field by field. An unknown field is refused: it would do nothing.

import { parseDuration } from '#crds/quantities.ts'
import { nearest } from '#crds/suggest.ts'
import type { EventKind } from '#events/history.ts'
import { inputsOf, type JoinedLeg, legsOf, readBuilders } from './builder-choices.ts'
import { FieldError, fieldsOf, textsOf } from './fields.ts'
import type { BuilderChoice } from './views/open.ts'

export type ParamValue = number | string | boolean
export type Params = Readonly<Record<string, ParamValue>>

/** Without its functions: as it is sent between processes, and shown. */
export type About = {
  readonly id: string
  readonly version: number
  readonly params: Params
  /** Feeds, and the exchange's message types, whose events it is shown; null: all. */
  readonly feeds: readonly string[] | null
  readonly types: readonly string[] | null
  /** What it is shown. */
  readonly events: readonly EventKind[]
  /** What must be read: that, and what its builders take. */
  readonly reads: readonly EventKind[]
  readonly symbols: readonly string[] | null
  readonly builders: readonly BuilderChoice[]
  /** Instruments that its builders join, whatever else it is shown. */
  readonly joins: readonly JoinedLeg[]
  readonly cooldownMs: number
  /** No fire of an instrument within this time after its first event. */
  readonly warmupMs: number
  /** A fire is kept only if the event before did not fire. */
  readonly edge: 'rising' | null
}

const FIELDS = [
  ...(['id', 'version', 'params', 'inputs', 'builders', 'warmup', 'cooldown', 'edge'] as const),
  ...(['init', 'on'] as const),
]
const EVENTS: readonly EventKind[] = [
  'trade',
  'quote',
  'bookSnapshot',
  'bookChange',
  'instrument',
  'unknown',
]

export type Handlers = {
  readonly init: ((params: Params) => unknown) | undefined
  readonly on: (event: unknown, state: unknown, ctx: unknown) => unknown
}

/** Throws a FieldError. `given` replaces defaults of parameters, as texts. */
export function readDefinition(
  value: unknown,
  given: Readonly<Record<string, string>>
): { readonly about: About; readonly handlers: Handlers } {
  const fields = fieldsOf('export default', value, FIELDS)
  const { id, version, inputs, init, on } = fields
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new FieldError('id', 'must be lower-case letters, digits and hyphens, 63 at most')
  }
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    throw new FieldError('version', 'must be a whole number from 1')
  }
  if (typeof on !== 'function') throw new FieldError('on', 'must be a function')
  if (init !== undefined && typeof init !== 'function') {
    throw new FieldError('init', 'must be a function')
  }
  const params = paramsOf(fields.params, given)
  const builders = readBuilders(fields.builders, params)
  const shown = inputsOfSignal(inputs)
  return {
    about: {
      id,
      version: version as number,
      params,
      ...shown,
      reads: EVENTS.filter((one) => shown.events.includes(one) || inputsOf(builders).includes(one)),
      builders,
      joins: legsOf(builders),
      cooldownMs: cooldownOf(fields.cooldown),
      warmupMs: warmupOf(fields.warmup),
      edge: edgeOf(fields.edge),
    },
    handlers: { init, on } as Handlers,
  }
}

function inputsOfSignal(value: unknown): Pick<About, 'feeds' | 'types' | 'events' | 'symbols'> {
  const { feeds, types, events, symbols } = fieldsOf('inputs', value, [
    ...(['feeds', 'types', 'events', 'symbols'] as const),
  ])
  const wanted = textsOf('inputs.events', events)
  const unknown = wanted.find((name) => !EVENTS.includes(name as EventKind))
  if (unknown !== undefined) {
    const near = nearest(unknown, EVENTS)
    const hint = near === undefined ? '' : `: did you mean ${near}?`
    throw new FieldError('inputs.events', `${unknown} is none of ${EVENTS.join(', ')}${hint}`)
  }
  const optional = (name: string, list: unknown) =>
    list === undefined ? null : textsOf(`inputs.${name}`, list)
  return {
    feeds: optional('feeds', feeds),
    types: optional('types', types),
    events: wanted as EventKind[],
    symbols: optional('symbols', symbols),
  }
}

function paramsOf(value: unknown, given: Readonly<Record<string, string>>): Params {
  const declared = value === undefined ? {} : (value as Record<string, unknown>)
  if (typeof declared !== 'object' || declared === null) {
    throw new FieldError('params', 'must be an object')
  }
  const params: Record<string, ParamValue> = {}
  for (const [name, param] of Object.entries(declared)) {
    const { type, default: usual } = fieldsOf(`params.${name}`, param, ['type', 'default'])
    const isFit = typeof usual === type && ['number', 'string', 'boolean'].includes(String(type))
    if (!isFit || !isUsable(usual)) {
      throw new FieldError(
        `params.${name}`,
        'needs a type (number, string, boolean) and a default of it'
      )
    }
    params[name] = Object.hasOwn(given, name)
      ? read(name, typeof usual, given[name]!)
      : (usual as ParamValue)
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(params, name))
  if (unknown !== undefined)
    throw new FieldError(`params.${unknown}`, 'is not a parameter of this signal')
  return Object.freeze(params)
}

const isUsable = (value: unknown): boolean => typeof value !== 'number' || Number.isFinite(value)

function read(name: string, type: string, text: string): ParamValue {
  if (type === 'string') return text
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  const value = Number(text)
  if (type === 'number' && text.trim() !== '' && Number.isFinite(value)) return value
  throw new FieldError(`params.${name}`, `${JSON.stringify(text)} is no ${type}`)
}

function cooldownOf(value: unknown): number {
  if (value === undefined) return 0
  const { perSymbol } = fieldsOf('cooldown', value, ['perSymbol'])
  if (typeof perSymbol !== 'string' || !/^[1-9][0-9]{0,5}(ms|s|m|h)$/.test(perSymbol)) {
    throw new FieldError('cooldown.perSymbol', 'must be a duration such as 500ms, 60s, 5m or 1h')
  }
  return parseDuration(perSymbol)
}

const WARMUP = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const

function warmupOf(value: unknown): number {
  if (value === undefined) return 0
  const given = Object.entries(fieldsOf('warmup', value, Object.keys(WARMUP)))
  let ms = 0
  for (const [unit, count] of given) {
    if (!Number.isSafeInteger(count) || (count as number) < 0) {
      throw new FieldError(`warmup.${unit}`, 'must be a whole number from 0')
    }
    ms += (count as number) * WARMUP[unit as keyof typeof WARMUP]
  }
  return ms
}

function edgeOf(value: unknown): 'rising' | null {
  if (value === undefined) return null
  if (value === 'rising') return value
  throw new FieldError('edge', "must be 'rising', or be left out")
}
