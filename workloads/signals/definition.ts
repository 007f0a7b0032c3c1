// What a signal says of itself, checked field by field. An unknown field is refused: it would do nothing.

import { parseDuration } from '#crds/quantities.ts'
import type { EventKind } from '#events/history.ts'

export type ParamValue = number | string | boolean
export type Params = Readonly<Record<string, ParamValue>>

/** Without its functions: as it is sent between processes, and shown. */
export type About = {
  readonly id: string
  readonly version: number
  readonly params: Params
  readonly events: readonly EventKind[]
  readonly symbols: readonly string[] | null
  readonly cooldownMs: number
}

const FIELDS = ['id', 'version', 'params', 'inputs', 'cooldown', 'init', 'on']
const EVENTS: readonly EventKind[] = [
  'trade',
  'quote',
  'bookSnapshot',
  'bookChange',
  'instrument',
  'unknown',
]

/** Names the field that does not fit. */
export class FieldError extends Error {
  readonly field: string

  constructor(field: string, why: string) {
    super(why)
    this.field = field
  }
}

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
  const { id, version, inputs, cooldown, init, on } = fields
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
  const { events, symbols } = fieldsOf('inputs', inputs, ['events', 'symbols'])
  const wanted = textsOf('inputs.events', events)
  const unknown = wanted.find((name) => !EVENTS.includes(name as EventKind))
  if (unknown !== undefined) {
    throw new FieldError('inputs.events', `${unknown} is none of ${EVENTS.join(', ')}`)
  }
  return {
    about: {
      id,
      version: version as number,
      params: paramsOf(fields.params, given),
      events: wanted as EventKind[],
      symbols: symbols === undefined ? null : textsOf('inputs.symbols', symbols),
      cooldownMs: cooldownOf(cooldown),
    },
    handlers: { init, on } as Handlers,
  }
}

function fieldsOf(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FieldError(name, 'must be an object')
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    throw new FieldError(unknown, `is no field of ${name}: it has ${known.join(', ')}`)
  }
  return { ...value }
}

function textsOf(name: string, value: unknown): string[] {
  const isList = Array.isArray(value) && value.length > 0
  if (isList && value.every((one) => typeof one === 'string' && one !== '')) return [...value]
  throw new FieldError(name, 'must be a list of names')
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
