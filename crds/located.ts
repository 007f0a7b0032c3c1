// Resources with the places they were read from.

import type { Archive } from './archive.gen.ts'
import type { Environment } from './environment.gen.ts'
import type { ErrorCode } from './errors.ts'
import type { Feed } from './feed.gen.ts'
import type { Kind, Resource, ResourceOf } from './kinds.ts'
import { KINDS } from './kinds.ts'
import type { Problem } from './problems.ts'
import type { Signal } from './signal.gen.ts'

export type Located<T> = {
  readonly resource: T
  readonly file: string
  readonly line: number
  /** The place of a field such as `spec.versions[0].endpoint`, or of its nearest existing parent. */
  fieldAt(path: string): { readonly line: number; readonly column: number }
}

export type Resources = {
  readonly feeds: Located<Feed>[]
  readonly environments: Located<Environment>[]
  readonly archives: Located<Archive>[]
  readonly signals: Located<Signal>[]
  readonly problems: Problem[]
  /** Notes, which block nothing. */
  readonly notes: Problem[]
}

export const noResources = (): Resources => ({
  feeds: [],
  environments: [],
  archives: [],
  signals: [],
  problems: [],
  notes: [],
})

/** The list of each kind in `Resources`, and in every other set of resources. */
export const LIST_OF = {
  Feed: 'feeds',
  Environment: 'environments',
  Archive: 'archives',
  Signal: 'signals',
} as const satisfies Readonly<Record<Kind, keyof Resources>>

/** The resources of one kind. */
export const ofKind = <K extends Kind>(resources: Resources, kind: K): Located<ResourceOf[K]>[] =>
  resources[LIST_OF[kind]] as Located<ResourceOf[Kind]>[] as Located<ResourceOf[K]>[]

/** The resources of all kinds, in the order of the kinds. */
export const allOf = (resources: Resources): Located<Resource>[] =>
  KINDS.flatMap((kind): Located<Resource>[] => ofKind(resources, kind))

/** A problem of a field of this resource. */
export function problemAt(
  located: Located<Resource>,
  field: string,
  code: ErrorCode,
  message: string,
  hint: string
): Problem {
  const { kind, metadata } = located.resource
  const { line, column } = located.fieldAt(field)
  const { file } = located
  return { code, file, line, column, kind, name: metadata.name, field, message, hint }
}
