// What the validators find, in words: what was expected, what came, and what to do.

import type { ErrorObject } from 'ajv'
import { FIELDS } from './fields.gen.ts'
import type { Kind } from './kinds.ts'
import type { Path } from './paths.ts'
import { shapeOf, valueAt } from './paths.ts'
import { describeValue, listWords } from './problems.ts'
import { nearest } from './suggest.ts'

export type Finding = {
  readonly path: Path
  /** Whether the name of the field is what is wrong, rather than its value. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint: string
  /** The name that was probably meant by one that is not known. */
  readonly meant?: string
  /** The value would do if it stood in quotes. */
  readonly quote?: boolean
}

const WORDS_OF_TYPE: Readonly<Record<string, string>> = {
  object: 'a map of fields',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  'integer,string': 'a whole number or a text',
}

const NAME = 'a name of lower-case letters, digits and dashes'
const SIZE = 'a size such as 64Mi, 8Gi or 1Ti'

/** What each pattern of the CRDs means; a test holds this list and the CRDs together. */
export const WORDS_OF_PATTERN: Readonly<Record<string, string>> = {
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$': NAME,
  '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$': 'a name of lower-case letters, digits, dashes and dots',
  '^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$': `${NAME}, or "*" for every active feed`,
  '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$': 'a name such as v2',
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?:[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$':
    'a schema and its version, such as ticks:v1',
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}$': 'a day, as YYYY-MM-DD',
  '^(wss?|synthetic)://[!-~]+$': 'an address that begins with wss://, ws:// or synthetic://',
  '^https?://[!-~]+$': 'an address that begins with https:// or http://',
  '^wss?://[!-~]+$': 'an address that begins with ws:// or wss://',
  '^(nats|tls)://[!-~]+$': 'an address that begins with nats:// or tls://',
  '^[A-Za-z0-9_.:@-]+$': 'a name without blanks, as the exchange writes it',
  '^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$': 'an address such as name@example.com',
  '^[A-Za-z0-9_-]+$': 'a name of letters, digits, dashes and underscores',
  '^[^ \\t\\r\\n,]+$': 'a symbol or a glob, without blanks and commas',
  '^[1-9][0-9]{0,5}(ms|s|m|h|d)$': 'a duration such as 500ms, 30s, 2m, 1h or 3d',
  '^[1-9][0-9]{0,4}(ms|s)$': 'a duration from 10ms to 30s, such as 500ms or 1s',
  '^(0|[1-9][0-9]{0,2})ms$': 'a duration from 0ms to 999ms, such as 5ms',
  '^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$': SIZE,
  '^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$': 'a quantity such as 500m, 2 or 256Mi',
  '^(max|[1-9][0-9]{0,5}([.][0-9]{1,3})?|0[.][0-9]{0,2}[1-9])$': '"1", another number, or max',
  '^[a-z][a-z0-9-]*$': 'a name of lower-case letters, digits and dashes that begins with a letter',
  '^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$':
    'a path such as msg.market_ticker or data[].price',
  '^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.+][A-Za-z0-9_-]+|\\[[0-9]*\\])*$':
    'a path such as sid, or several joined by +',
  '^/[!-~]*$': 'a path that begins with /, such as /v1/symbols',
  '^[A-Za-z0-9_+/-]+$': 'an IANA time zone such as America/New_York',
  '^([01][0-9]|2[0-3]):[0-5][0-9]$': 'a time of day, as HH:MM',
  '^[A-Za-z][A-Za-z0-9_-]*$': 'a name of letters, digits, dashes and underscores',
  '^[A-Za-z_][A-Za-z0-9_]*$': 'the name of an environment variable, such as KALSHI_API_KEY',
}

/** Fields that have another name here than in the original's files. */
const RENAMED: Readonly<Record<string, string>> = { status: 'state', version: 'name' }

/** One error of a validator in words. `root` is the resource as it was written. */
export function explain(kind: Kind, root: unknown, path: Path, error: ErrorObject): Finding {
  const fields = FIELDS[kind] ?? {}
  const params: Readonly<Record<string, unknown>> = error.params
  const value = valueAt(root, path)
  const expected = (what: string, hint = '', found = show(path, value)): Finding => ({
    path,
    at: 'value',
    message: `expected ${what}, found ${found}`,
    hint,
  })
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params.additionalProperty)
      return unknownField(fields, [...path, name])
    }
    case 'required': {
      const name = String(params.missingProperty)
      const missing = [...path, name]
      return {
        path: missing,
        at: 'key',
        message: 'expected a value, found none: the field is required',
        hint: firstSentence(fields[shapeOf(missing, fields)] ?? ''),
      }
    }
    case 'type': {
      const type = String(params.type)
      const finding = expected(WORDS_OF_TYPE[type] ?? type, hintForType(type, value))
      return type === 'string' && typeof value !== 'object' ? { ...finding, quote: true } : finding
    }
    case 'enum': {
      const allowed = allowedOf(params)
      const near = nearest(String(value), allowed)
      const what = allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(', ')}`
      return expected(what, near ? `did you mean ${near}?` : '')
    }
    case 'pattern': {
      const pattern = String(params.pattern)
      return expected(WORDS_OF_PATTERN[pattern] ?? `a text like ${pattern}`)
    }
    case 'format':
      return expected('a day that exists, as YYYY-MM-DD')
    default:
      return expected(...bound(error.keyword, Number(params.limit), value))
  }
}

const firstSentence = (text: string): string =>
  (/^.*?[.](?= |$)/.exec(text)?.[0] ?? text).replace(/[.]$/, '')

const allowedOf = (params: Readonly<Record<string, unknown>>): readonly string[] => {
  const allowed = params.allowedValues
  return Array.isArray(allowed) ? allowed.map(String) : []
}

function bound(keyword: string, limit: number, value: unknown): [string, string, string?] {
  const many = (one: string, some: string) => (limit === 1 ? `${limit} ${one}` : `${limit} ${some}`)
  const size = typeof value === 'string' ? [...value].length : countOf(value)
  switch (keyword) {
    case 'minimum':
      return [`${limit} or more`, '']
    case 'maximum':
      return [`${limit} or less`, '']
    case 'minLength':
      return ['a text that is not empty', '']
    case 'maxLength':
      return [`at most ${many('character', 'characters')}`, 'shorten it', `${size}`]
    case 'minItems':
    case 'minProperties':
      return [`at least ${many('entry', 'entries')}`, 'add one, or remove the field']
    case 'maxItems':
    case 'maxProperties':
      return [`at most ${many('entry', 'entries')}`, '', `${size}`]
    default:
      return [`a value that satisfies ${keyword}`, '']
  }
}

const countOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0

/** Nothing below `spec.keys` is ever shown: a person may have written the key itself there. */
const show = (path: Path, value: unknown): string =>
  path[0] === 'spec' && path[1] === 'keys' && typeof value === 'string' && value.length > 20
    ? `a text of ${value.length} characters`
    : describeValue(value)

function hintForType(type: string, value: unknown): string {
  if (value === null) return 'write a value, or remove the line'
  const isScalar = typeof value !== 'object'
  if (type === 'string' && isScalar) return `put it in quotes: "${String(value)}"`
  if (type === 'array' && isScalar) return `write a list: [${describeScalar(value)}]`
  if ((type === 'integer' || type === 'number') && /^\d+$/.test(String(value))) {
    return `write it without quotes: ${String(value)}`
  }
  return ''
}

const describeScalar = (value: unknown): string =>
  /^[A-Za-z0-9_.-]+$/.test(String(value)) ? String(value) : describeValue(value)

function unknownField(fields: Readonly<Record<string, string>>, path: Path): Finding {
  const name = String(path.at(-1))
  const parent = shapeOf(path.slice(0, -1), fields)
  const siblings = childrenOf(fields, parent)
  const message = `there is no such field${parent === '' ? '' : ` in ${parent.replace('.*', '')}`}`
  const finding = { path, at: 'key', message } as const
  const near = nearest(name, siblings)
  if (near) return { ...finding, hint: `did you mean ${near}?`, meant: near }
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined
  if (renamed && siblings.includes(renamed)) {
    return { ...finding, hint: `it is called ${renamed} here`, meant: renamed }
  }
  const elsewhere = Object.keys(fields).find((shape) => shape.endsWith(`.${name}`))
  const hint = elsewhere
    ? `it belongs to ${elsewhere.slice(0, -name.length - 1)}`
    : `fields here: ${listWords(siblings, 'and')}`
  return { ...finding, hint }
}

/** Names of the fields directly below a shape path. */
function childrenOf(fields: Readonly<Record<string, string>>, parent: string): readonly string[] {
  const prefix = parent === '' ? '' : `${parent}.`
  return Object.keys(fields)
    .filter((shape) => shape.startsWith(prefix))
    .map((shape) => shape.slice(prefix.length))
    .filter((name) => /^[A-Za-z]+$/.test(name))
}
