// What the protocol of a day's exchange can prove about completeness, as its connectors told.

import type { Manifest } from '../format/manifest.ts'

/** By channel, what the protocol can prove, as the connector told; empty if it told nothing. */
export function proofOf({ counts }: Pick<Manifest, 'counts'>): Readonly<Record<string, string>> {
  const { proof } = counts ?? {}
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof)) return {}
  const words = Object.entries(proof).filter(([, word]) => typeof word === 'string')
  return Object.fromEntries(words) as Record<string, string>
}
