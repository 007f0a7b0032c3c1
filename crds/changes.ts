// What an API server refuses of a change, though each side is valid alone: fields that cannot change. Pure.

import type { Resource } from './kinds.ts'
import { type Located, problemAt, type Resources } from './located.ts'
import { formatPath } from './paths.ts'
import type { Problem } from './problems.ts'
import { byPlace } from './problems.ts'
import { judgeChange } from './validate.ts'

/** Problems of resources that are in both, at their places in `after`. */
export function changeProblems(before: Resources, after: Resources): Problem[] {
  const old = new Map(allOf(before).map(({ resource }) => [keyOf(resource), resource]))
  return allOf(after)
    .flatMap((located) => {
      const { resource } = located
      const was = old.get(keyOf(resource))
      if (was === undefined) return []
      return judgeChange(resource.kind, was, resource).map(({ path, message, hint }) =>
        problemAt(located, formatPath(path), 'SSMD_E_RESOURCE_INVALID', message, hint)
      )
    })
    .sort(byPlace)
}

const allOf = ({ feeds, environments, archives }: Resources): readonly Located<Resource>[] => [
  ...feeds,
  ...environments,
  ...archives,
]

const keyOf = ({ kind, metadata }: Resource): string =>
  [kind, metadata.namespace ?? '', metadata.name].join('/')
