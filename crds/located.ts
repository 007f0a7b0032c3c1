// Resources with the places they were read from.

import type { Archive } from './archive.gen.ts'
import type { Environment } from './environment.gen.ts'
import type { ErrorCode } from './errors.ts'
import type { Feed } from './feed.gen.ts'
import type { Resource } from './kinds.ts'
import type { Problem } from './problems.ts'

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
  readonly problems: Problem[]
  /** Notes, which block nothing. */
  readonly notes: Problem[]
}

export const noResources = (): Resources => ({
  feeds: [],
  environments: [],
  archives: [],
  problems: [],
  notes: [],
})

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
