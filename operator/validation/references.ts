// References to other resources: found, or a problem that suggests the most similar name.

import type { Archive } from '#crds/archive.gen.ts'
import type { Kind, Resource } from '#crds/kinds.ts'
import type { Located, Resources } from '#crds/located.ts'
import { ofKind, problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { isSignalFeed, signalOfFeed } from '#crds/signals.ts'
import { nearest } from '#crds/suggest.ts'

/** The problem of a name that no resource of the kind has; none if it exists, even with its own problems. */
export function checkReference(
  from: Located<Resource>,
  field: string,
  to: { readonly kind: Kind; readonly name: string },
  resources: Resources
): Problem[] {
  const names = namesOf(to.kind, resources)
  // A resource with schema problems is reported already; calling it missing would mislead.
  const isBroken = resources.problems.some((p) => p.kind === to.kind && p.name === to.name)
  if (isBroken || names.includes(to.name)) return []
  const near = nearest(to.name, names)
  const message = `expected the name of ${an(to.kind)}, found ${JSON.stringify(to.name)}: there is none of that name`
  const hint = near
    ? `did you mean ${near}?`
    : names.length === 0
      ? `declare ${an(to.kind)} of that name`
      : `there ${names.length === 1 ? 'is' : 'are'} ${listWords(names.slice(0, 10), 'and')}`
  return [problemAt(from, field, 'SSMD_E_REFERENCE', message, hint)]
}

/** The feeds that an Archive or a Signal names exist, and its Environment captures them. */
export function feedsAreCaptured(from: Located<Archive | Signal>, resources: Resources): Problem[] {
  const { environmentRef, feeds } = from.resource.spec
  const environment = resources.environments.find(
    ({ resource }) => resource.metadata.name === environmentRef.name
  )?.resource
  const there = new Set(resources.feeds.map(({ resource }) => resource.metadata.name))
  return feeds.flatMap((name, i) => {
    const field = `spec.feeds[${i}]`
    if (isSignalFeed(name)) return firesOf(from, field, name, resources)
    const unknown = there.has(name)
      ? []
      : checkReference(from, field, { kind: 'Feed', name }, resources)
    if (unknown.length > 0 || !environment) return unknown
    const captured = environment.spec.feeds
    if (captured.includes('*') || captured.includes(name)) return []
    const message = `expected a feed that environment ${environmentRef.name} captures, found ${JSON.stringify(name)}`
    const hint = `add it to spec.feeds of the environment, or remove it here`
    return [problemAt(from, field, 'SSMD_E_REFERENCE', message, hint)]
  })
}

/** What a Signal fires is a feed that an Archive may keep; another Signal cannot read it. */
function firesOf(
  from: Located<Archive | Signal>,
  field: string,
  feed: string,
  resources: Resources
): Problem[] {
  const { kind, spec } = from.resource
  const name = signalOfFeed(feed)
  if (kind === 'Signal') {
    const message = `expected the name of a Feed, found ${JSON.stringify(feed)}, what the Signal ${name} fires`
    return [problemAt(from, field, 'SSMD_E_RESOURCE_INVALID', message, 'name Feeds alone')]
  }
  const signal = resources.signals.find(({ resource }) => resource.metadata.name === name)?.resource
  if (!signal) return checkReference(from, field, { kind: 'Signal', name }, resources)
  const within = signal.spec.environmentRef.name
  if (within === spec.environmentRef.name) return []
  const message = `expected a Signal of environment ${spec.environmentRef.name}, found ${JSON.stringify(feed)}, which is of ${within}`
  const hint = 'keep it in an Archive of that environment, or remove it here'
  return [problemAt(from, field, 'SSMD_E_REFERENCE', message, hint)]
}

function namesOf(kind: Kind, resources: Resources): string[] {
  const all: readonly Located<Resource>[] = ofKind(resources, kind)
  return all.map(({ resource }) => resource.metadata.name)
}

const an = (kind: Kind): string => (/^[AE]/.test(kind) ? `an ${kind}` : `a ${kind}`)
