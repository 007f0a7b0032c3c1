// The text of needs.gen.ts: what an API server must know of our kinds, so that nothing that people declare and nothing that we
// report is dropped in silence.

import type { Crd } from './schema.ts'
import { walk } from './schema.ts'

export function renderNeeds(crds: readonly Crd[]): string {
  const lines = [
    '// Generated from crds/*.yaml by `npm run generate`. Do not edit.',
    '',
    '/** Every field of a kind by its shape path: its type, and the values that it may have where they are listed. */',
    'export const NEEDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {',
  ]
  for (const { kind, schema } of crds) {
    lines.push(`  ${kind}: {`)
    for (const { path, schema: field } of walk(schema)) {
      if (!/^(spec|status)\b/.test(path)) continue
      const values = [field.type ?? 'any', ...(field.enum ?? [])].map((value) => `'${value}'`)
      const key = /^[a-zA-Z]+$/.test(path) ? path : `'${path}'`
      const line = `    ${key}: [${values.join(', ')}],`
      lines.push(...(line.length <= 100 ? [line] : broken(key, values)))
    }
    lines.push('  },')
  }
  return [...lines, '}', ''].join('\n')
}

const broken = (key: string, values: readonly string[]): string[] => [
  `    ${key}: [`,
  ...values.map((value) => `      ${value},`),
  '    ],',
]
