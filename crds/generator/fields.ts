// The text of fields.gen.ts: what each field is for, and which lists may hold nothing twice.

import { METADATA_FIELDS } from '../metadata.ts'
import type { Crd, Schema } from './schema.ts'
import { walk } from './schema.ts'

export function renderFields(crds: readonly Crd[]): string {
  const lines = [
    '// Generated from crds/*.yaml by `npm run generate`. Do not edit.',
    '',
    '/** Every field by its shape path (`spec.versions[].endpoint`), and what it is for. */',
    'export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {',
  ]
  for (const { kind, schema } of crds) {
    lines.push(`  ${kind}: {`)
    for (const [path, description] of describedFields(schema)) {
      lines.push(...property(path, quote(description)))
    }
    lines.push('  },')
  }
  lines.push(
    '}',
    '',
    '/** Lists that hold nothing twice, and the fields that tell their entries apart (none: the entry). */',
    'export const UNIQUE_LISTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {'
  )
  for (const { kind, schema } of crds) {
    lines.push(`  ${kind}: {`)
    for (const { path, schema: list } of walk(schema)) {
      const type = list['x-kubernetes-list-type']
      if (!path.startsWith('spec') || (type !== 'set' && type !== 'map')) continue
      const keys = list['x-kubernetes-list-map-keys'] ?? []
      lines.push(...property(path, `[${keys.map(quote).join(', ')}]`))
    }
    lines.push('  },')
  }
  return [...lines, '}', ''].join('\n')
}

function* describedFields(schema: Schema): Generator<readonly [string, string]> {
  for (const field of ['apiVersion', 'kind', 'metadata', 'spec', 'status']) {
    yield [field, schema.properties?.[field]?.description ?? '']
    if (field === 'metadata') {
      for (const name of Object.keys(METADATA_FIELDS)) yield [`metadata.${name}`, '']
    }
  }
  for (const { path, schema: child } of walk(schema)) {
    if (path.startsWith('spec.')) yield [path, child.description ?? '']
  }
}

/** A property of an object literal, laid out as the formatter does. */
function property(path: string, value: string): string[] {
  const key = /^[a-zA-Z]+$/.test(path) ? path : quote(path)
  const line = `    ${key}: ${value},`
  return line.length <= 100 ? [line] : [`    ${key}:`, `      ${value},`]
}

/** A string literal as the formatter writes it: single quotes, unless that needs more escapes. */
function quote(text: string): string {
  const doubles = JSON.stringify(text)
  if (text.includes("'") && !text.includes('"')) return doubles
  return `'${doubles.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
