// From texts of a URL or a command line to the checked parameters of a query. Every fault is named in one error, an unknown name with
// the nearest there is. Pure; no work grows faster than the input.

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { SsmdError } from '#crds/errors.ts'
import { isRealDay, readInstant } from './instant.ts'
import { nearestName } from './nearest.ts'
import type { Parameter, Parameters } from './query.ts'

export type ParameterFault = { readonly parameter: string; readonly message: string }

/** What is wrong with the parameters of a call: each by its name. */
export class ParametersError extends SsmdError {
  readonly faults: readonly ParameterFault[]

  constructor(faults: readonly ParameterFault[], hint?: string) {
    super('SSMD_E_USAGE', faults.map(({ message }) => message).join('; '), hint ? { hint } : {})
    this.faults = faults
  }
}

/** By name, all values given. */
export type Texts = ReadonlyMap<string, readonly string[]>
export type ReadParameters = (texts: Texts) => Parameters

/** Characters of one value if its schema allows no more, and values of a list: more is no question that a person or a program has. */
const VALUE_LENGTH = 512
const LIST_LENGTH = 1000
/** Faults that an answer names. */
const FAULTS = 20

const ajv = new Ajv2020({ strict: true, allErrors: false, verbose: true })
ajv.addKeyword('example')
/** `day` exists; `instant` is RFC 3339 or a day, and reaches the query as UTC with nine decimals. */
ajv.addFormat('day', { type: 'string', validate: isRealDay })
ajv.addFormat('instant', { type: 'string', validate: (text) => readInstant(text) !== undefined })

const FORMATS: Readonly<Record<string, string>> = {
  day: 'a day, such as 2026-11-24',
  instant: 'a time such as 2026-11-24T15:04:05Z, or a day such as 2026-11-24',
}

const readers = new WeakMap<readonly Parameter[], ReadParameters>()

/** The parameters of a query from names and texts, as a command line or a tool gives them. Throws a ParametersError. */
export function readParameters(
  { parameters }: { readonly parameters: readonly Parameter[] },
  values: Iterable<readonly [name: string, text: string]>
): Parameters {
  const read = readers.get(parameters) ?? parameterReader(parameters)
  readers.set(parameters, read)
  const texts = new Map<string, string[]>()
  for (const [name, text] of values) {
    const known = texts.get(name)
    if (known === undefined) texts.set(name, [text])
    else known.push(text)
  }
  return read(texts)
}

/** Compiles the reader of some parameters; two of the same name are a fault in ssmd. */
export function parameterReader(parameters: readonly Parameter[]): ReadParameters {
  const known = new Map(
    parameters.map((one) => [one.name, { one, check: ajv.compile(one.schema) }])
  )
  if (known.size !== parameters.length) throw new Error('two parameters have the same name')
  const names = [...known.keys()]
  return (texts) => {
    const faults: ParameterFault[] = []
    let hint: string | undefined
    const values: Record<string, Parameters[string]> = {}
    for (const [name, given] of texts) {
      const found = known.get(name)
      if (found === undefined) {
        faults.push({ parameter: shown(name), message: `there is no parameter ${shown(name)}` })
        hint ??= hintFor(name, names)
        continue
      }
      const read = readOne(found.one, found.check, given)
      if ('faults' in read) {
        faults.push(...read.faults)
        hint ??= read.hint
      } else values[name] = read.value
    }
    for (const { one } of known.values()) {
      if (values[one.name] !== undefined || faults.some(({ parameter }) => parameter === one.name))
        continue
      const usual = one.schema.default
      if (usual !== undefined) values[one.name] = usual as Parameters[string]
      else if (one.required === true)
        faults.push({ parameter: one.name, message: `${one.name} is missing` })
    }
    if (faults.length > 0) throw new ParametersError(faults.slice(0, FAULTS), hint)
    return values
  }
}

type Read =
  | { readonly value: Parameters[string] }
  | { readonly faults: readonly ParameterFault[]; readonly hint: string | undefined }

function readOne(one: Parameter, check: ValidateFunction, given: readonly string[]): Read {
  const { name, list = false } = one
  const fault = (message: string, hint?: string): Read => ({
    faults: [{ parameter: name, message }],
    hint,
  })
  const texts = list ? given.flatMap((text) => text.split(',')) : given
  if (texts.length > LIST_LENGTH)
    return fault(`${name} has ${texts.length} values, at most ${LIST_LENGTH} are taken`)
  if (!list && texts.length > 1) return fault(`${name} is given ${texts.length} times`)
  const values: unknown[] = []
  for (const text of texts) {
    const most = Math.max(VALUE_LENGTH, Number(one.schema.maxLength ?? 0))
    if (text.length > most)
      return fault(`${name} has ${text.length} characters, at most ${most} are taken`)
    const value = typed(text, one.schema.type)
    if (value === undefined || !check(value)) {
      const error = value === undefined ? undefined : check.errors?.[0]
      return fault(`${name}=${shown(text)} ${wanted(one, error)}`, nearestValue(text, error))
    }
    values.push(one.schema.format === 'instant' ? readInstant(text) : value)
  }
  return { value: (list ? values : values[0]) as Parameters[string] }
}

/** The value that a text means by the type of its schema; undefined if it is none of that type. */
function typed(text: string, type: unknown): unknown {
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
  if (type === 'number') return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined
  if (type === 'boolean')
    return text === '1' || text === 'true'
      ? true
      : text === '0' || text === 'false'
        ? false
        : undefined
  return text
}

function wanted({ schema }: Parameter, error: ErrorObject | undefined): string {
  if (error === undefined) {
    return schema.type === 'boolean' ? 'is not true or false' : `is not ${article(schema.type)}`
  }
  if (error.keyword === 'format') return `is not ${FORMATS[String(schema.format)] ?? schema.format}`
  if (error.keyword === 'enum') return `is not one of ${choices(error).join(', ')}`
  if (error.keyword === 'pattern') return 'is not a name of that kind'
  return error.message ?? 'is not allowed'
}

const article = (type: unknown): string =>
  type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : `a ${String(type)}`

const choices = (error: ErrorObject): string[] =>
  (error.params as { allowedValues: unknown[] }).allowedValues.map(String)

function nearestValue(text: string, error: ErrorObject | undefined): string | undefined {
  const near = error?.keyword === 'enum' ? nearestName(text, choices(error)) : undefined
  return near === undefined ? undefined : `did you mean ${near}?`
}

function hintFor(name: string, names: readonly string[]): string {
  const near = nearestName(name, names)
  if (near !== undefined) return `did you mean ${near}?`
  return names.length === 0 ? 'it takes no parameters' : `there are: ${names.join(', ')}`
}

/** What a caller wrote, cut and quoted, so that it cannot be mistaken for our words. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
