// The Secrets of a signal's sinks: which fields of each. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'

export type SinkSecret = { readonly name: string; readonly fields: readonly string[] }

/** By name, each field once. */
export function secretsOf({ spec }: Signal): readonly SinkSecret[] {
  const fields = new Map<string, Set<string>>()
  for (const { secretRef } of spec.sinks ?? []) {
    if (secretRef === undefined) continue
    const known = fields.get(secretRef.name) ?? new Set()
    fields.set(secretRef.name, known.add(secretRef.key))
  }
  return [...fields.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, keys]) => ({ name, fields: [...keys].sort() }))
}

/** All Secrets that the runner reads. */
export function needsOf(signal: Signal, environment: Environment): readonly SinkSecret[] {
  const credentials = environment.spec.transport.credentialsRef?.name
  const nats = credentials === undefined ? [] : [{ name: credentials, fields: ['nats.creds'] }]
  return [...nats, ...secretsOf(signal)]
}
