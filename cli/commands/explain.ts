// `ssmd explain <kind>[.field…]`: what a field of a resource is for, from the CRDs themselves.

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import { KINDS, type Kind } from '#crds/kinds.ts'
import { nearest } from '#crds/suggest.ts'
import { terminalWidth, writeJson, writeLines } from '../output.ts'
import { wrap } from '../text.ts'

type Schema = {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-validations'?: readonly { readonly message?: string }[]
}

export type ExplainFlags = { readonly recursive?: boolean; readonly output: 'table' | 'json' }

/** Kinds as people type them. */
const NAMES: Readonly<Record<string, Kind>> = {
  env: 'Environment',
  ...Object.fromEntries(
    KINDS.flatMap((kind) => [
      [kind.toLowerCase(), kind],
      [`${kind.toLowerCase()}s`, kind],
    ])
  ),
}

export async function runExplain(path: string | undefined, flags: ExplainFlags): Promise<void> {
  if (path === undefined) {
    await writeLines([
      'The kinds of ssmd.io/v1alpha1:',
      ...KINDS.map((kind) => `  ssmd explain ${kind.toLowerCase()}`),
      'A field: ssmd explain feed.spec.versions.endpoint',
    ])
    return
  }
  const [first = '', ...rest] = path.split('.').map((part) => part.replace(/\[\d*\]$/, ''))
  const kind = NAMES[first.toLowerCase()]
  if (kind === undefined) {
    const near = nearest(first, Object.keys(NAMES))
    throw new SsmdError('SSMD_E_NOT_FOUND', `ssmd has no kind ${JSON.stringify(first)}`, {
      hint: near === undefined ? `there is: ${KINDS.join(', ')}` : `did you mean ${near}?`,
    })
  }
  const { schema, isRequired, names } = walk(await schemaOf(kind), kind, rest)
  if (flags.output === 'json') return writeJson({ kind, field: names.join('.'), schema })
  const width = terminalWidth() ?? 100
  await writeLines([
    [kind, ...names].join('.'),
    `  ${facts(schema, isRequired).join(', ')}`,
    ...paragraph(schema.description ?? '', width, '  '),
    ...rulesOf(schema).flatMap((rule) => paragraph(`Rule: ${rule}`, width, '  ')),
    ...fieldsOf(schema, width, flags.recursive === true, '  '),
  ])
}

async function schemaOf(kind: Kind): Promise<Schema> {
  const file = new URL(`../../crds/${kind.toLowerCase()}.yaml`, import.meta.url)
  const crd = parse(await readFile(file, 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] }
  }
  return crd.spec.versions[0]!.schema.openAPIV3Schema
}

/** Fields inside lists and maps are reached without naming the entry. */
const inner = (schema: Schema): Schema =>
  schema.items !== undefined
    ? inner(schema.items)
    : schema.additionalProperties !== undefined && schema.properties === undefined
      ? inner(schema.additionalProperties)
      : schema

function walk(root: Schema, kind: Kind, path: readonly string[]) {
  let schema = root
  let isRequired = false
  const names: string[] = []
  for (const name of path) {
    const { properties = {}, required = [] } = inner(schema)
    const found = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (found === undefined) {
      const known = Object.keys(properties)
      const near = nearest(name, known)
      const at = [kind, ...names].join('.')
      const list = known.length === 0 ? `${at} has no fields` : `it has: ${known.join(', ')}`
      throw new SsmdError('SSMD_E_NOT_FOUND', `${at} has no field ${JSON.stringify(name)}`, {
        hint: near === undefined ? list : `did you mean ${near}?`,
      })
    }
    schema = found
    isRequired = required.includes(name)
    names.push(name)
  }
  return { schema, isRequired, names }
}

function typeOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'number or text'
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.type === 'object') {
    const { additionalProperties } = schema
    return additionalProperties === undefined ? 'fields' : `map of ${typeOf(additionalProperties)}`
  }
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
  }
  return names[schema.type ?? ''] ?? 'any value'
}

function facts(schema: Schema, isRequired: boolean): string[] {
  const { enum: words, default: usual, minimum, maximum, pattern } = schema
  const isPlain = usual !== undefined && (typeof usual !== 'object' || usual === null)
  return [
    typeOf(schema),
    ...(isRequired ? ['required'] : []),
    ...(isPlain ? [`default ${JSON.stringify(usual)}`] : []),
    ...(words === undefined ? [] : [`one of ${words.join(' | ')}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(pattern === undefined ? [] : [`matches ${pattern}`]),
  ]
}

const rulesOf = (schema: Schema): string[] =>
  (schema['x-kubernetes-validations'] ?? []).flatMap(({ message }) => message ?? [])

function fieldsOf(schema: Schema, width: number, isDeep: boolean, pad: string): string[] {
  const { properties = {}, required = [] } = inner(schema)
  const lines: string[] = []
  for (const [name, field] of Object.entries(properties)) {
    lines.push(
      '',
      `${pad}${name}  (${facts(field, required.includes(name)).slice(0, 3).join(', ')})`
    )
    const text = field.description ?? ''
    lines.push(...paragraph(isDeep ? firstSentence(text) : text, width, `${pad}  `))
    if (isDeep) lines.push(...fieldsOf(field, width, true, `${pad}  `))
  }
  return lines
}

const firstSentence = (text: string): string => /^.*?[.:](?= |$)/.exec(text)?.[0] ?? text

const paragraph = (text: string, width: number, pad: string): string[] =>
  text === '' ? [] : wrap(text, Math.max(20, width - pad.length)).map((line) => pad + line)
