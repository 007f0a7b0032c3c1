// What a schema cannot say: the CEL rules of the CRDs, each with the same judgement in TypeScript, so that
// `ssmd validate` and an API server refuse the same things. A test holds this table and the CRDs together.

import type { ArchiveStorage, ArchiveStorageClaim } from './archive.gen.ts'
import type {
  EnvironmentConnectorRollout,
  EnvironmentKey,
  EnvironmentKeySource,
} from './environment.gen.ts'
import type { FeedSpec, FeedVersion } from './feed.gen.ts'
import type { Kind } from './kinds.ts'
import { parseDuration } from './quantities.ts'

export type Rule = {
  readonly kind: Kind
  /** Shape path of what `self` is. */
  readonly at: string
  readonly cel: string
  readonly message: string
  /** The field of `self` to point at, where it is not `self`. */
  readonly field?: string
  /** A rule with `changes` judges a change of an existing resource, any other rule a single resource. */
  readonly holds?: (self: never) => boolean
  readonly changes?: (self: never, old: never) => boolean
}

/** Rules are asked only of resources that satisfy their schema, so the types hold. */
export const RULES: readonly Rule[] = [
  {
    kind: 'Feed',
    at: 'spec',
    cel: "self.versions.all(v, v.endpoint.startsWith('synthetic://') == (self.exchange == 'synthetic'))",
    field: 'versions',
    message:
      'endpoint and exchange do not fit: a feed of exchange synthetic has an endpoint such as synthetic://generator?rate=1000&symbols=10&seed=7, every other exchange one that begins with wss:// or ws://',
    holds: (self: FeedSpec) =>
      self.versions.every(
        (v) => v.endpoint.startsWith('synthetic://') === (self.exchange === 'synthetic')
      ),
  },
  {
    kind: 'Feed',
    at: 'spec',
    cel: "self.exchange != 'generic' || (has(self.messageTypes) && self.messageTypes.size() > 0)",
    field: 'messageTypes',
    message: 'a feed of exchange generic describes its frames: declare messageTypes',
    holds: (self: FeedSpec) => self.exchange !== 'generic' || (self.messageTypes ?? []).length > 0,
  },
  {
    kind: 'Feed',
    at: 'spec',
    cel: "self.exchange == 'generic' || !(has(self.symbolsPerMessage) || has(self.ping) || has(self.silence))",
    field: 'exchange',
    message:
      'only exchange generic is described by the Feed: remove symbolsPerMessage, ping and silence',
    holds: ({ exchange, symbolsPerMessage, ping, silence }: FeedSpec) =>
      exchange === 'generic' ||
      [symbolsPerMessage, ping, silence].every((one) => one === undefined),
  },
  {
    kind: 'Feed',
    at: 'spec',
    cel: "self.exchange == 'generic' || !has(self.schema)",
    field: 'schema',
    message:
      'frames of an exchange that ssmd knows are checked by its own code: only a feed of exchange generic has a schema',
    holds: ({ exchange, schema }: FeedSpec) => exchange === 'generic' || schema === undefined,
  },
  {
    kind: 'Feed',
    at: 'spec.exchange',
    cel: 'self == oldSelf',
    message:
      'exchange cannot change: make a new Feed with a name of its own, and set state: disabled here',
    changes: (self: string, old: string) => self === old,
  },
  {
    kind: 'Feed',
    at: 'spec.versions',
    cel: 'self.all(v, self.exists_one(w, w.effectiveFrom == v.effectiveFrom))',
    message: 'two versions begin on the same day: give each an effectiveFrom of its own',
    holds: (self: readonly FeedVersion[]) =>
      new Set(self.map((v) => v.effectiveFrom)).size === self.length,
  },
  {
    kind: 'Feed',
    at: 'spec.versions[]',
    cel: '!has(self.effectiveTo) || self.effectiveTo >= self.effectiveFrom',
    field: 'effectiveTo',
    message: 'effectiveTo is before effectiveFrom: the version would never be in force',
    holds: (self: FeedVersion) =>
      self.effectiveTo === undefined || self.effectiveTo >= self.effectiveFrom,
  },
  {
    kind: 'Feed',
    at: 'spec.messageTypes[].group',
    cel: "self != 'connection'",
    message: 'the group connection is kept for what happens to a connection: choose another name',
    holds: (self: string) => self !== 'connection',
  },
  {
    kind: 'Environment',
    at: 'spec.feeds',
    cel: "!('*' in self) || self.size() == 1",
    message: '"*" already means every active feed: remove the other names, or the star',
    holds: (self: readonly string[]) => !self.includes('*') || self.length === 1,
  },
  {
    kind: 'Environment',
    at: 'spec.keys',
    cel: "self.all(k, k.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'))",
    message:
      'a key is named as a feed or an exchange: lower-case letters, digits and dashes, at most 63',
    holds: (self: Readonly<Record<string, EnvironmentKey>>) =>
      Object.keys(self).every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)),
  },
  {
    kind: 'Environment',
    at: 'spec.keys.*',
    cel: '!has(self.source.env) || self.fields.all(f, f in self.source.env)',
    field: 'source',
    message: 'source.env lacks a field: name a variable for each of fields',
    holds: ({ source, fields }: EnvironmentKey) =>
      source.env === undefined || fields.every((field) => Object.hasOwn(source.env ?? {}, field)),
  },
  {
    kind: 'Environment',
    at: 'spec.keys.*',
    cel: '!has(self.source.env) || self.source.env.all(f, f in self.fields)',
    field: 'source',
    message:
      'source.env names a variable for something that is not in fields: add it there or remove it here',
    holds: ({ source, fields }: EnvironmentKey) =>
      Object.keys(source.env ?? {}).every((field) => fields.includes(field)),
  },
  {
    kind: 'Environment',
    at: 'spec.keys.*.source',
    cel: 'has(self.env) != has(self.secret)',
    message: 'give exactly one of env (variables, for local use) and secret (a Kubernetes Secret)',
    holds: (self: EnvironmentKeySource) => (self.env === undefined) !== (self.secret === undefined),
  },
  {
    kind: 'Environment',
    at: 'spec.connector.rollout',
    cel: "(self.policy == 'Window') == has(self.window)",
    field: 'window',
    message: 'window and policy do not fit: give window with the policy Window, and only then',
    holds: (self: EnvironmentConnectorRollout) =>
      (self.policy === 'Window') === (self.window !== undefined),
  },
  {
    kind: 'Archive',
    at: 'spec.environmentRef',
    cel: 'self.name == oldSelf.name',
    field: 'name',
    message:
      'environmentRef cannot change: make a new Archive with storage of its own for the other Environment',
    changes: (self: { readonly name: string }, old: { readonly name: string }) =>
      self.name === old.name,
  },
  {
    kind: 'Archive',
    at: 'spec.storage',
    cel: 'has(self.path) != has(self.claim)',
    message: 'give exactly one of path (a folder) and claim (a volume of the cluster)',
    holds: (self: ArchiveStorage) => (self.path === undefined) !== (self.claim === undefined),
  },
  {
    kind: 'Archive',
    at: 'spec.storage.path',
    cel: '!self.matches("(^|/)[.][.](/|$)")',
    message: 'path climbs with "..": write the folder itself',
    holds: (self: string) => !/(^|\/)[.][.](\/|$)/.test(self),
  },
  {
    kind: 'Archive',
    at: 'spec.storage.claim',
    cel: 'has(self.size) != has(self.name)',
    message: 'give exactly one of size (to make a claim) and name (to use one)',
    holds: (self: ArchiveStorageClaim) => (self.size === undefined) !== (self.name === undefined),
  },
  {
    kind: 'Archive',
    at: 'spec.storage.claim',
    cel: '!has(self.storageClassName) || has(self.size)',
    field: 'storageClassName',
    message: 'storageClassName is for a claim to make: give size, or remove storageClassName',
    holds: (self: ArchiveStorageClaim) =>
      self.storageClassName === undefined || self.size !== undefined,
  },
  {
    kind: 'Archive',
    at: 'spec.commitInterval',
    cel: "duration(self) >= duration('10ms') && duration(self) <= duration('30s')",
    message: 'commitInterval must be between 10ms and 30s',
    holds: (self: string) => parseDuration(self) >= 10 && parseDuration(self) <= 30_000,
  },
]
