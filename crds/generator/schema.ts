// The structural schema of a CRD, as far as our CRDs use it, and the walk over it that every generator shares.
// A field is named by its shape path: `spec.versions[].endpoint`, `spec.keys.*.fields[]`.

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { Kind } from '../kinds.ts'

export type CelRule = {
  readonly rule: string
  readonly message: string
  readonly fieldPath?: string
}

export type Schema = {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly 'x-kubernetes-int-or-string'?: boolean
  /** Any value of JSON. */
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-list-type'?: 'set' | 'map' | 'atomic'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-validations'?: readonly CelRule[]
}

export type Crd = {
  readonly kind: Kind
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly file: string
  readonly schema: Schema
}

type CrdFile = {
  readonly spec: {
    readonly names: { kind: Kind; plural: string; shortNames: string[] }
    readonly versions: readonly [{ schema: { openAPIV3Schema: Schema } }]
  }
}

/** The four CRDs, in the order in which people meet them. */
export const CRD_FILES = ['feed.yaml', 'environment.yaml', 'archive.yaml', 'signal.yaml'] as const

export async function readCrd(folder: string, file: string): Promise<Crd> {
  const { spec } = parse(await readFile(`${folder}/${file}`, 'utf8')) as CrdFile
  return {
    kind: spec.names.kind,
    plural: spec.names.plural,
    shortNames: spec.names.shortNames,
    file,
    schema: spec.versions[0].schema.openAPIV3Schema,
  }
}

export type Visited = {
  readonly path: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** Every field below `schema`, parents before children, with its shape path. */
export function* walk(schema: Schema, path = ''): Generator<Visited> {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`
    yield { path: at, schema: child, isRequired: schema.required?.includes(name) ?? false }
    yield* walk(child, at)
  }
  if (schema.items) {
    yield { path: `${path}[]`, schema: schema.items, isRequired: false }
    yield* walk(schema.items, `${path}[]`)
  }
  if (schema.additionalProperties) {
    yield { path: `${path}.*`, schema: schema.additionalProperties, isRequired: false }
    yield* walk(schema.additionalProperties, `${path}.*`)
  }
}
