// Validators from the CRDs' schemas, compiled by ajv when we generate: compiling them at the start of every process
// costs about 100 ms, and so would stripping types from what ajv writes; as plain JavaScript it loads in under 10 ms.
// They refuse what an API server would prune, and they fill in defaults.

import { _, Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { INTEGER_RANGES, isDate } from '../formats.ts'
import { API_VERSION } from '../kinds.ts'
import { METADATA_FIELDS } from '../metadata.ts'
import type { Crd, Schema } from './schema.ts'

type JsonSchema = Readonly<Record<string, unknown>>

const HEADER = `// Generated from crds/*.yaml by \`npm run generate\`. Do not edit. Written by ajv; see validators.gen.d.mts for types.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// biome-ignore-all assist: generated
/* oxlint-disable */

import ucs2length from 'ajv/dist/runtime/ucs2length.js'
`

/** The text of `validators.gen.mjs`: one function `validate<Kind>` for each CRD. */
export function renderValidators(crds: readonly Crd[]): string {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    useDefaults: true,
    messages: false,
    formats: { date: isDate },
    code: { source: true, esm: true, lines: true, formats: _`formats` },
  })
  const names: Record<string, string> = {}
  for (const crd of crds) {
    ajv.addSchema(fileSchema(crd), crd.kind)
    names[`validate${crd.kind}`] = crd.kind
  }
  const code = standalone
    .default(ajv, names)
    .replace('"use strict";', '')
    .replaceAll('require("ajv/dist/runtime/ucs2length").default', 'ucs2length.default')
  if (code.includes('require(')) throw new Error('the validators need more of ajv than is imported')
  // Type stripping leaves blanks where types stood.
  const date = isDate.toString().replaceAll(/(\S) {2,}/g, '$1 ')
  return `${HEADER}\nconst formats = { date: ${date} }\n\n${code.trim()}\n`
}

/** The text of `validators.gen.d.mts`. */
export function renderValidatorTypes(crds: readonly Crd[]): string {
  return [
    '// Generated from crds/*.yaml by `npm run generate`. Do not edit.',
    '',
    "import type { ErrorObject } from 'ajv'",
    '',
    'type Validate = {',
    '  (value: unknown): boolean',
    '  errors?: ErrorObject[] | null',
    '}',
    '',
    ...crds.map(({ kind }) => `export const validate${kind}: Validate`),
    '',
  ].join('\n')
}

/** The schema of a file: the CRD's schema, closed, with the metadata that Kubernetes itself checks. */
export function fileSchema(crd: Crd): JsonSchema {
  const { metadata, spec } = crd.schema.properties ?? {}
  return {
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string', enum: [API_VERSION] },
      kind: { type: 'string', enum: [crd.kind] },
      metadata: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: { ...METADATA_FIELDS, ...metadata?.properties },
      },
      spec: closed(spec ?? {}),
      // Not ours to judge: a file has no status, unless it was exported from a cluster.
      status: { type: 'object' },
    },
  }
}

/** The JSON Schema of a structural schema: unknown fields refused, extensions and words left out. */
function closed(schema: Schema): JsonSchema {
  const out: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (!keyword.startsWith('x-kubernetes-') && keyword !== 'description') out[keyword] = value
  }
  if (schema['x-kubernetes-int-or-string']) out.type = ['integer', 'string']
  const range = INTEGER_RANGES[schema.format ?? '']
  if (range) {
    delete out.format
    out.minimum = Math.max(range[0], schema.minimum ?? range[0])
    out.maximum = Math.min(range[1], schema.maximum ?? range[1])
  }
  if (schema.properties) {
    out.properties = mapValues(schema.properties, closed)
    out.additionalProperties = false
  }
  if (schema.additionalProperties) out.additionalProperties = closed(schema.additionalProperties)
  if (schema.items) out.items = closed(schema.items)
  return out
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
