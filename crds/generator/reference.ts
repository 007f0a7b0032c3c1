// The text of docs/reference/resources.md: every field of every kind, what may stand in it, and what is refused.

import { WORDS_OF_PATTERN } from '../expectations.ts'
import type { Crd, Schema, Visited } from './schema.ts'
import { walk } from './schema.ts'

/** `examples` holds a YAML document for each kind, by kind. */
export function renderReference(
  crds: readonly Crd[],
  examples: Readonly<Record<string, string>>
): string {
  const blocks = [
    '<!-- Generated from crds/*.yaml by `npm run generate`. Do not edit. -->\n<!-- biome-ignore-all format: generated -->',
    '# Resources',
    'What you declare: resources of four kinds of group `ssmd.io`, version `v1alpha1`. `ssmd validate` checks them on your computer, and an API server checks them in a cluster, by the same rules.',
    'Durations are written `500ms`, `30s`, `2m`, `1h`, `3d`; sizes `64Mi`, `8Gi`, or as a number of bytes in quotes. **Bold** fields are required.',
    'One file may contain several resources, separated by lines of `---`; one without `apiVersion` uses that of the resource before.',
  ]
  for (const crd of crds) blocks.push(...renderKind(crd, examples[crd.kind] ?? ''))
  return `${blocks.join('\n\n')}\n`
}

function renderKind(crd: Crd, example: string): string[] {
  const { spec, status } = crd.schema.properties ?? {}
  const names = [crd.plural, ...crd.shortNames].map((name) => `\`kubectl get ${name}\``)
  const blocks = [
    `## ${crd.kind}`,
    crd.schema.description ?? '',
    `In a cluster: ${names.join(' or ')}.`,
    ['```yaml', example.trim(), '```'].join('\n'),
    fieldTable([...walk(spec ?? {}, 'spec')]),
  ]
  const rules = [...rulesOf(crd.schema)]
  if (rules.length > 0) blocks.push('Rules between fields:', rules.join('\n'))
  blocks.push('What the operator reports:', fieldTable([...walk(status ?? {}, 'status')]))
  return blocks
}

function fieldTable(fields: readonly Visited[]): string {
  const rows = fields
    .filter(({ path, schema }) => !isPlainEntry(path, schema))
    .map((field) => {
      const name = field.isRequired ? `**\`${field.path}\`**` : `\`${field.path}\``
      const cells = [
        name,
        valuesOf(field.schema),
        defaultOf(field.schema),
        field.schema.description ?? '',
      ]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    })
  return ['| field | value | default | what it is |', '| --- | --- | --- | --- |', ...rows].join(
    '\n'
  )
}

/** Entries that are plain values are told with their list. */
const isPlainEntry = (path: string, schema: Schema): boolean =>
  (path.endsWith('[]') || path.endsWith('.*')) && schema.properties === undefined

function defaultOf(schema: Schema): string {
  if (schema.default === undefined) return ''
  if (typeof schema.default === 'object' && !Array.isArray(schema.default)) return ''
  return `\`${JSON.stringify(schema.default).replaceAll('"', '')}\``
}

function valuesOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema['x-kubernetes-int-or-string']) return words(schema, 'a whole number or a text')
  if (schema['x-kubernetes-preserve-unknown-fields']) {
    return schema.maxProperties === 0 ? 'a text, a number, true or false' : 'a text or an object'
  }
  switch (schema.type) {
    case 'array':
      return `list, ${range(schema.minItems, schema.maxItems)} entries${each(schema.items)}`
    case 'object':
      return schema.additionalProperties
        ? `map, ${range(schema.minProperties, schema.maxProperties)} entries${each(schema.additionalProperties)}`
        : 'fields'
    case 'integer':
      return `whole number, ${range(schema.minimum, schema.maximum)}`
    case 'number':
      return `number, ${range(schema.minimum, schema.maximum)}`
    case 'boolean':
      return '`true`, `false`'
    default:
      return words(schema, schema.format === 'date-time' ? 'a time' : 'a text')
  }
}

/** What each entry is, unless its fields have rows of their own. */
const each = (entry: Schema | undefined): string =>
  entry === undefined || entry.properties ? '' : `; each ${valuesOf(entry)}`

function words(schema: Schema, otherwise: string): string {
  const text = WORDS_OF_PATTERN[schema.pattern ?? ''] ?? otherwise
  const isLong = schema.maxLength !== undefined && schema.maxLength > 20
  return isLong ? `${text} (at most ${schema.maxLength} characters)` : text
}

function range(least: number | undefined, most: number | undefined): string {
  if (most === undefined) return least === undefined ? 'any' : `${least} or more`
  return least === undefined || least === most ? `up to ${most}` : `${least} to ${most}`
}

function* rulesOf(schema: Schema): Generator<string> {
  for (const { path, schema: field } of [{ path: 'metadata', schema }, ...walk(schema)]) {
    for (const { message } of field['x-kubernetes-validations'] ?? []) {
      yield `* \`${path}\`: ${message}.`
    }
  }
}
