// What the protocol of a day's exchange can prove about completeness, as its connectors told.

import type { Manifest } from '../format/manifest.ts'

/** By channel, what the protocol can prove, as the connector told; empty if it told nothing. */
export function proofOf({
  counts,
  imported,
  segments,
}: Pick<Manifest, 'counts' | 'imported' | 'segments'>): Readonly<Record<string, string>> {
  // Whatever the protocol numbers: what another program kept of it proves nothing.
  if (imported) {
    const frames = segments.filter(({ group }) => group !== 'connection')
    const types = frames.flatMap(({ types: counted }) => Object.keys(counted))
    return Object.fromEntries(types.sort().map((type) => [type, 'nothing']))
  }
  const { proof } = counts ?? {}
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof)) return {}
  const words = Object.entries(proof).filter(([, word]) => typeof word === 'string')
  return Object.fromEntries(words) as Record<string, string>
}
