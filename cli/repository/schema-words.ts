// The formats and states of schemas. Apart from the code that reads them, so that help does not load it.

export const FORMATS = ['capnp', 'protobuf', 'json_schema'] as const
export type Format = (typeof FORMATS)[number]
export const STATUSES = ['draft', 'active', 'deprecated'] as const
export type Status = (typeof STATUSES)[number]
