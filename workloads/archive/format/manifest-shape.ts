// Validates the shape of a manifest. Its checksum proves that it is whole, not that a reader may trust it: a segment's name
// must be a file of the day's folder.

import { isFeedFile, parseSegmentFile } from './names.ts'

type Fields = Readonly<Record<string, (value: unknown) => boolean>>

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCounts = (value: unknown): boolean => isMap(value) && Object.values(value).every(isCount)
const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(isCount)
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value)
const optional = (is: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || is(value)
const list = (value: unknown): boolean => Array.isArray(value) && value.every(isMap)

const MANIFEST: Fields = {
  feed: isText,
  day: isText,
  environment: isText,
  archive: isText,
  exchange: optional(isText),
  simulated: isFlag,
  imported: (value) => value === undefined || value === true,
  condition: isText,
  updated: isText,
  records: isCount,
  bytes: isCount,
  rawBytes: isCount,
  from: orNull(isText),
  to: orNull(isText),
  segments: list,
  connections: list,
  sequences: list,
  skipped: isCounts,
  counts: optional(isMap),
  feeds: optional(list),
  gaps: list,
}

const ENTRIES: Readonly<Record<'segments' | 'connections' | 'feeds' | 'gaps', Fields>> = {
  segments: {
    name: (value) => typeof value === 'string' && parseSegmentFile(value) !== undefined,
    group: isText,
    format: (value) => value === 1 || value === 2,
    sealed: isFlag,
    bytes: isCount,
    rawBytes: isCount,
    sha256: isText,
    records: isCount,
    members: isCount,
    indexBytes: isCount,
    from: isText,
    to: isText,
    types: isCounts,
    late: isCount,
  },
  connections: {
    id: isText,
    first: isCount,
    last: isCount,
    records: isCount,
    skipped: isCount,
    simulated: isFlag,
    exchange: optional(isText),
    feed: optional(isText),
  },
  feeds: {
    name: (value) => typeof value === 'string' && isFeedFile(value),
    bytes: isCount,
    sha256: isText,
    from: isText,
  },
  gaps: {
    cause: isText,
    from: isText,
    to: orNull(isText),
    connection: orNull(isText),
    numbers: optional(isPair),
  },
}

/** The first field that is not as a manifest has it, such as `segments[3].bytes`. */
export function misshapenField(manifest: unknown): string | undefined {
  if (!isMap(manifest)) return 'the whole'
  const field = misfit(manifest, MANIFEST)
  if (field !== undefined) return field
  for (const [name, fields] of Object.entries(ENTRIES)) {
    const entries = (manifest[name] ?? []) as Readonly<Record<string, unknown>>[]
    for (const [i, entry] of entries.entries()) {
      // Version 1 knew one format, and its segments do not name it.
      const isFirst = name === 'segments' && manifest.version === 1
      if (isFirst && 'format' in entry) return `${name}[${i}].format`
      const inner = misfit(isFirst ? { ...entry, format: 1 } : entry, fields)
      if (inner !== undefined) return `${name}[${i}].${inner}`
    }
  }
  return undefined
}

function misfit(value: Readonly<Record<string, unknown>>, fields: Fields): string | undefined {
  for (const name in fields) if (!fields[name]!(value[name])) return name
  return undefined
}
