// A rule of a CRD beyond its schema, as rules.gen.ts has it.

import type { Kind } from './kinds.ts'

export type Rule = {
  readonly kind: Kind
  /** Shape path of what `self` is; empty for the resource. */
  readonly at: string
  readonly cel: string
  readonly message: string
  /** The field of `self` to point at, where it is not `self`. */
  readonly field?: string
  /** A rule with `changes` judges a change of an existing resource, any other rule a single resource. */
  readonly holds?: (self: unknown) => boolean
  readonly changes?: (self: unknown, oldSelf: unknown) => boolean
}
