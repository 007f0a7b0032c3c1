// The four kinds of resource that ssmd knows, and the parts that they share.

import type { Archive } from './archive.gen.ts'
import type { Environment } from './environment.gen.ts'
import type { Feed } from './feed.gen.ts'
import type { Signal } from './signal.gen.ts'

export const API_GROUP = 'ssmd.io'
export const API_VERSION = 'ssmd.io/v1alpha1'

export const KINDS = ['Feed', 'Environment', 'Archive', 'Signal'] as const
export type Kind = (typeof KINDS)[number]

export type ResourceOf = {
  readonly Feed: Feed
  readonly Environment: Environment
  readonly Archive: Archive
  readonly Signal: Signal
}

export type Resource = ResourceOf[Kind]
