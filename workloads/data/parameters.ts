// From texts, as a URL or a command line gives them, to the parameters of a query, checked by their schemas. What does not fit is
// refused by its name, with the nearest one that is known.

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { type SsmdError, usageError } from '#crds/errors.ts'
import { nearest } from '#crds/suggest.ts'
import type { Parameter, Parameters, Query, Schema } from './query.ts'

type Value = string | number | boolean

/** The most values of a list, and the most characters of one. */
const MOST_VALUES = 1000
const MOST_CHARACTERS = 1000

/**
 * `given`: names and values in their order; a list may be given by one name several times, and with commas. Throws SSMD_E_USAGE.
 * `others`: names that are the caller's own, such as limit, for the hint at a name that is not known.
 */
export function readParameters(
  { name: query, parameters }: Pick<Query, 'name' | 'parameters'>,
  given: Iterable<readonly [name: string, value: string]>,
  others: readonly string[] = []
): Parameters {
  const known = new Map(parameters.map((one) => [one.name, one]))
  const lists = new Map<string, string[]>()
  const values: Record<string, Value | readonly string[]> = {}
  for (const [name, text] of given) {
    const parameter = known.get(name)
    if (parameter === undefined) throw unknownName(query, name, [...known.keys(), ...others])
    if (text.length > MOST_CHARACTERS) {
      throw usageError(`${name} has ${text.length} characters`, `at most ${MOST_CHARACTERS}`)
    }
    if (parameter.list === true) {
      const list = lists.get(name) ?? []
      list.push(...text.split(',').filter((part) => part !== ''))
      lists.set(name, list)
    } else if (Object.hasOwn(values, name)) {
      throw usageError(`${name} is given twice`, 'give it once')
    } else values[name] = checkedValue(parameter, text)
  }
  for (const [name, list] of lists) {
    if (list.length > MOST_VALUES) {
      throw usageError(`${name} has ${list.length} values`, `at most ${MOST_VALUES}`)
    }
    if (list.length > 0) {
      const all = list.map((text) => checkedValue(known.get(name)!, text))
      values[name] = [...new Set(all.map(String))]
    }
  }
  for (const { name, schema, required } of parameters) {
    if (Object.hasOwn(values, name)) continue
    if (required === true) {
      throw usageError(
        `${query} needs ${name}`,
        `${String(schema.description ?? '')}${exampleOf(schema)}`
      )
    }
    if (schema.default !== undefined) values[name] = schema.default as Value
  }
  return values
}

function checkedValue({ name, schema }: Parameter, text: string): Value {
  const value = typed(schema, text)
  const check = checkOf(schema)
  if (check(value)) return value
  throw unfit(name, schema, text, check.errors?.[0])
}

function typed({ type }: Schema, text: string): Value {
  if (type === 'integer' || type === 'number') {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  }
  if (type !== 'boolean') return text
  // `?counts` and `?counts=1` say yes.
  if (text === '' || text === '1' || text === 'true') return true
  return text === '0' || text === 'false' ? false : text
}

const checks = new WeakMap<Schema, ValidateFunction>()
const ajv = new Ajv({ strict: false, validateFormats: false })

/** Compiled once for each schema: queries are constants. */
function checkOf(schema: Schema): ValidateFunction {
  let check = checks.get(schema)
  if (check === undefined) {
    check = ajv.compile(schema)
    checks.set(schema, check)
  }
  return check
}

function unfit(
  name: string,
  schema: Schema,
  text: string,
  error: ErrorObject | undefined
): SsmdError {
  const shown = JSON.stringify(text.slice(0, 100))
  if (Array.isArray(schema.enum)) {
    const near = nearest(text, schema.enum.map(String))
    const all = schema.enum.join(', ')
    return usageError(
      `${name} cannot be ${shown}`,
      near === undefined ? `one of: ${all}` : `did you mean ${near}? One of: ${all}`
    )
  }
  const why = error?.keyword === 'pattern' ? '' : `: ${error?.message ?? 'it does not fit'}`
  return usageError(
    `${name} cannot be ${shown}${why}`,
    `${String(schema.description ?? '')}${exampleOf(schema)}`
  )
}

function unknownName(query: string, name: string, known: readonly string[]): SsmdError {
  const near = nearest(name, known)
  return usageError(
    `${query} has no parameter ${JSON.stringify(name.slice(0, 100))}`,
    near === undefined ? `it has: ${known.join(', ') || 'none'}` : `did you mean ${near}?`
  )
}

function exampleOf({ examples }: Schema): string {
  return Array.isArray(examples) && examples.length > 0
    ? `; such as ${examples.slice(0, 2).join(' or ')}`
    : ''
}
