// What changed between two sets of resources, in words: which came, went, were renamed, and which fields are others. Pure.

import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '#crds/kinds.ts'
import { describeValue } from '#crds/problems.ts'

export type FieldChange = {
  /** Such as `spec.versions[v2].endpoint`; entries of lists go by their names where they have one. */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

export type ResourceChange =
  | { readonly kind: string; readonly name: string; readonly change: 'added' | 'removed' }
  | {
      readonly kind: string
      readonly name: string
      readonly change: 'renamed'
      readonly from: string
      readonly fields: readonly FieldChange[]
    }
  | {
      readonly kind: string
      readonly name: string
      readonly change: 'changed'
      readonly fields: readonly FieldChange[]
    }

/** By kind and name. A resource that went while one with the same content came is renamed. */
export function compareResources(
  before: readonly Resource[],
  after: readonly Resource[]
): ResourceChange[] {
  const keyOf = ({ kind, metadata }: Resource): string => `${kind}/${metadata.name}`
  const old = new Map(before.map((one) => [keyOf(one), one]))
  const next = new Map(after.map((one) => [keyOf(one), one]))
  const gone = before.filter((one) => !next.has(keyOf(one)))
  const come = after.filter((one) => !old.has(keyOf(one)))
  const changes: ResourceChange[] = []
  for (const one of come) {
    const { kind, metadata } = one
    const index = gone.findIndex((other) => other.kind === kind && isAlike(other, one))
    const [from] = index < 0 ? [] : gone.splice(index, 1)
    changes.push(
      from === undefined
        ? { kind, name: metadata.name, change: 'added' }
        : {
            kind,
            name: metadata.name,
            change: 'renamed',
            from: from.metadata.name,
            fields: fieldChanges(from.spec, one.spec, 'spec'),
          }
    )
  }
  for (const { kind, metadata } of gone)
    changes.push({ kind, name: metadata.name, change: 'removed' })
  for (const one of after) {
    const was = old.get(keyOf(one))
    if (was === undefined) continue
    const fields = [
      ...fieldChanges(was.metadata, one.metadata, 'metadata'),
      ...fieldChanges(was.spec, one.spec, 'spec'),
    ]
    const { kind, metadata } = one
    if (fields.length > 0) changes.push({ kind, name: metadata.name, change: 'changed', fields })
  }
  return changes.sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1))
}

/** The same but for at most one field. */
const isAlike = (a: Resource, b: Resource): boolean =>
  fieldChanges(a.spec, b.spec, 'spec').length <= 1

type Fields = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function fieldChanges(before: unknown, after: unknown, field: string): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => fieldChanges(before[key], after[key], `${field}.${key}`))
  }
  const [old, next] = [namedEntries(before), namedEntries(after)]
  if (old !== undefined && next !== undefined) {
    const names = [...new Set([...old.keys(), ...next.keys()])]
    return names.flatMap((name) => fieldChanges(old.get(name), next.get(name), `${field}[${name}]`))
  }
  return [{ field, before, after }]
}

/** The entries of a list of fields by their names; undefined if they have none. */
function namedEntries(value: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(value) || !value.every(isMap)) return undefined
  const names = value.map((entry) => entry.name ?? entry.site)
  const isUnique = new Set(names).size === names.length
  if (!isUnique || names.some((name) => typeof name !== 'string')) return undefined
  return new Map(value.map((entry, i) => [names[i] as string, entry]))
}

/** One line for a field: `spec.state: active → disabled`, `spec.channels: + book - ticker`. */
export function describeChange({ field, before, after }: FieldChange): string {
  if (isTexts(before) && isTexts(after)) {
    const come = after.filter((one) => !before.includes(one)).map((one) => `+ ${one}`)
    const gone = before.filter((one) => !after.includes(one)).map((one) => `- ${one}`)
    const all = [...come, ...gone]
    return `${field}: ${all.length > 0 ? all.join(' ') : 'another order'}`
  }
  if (before === undefined) return `${field}: added ${plainText(after)}`
  if (after === undefined) return `${field}: removed, was ${plainText(before)}`
  return `${field}: ${plainText(before)} → ${plainText(after)}`
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

function plainText(value: unknown): string {
  if (isTexts(value)) return value.join(' ') || 'an empty list'
  if (isMap(value) || Array.isArray(value)) {
    const text = JSON.stringify(value)
    return text.length <= 60 ? text : `${text.slice(0, 59)}…`
  }
  return typeof value === 'string' && value !== '' ? value : describeValue(value)
}
