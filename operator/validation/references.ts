// References to other resources: found, or a problem that suggests the most similar name.

import type { Kind, Resource } from '#crds/kinds.ts'
import type { Located, Resources } from '#crds/located.ts'
import { ofKind, problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
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

function namesOf(kind: Kind, resources: Resources): string[] {
  const all: readonly Located<Resource>[] = ofKind(resources, kind)
  return all.map(({ resource }) => resource.metadata.name)
}

const an = (kind: Kind): string => (/^[AE]/.test(kind) ? `an ${kind}` : `a ${kind}`)
