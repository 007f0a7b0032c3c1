// The metadata of a resource: what people write, and what an API server adds when a file was exported from one.

export type Metadata = {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
}

const text = { type: 'string', maxLength: 253 } as const
const texts = {
  type: 'object',
  maxProperties: 256,
  additionalProperties: { type: 'string', maxLength: 262_144 },
} as const

/** What a file may say in `metadata`; the pattern and length of `name` come from the kind's CRD. */
export const METADATA_FIELDS = {
  name: text,
  namespace: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
  labels: texts,
  annotations: texts,
  uid: text,
  resourceVersion: text,
  generation: { type: 'integer' },
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: { type: 'integer' },
  finalizers: { type: 'array', maxItems: 64, items: text },
  selfLink: text,
  generateName: text,
  ownerReferences: { type: 'array', maxItems: 64, items: { type: 'object' } },
  managedFields: { type: 'array', maxItems: 1024, items: { type: 'object' } },
} as const
