// TypeScript types from a CRD's schema, with its descriptions as JSDoc, laid out as the formatter would.
// A field that is required, or that has a default, is required in the type: loading applies defaults.

import type { Crd, Schema } from './schema.ts'

/** The text of `<kind>.gen.ts`. */
export function renderTypes(crd: Crd): string {
  const types: string[] = []
  const { spec, status } = crd.schema.properties ?? {}
  if (!spec || !status) throw new Error(`${crd.file}: our CRDs have spec and status`)
  types.push(
    [
      ...comment(crd.schema.description, ''),
      `export type ${crd.kind} = {`,
      "  readonly apiVersion: 'ssmd.io/v1alpha1'",
      `  readonly kind: '${crd.kind}'`,
      '  readonly metadata: Metadata',
      ...comment(spec.description, '  '),
      `  readonly spec: ${crd.kind}Spec`,
      ...comment(status.description, '  '),
      `  readonly status?: ${crd.kind}Status`,
      '}',
    ].join('\n')
  )
  declareObject(`${crd.kind}Spec`, crd.kind, spec, types)
  declareObject(`${crd.kind}Status`, `${crd.kind}Status`, status, types)
  return [
    `// Generated from crds/${crd.file} by \`npm run generate\`. Do not edit.`,
    '',
    "import type { Metadata } from './metadata.ts'",
    '',
    types.join('\n\n'),
    '',
  ].join('\n')
}

/** Appends the type `name`, and the types of the objects in it, whose names begin with `prefix`. */
function declareObject(name: string, prefix: string, schema: Schema, types: string[]): void {
  const lines = [`export type ${name} = {`]
  const place = types.push('') - 1
  for (const [field, child] of Object.entries(schema.properties ?? {})) {
    const isThere = (schema.required?.includes(field) ?? false) || child.default !== undefined
    lines.push(...comment(describe(child), '  '))
    const type = typeOf(prefix + capitalise(field), child, types)
    lines.push(...member(`  readonly ${field}${isThere ? '' : '?'}:`, type))
  }
  lines.push('}')
  types[place] = lines.join('\n')
}

function typeOf(name: string, schema: Schema, types: string[]): string {
  if (schema['x-kubernetes-int-or-string']) return 'number | string'
  if (schema['x-kubernetes-preserve-unknown-fields']) {
    // Kubernetes has no type for this: only that it is neither a list nor an object can be said.
    return schema.maxProperties === 0 ? 'string | number | boolean' : 'unknown'
  }
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ')
  switch (schema.type) {
    case 'array': {
      const item = typeOf(singular(name), schema.items ?? {}, types)
      return item.includes('|') ? `readonly (${item})[]` : `readonly ${item}[]`
    }
    case 'object': {
      if (schema.additionalProperties) {
        return `Readonly<Record<string, ${typeOf(singular(name), schema.additionalProperties, types)}>>`
      }
      declareObject(name, name, schema, types)
      return name
    }
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'string'
    default:
      throw new Error(`${name}: a schema without a type`)
  }
}

/** One member of an object type; a union too long for its line is broken as the formatter breaks it. */
function member(head: string, type: string): string[] {
  if (`${head} ${type}`.length <= 100) return [`${head} ${type}`]
  if (!type.includes(' | ')) return [head, `    ${type}`]
  return [head, ...type.split(' | ').map((part) => `    | ${part}`)]
}

function describe(schema: Schema): string | undefined {
  if (schema.default === undefined || typeof schema.default === 'object') return schema.description
  return `${schema.description ?? ''} Default: ${schema.default}.`.trim()
}

/** JSDoc, wrapped at 100 columns. */
function comment(text: string | undefined, indent: string): string[] {
  if (text === undefined) return []
  const safe = text.replaceAll('*/', '* /')
  if (`${indent}/** ${safe} */`.length <= 100) return [`${indent}/** ${safe} */`]
  const lines: string[] = []
  let line = `${indent} *`
  for (const word of safe.split(' ')) {
    if (`${line} ${word}`.length > 100) {
      lines.push(line)
      line = `${indent} *`
    }
    line += ` ${word}`
  }
  return [`${indent}/**`, ...lines, line, `${indent} */`]
}

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const singular = (word: string): string => word.replace(/s$/, '')
