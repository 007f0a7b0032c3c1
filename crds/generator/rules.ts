// The text of rules.gen.ts: the CEL rules of the CRDs, each as a function. So that a rule is written once, and `ssmd validate` and an API
// server refuse the same things.

import { translateCel } from './cel.ts'
import type { Crd } from './schema.ts'
import { walk } from './schema.ts'

const HEADER = `// Generated from crds/*.yaml by \`npm run generate\`. Do not edit.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
/* oxlint-disable */

import * as cel from './cel.ts'
import type { Rule } from './rule.ts'
`

export function renderRules(crds: readonly Crd[]): string {
  const lines = [HEADER, 'export const RULES: readonly Rule[] = [']
  for (const { kind, schema } of crds) {
    for (const { path, schema: field } of [{ path: '', schema }, ...walk(schema)]) {
      for (const { rule, message, fieldPath } of field['x-kubernetes-validations'] ?? []) {
        const isChange = rule.includes('oldSelf')
        // The API server pairs such entries by their keys, and asks nothing of those of a set.
        if (isChange && path.includes('[]'))
          throw new Error(`${kind} ${path}: entries of lists have no rules of changes: ${rule}`)
        const values = {
          ...{ kind, at: path, cel: rule, message: message.trim() },
          ...(fieldPath === undefined ? {} : { field: fieldPath.replace(/^[.]/, '') }),
        }
        const name = isChange ? 'changes: (self, oldSelf)' : 'holds: (self)'
        lines.push(
          '  {',
          ...Object.entries(values).map(([key, value]) => `    ${key}: ${JSON.stringify(value)},`),
          `    ${name} => cel.holds(() => ${translateCel(rule)}),`,
          '  },'
        )
      }
    }
  }
  return [...lines, ']', ''].join('\n')
}
