// Checks that the API server's kinds have every field that this operator reads and writes. An older CRD would silently drop
// declared fields and reported status. Any authenticated account may read the schemas; no right on CRDs is needed.

import type { Logger } from 'pino'
import { SsmdError } from '#crds/errors.ts'
import { NEEDS } from '#crds/needs.gen.ts'
import type { Client } from './kube/client.ts'
import { isForbidden, isNotFound } from './kube/errors.ts'
import type { PreconditionOptions } from './runtime/precondition.ts'

const GROUP = 'ssmd.io'
const VERSION = 'v1alpha1'

export type ServedSchema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, ServedSchema>>
  readonly additionalProperties?: ServedSchema | boolean
  readonly items?: ServedSchema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

/** By kind; kinds that are not served are absent. */
export type Served = Readonly<Record<string, ServedSchema>>

/** What the served kinds lack, such as `Feed spec.state has no value paused`. */
export function missingIn(
  served: Served,
  needs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = NEEDS
): readonly string[] {
  const missing: string[] = []
  for (const [kind, fields] of Object.entries(needs)) {
    const schema = served[kind]
    if (!schema) {
      missing.push(`kind ${kind}`)
      continue
    }
    const absent: string[] = []
    for (const [path, wanted] of Object.entries(fields)) {
      // An absent field implies its children.
      if (absent.some((above) => path.startsWith(above))) continue
      const why = lackOf(fieldAt(schema, path), wanted)
      if (why === undefined) continue
      absent.push(`${path}.`, `${path}[`)
      missing.push(`${kind} ${path}${why}`)
    }
  }
  return missing
}

/** `open`: the schema keeps any field. */
function fieldAt(schema: ServedSchema, path: string): ServedSchema | 'open' | undefined {
  let at: ServedSchema | undefined = schema
  for (const part of path.replaceAll('[]', '.[]').split('.')) {
    if (at['x-kubernetes-preserve-unknown-fields'] === true) return 'open'
    const below: ServedSchema | boolean | undefined =
      part === '[]' ? at.items : part === '*' ? at.additionalProperties : at.properties?.[part]
    if (below === true) return 'open'
    if (below === undefined || below === false) return undefined
    at = below
  }
  return at
}

function lackOf(
  found: ServedSchema | 'open' | undefined,
  [type, ...values]: readonly string[]
): string | undefined {
  if (found === 'open') return undefined
  if (found === undefined) return ''
  if (type !== 'any' && found.type !== undefined && found.type !== type)
    return ` is ${found.type}, not ${type}`
  const value = found.enum && values.find((wanted) => !found.enum?.includes(wanted))
  return value === undefined ? undefined : ` has no value ${value}`
}

/** Served fields that this operator does not know: the CRDs are of a later version. */
export function unknownIn(served: Served): readonly string[] {
  const unknown: string[] = []
  for (const [kind, fields] of Object.entries(NEEDS)) {
    const known = new Set(Object.keys(fields))
    for (const path of pathsOf(served[kind] ?? {}, ''))
      if (/^(spec|status)\b/.test(path) && !known.has(path)) unknown.push(`${kind} ${path}`)
  }
  return unknown
}

function* pathsOf(schema: ServedSchema, path: string): Generator<string> {
  const below: [string, ServedSchema][] = Object.entries(schema.properties ?? {}).map(
    ([name, child]) => [path === '' ? name : `${path}.${name}`, child]
  )
  if (schema.items) below.push([`${path}[]`, schema.items])
  if (typeof schema.additionalProperties === 'object')
    below.push([`${path}.*`, schema.additionalProperties])
  for (const [at, child] of below) {
    yield at
    yield* pathsOf(child, at)
  }
}

/** The error that stops the operator, or undefined; `when` describes when kinds were found missing. */
export function judgeServed(
  served: Served,
  when: 'yet' | 'any more' = 'yet'
): SsmdError | undefined {
  const missing = missingIn(served)
  if (missing.length === 0) return undefined
  const absent = Object.keys(NEEDS).filter((kind) => served[kind] === undefined)
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : ''
  return new SsmdError(
    'SSMD_E_DEFINITIONS',
    // At a first install some kinds are not served yet, and none is outdated.
    absent.length === missing.length
      ? `kinds of ${GROUP} are not served ${when}: ${absent.join(', ')}`
      : `the kinds of ${GROUP} are older than this operator: they lack ${missing.slice(0, 3).join(', ')}${more}`,
    {
      hint: 'apply crds/feed.yaml, crds/environment.yaml and crds/archive.yaml of this version; the operator then continues automatically',
    }
  )
}

/** Keeps the manager from leading while the CRDs are missing or older. Later CRDs only have more fields. */
export function definitionsFit(
  client: Pick<Client, 'transport'>,
  log: Logger
): PreconditionOptions {
  let told = false
  let wereThere = false
  return {
    check: async (signal) => {
      const served = await readServed(client, signal)
      if (served === 'forbidden') {
        if (!told)
          log.warn('no permission to read the schemas of the kinds: their version is not checked')
        told = true
        return undefined
      }
      const error = judgeServed(served, wereThere ? 'any more' : 'yet')
      wereThere ||= error === undefined
      const unknown = error ? [] : unknownIn(served)
      if (unknown.length > 0 && !told)
        log.info(
          { unknown: unknown.slice(0, 10) },
          'the kinds are of a later version than this operator'
        )
      told ||= unknown.length > 0
      return error
    },
  }
}

/** The kinds as the API server publishes them. */
export async function readServed(
  client: Pick<Client, 'transport'>,
  signal?: AbortSignal
): Promise<Served | 'forbidden'> {
  const call = { method: 'GET', path: `/openapi/v3/apis/${GROUP}/${VERSION}`, signal } as const
  try {
    const { body } = await client.transport.request(call)
    return kindsOf(body)
  } catch (thrown) {
    if (isNotFound(thrown)) return {}
    if (isForbidden(thrown)) return 'forbidden'
    throw thrown
  }
}

type Published = ServedSchema & {
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group?: string
    readonly version?: string
    readonly kind?: string
  }[]
}

function kindsOf(body: unknown): Served {
  const { components } = (body ?? {}) as {
    components?: { schemas?: Readonly<Record<string, Published>> }
  }
  const kinds: Record<string, ServedSchema> = {}
  for (const schema of Object.values(components?.schemas ?? {}))
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? [])
      if (group === GROUP && version === VERSION && kind !== undefined) kinds[kind] = schema
  return kinds
}
