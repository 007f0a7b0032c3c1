// An environment of the original as an Environment of ssmd and the Archive of what it captures. Pure.

import { posix } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { camel, sourceOf } from '../repository/key-source.ts'
import { exchangeNamed } from './feed.ts'
import {
  type Fields,
  fieldsOf,
  given,
  isFields,
  type Note,
  nameOf,
  noteGone,
  noteOthers,
  textOf,
} from './note.ts'

const FIELDS = 'name feed schema schedule keys transport storage'.split(' ')
const GONE = {
  cache: 'ssmd needs none: readers keep their columns beside the archive',
  secmaster: 'spec.symbols of the Feed says which markets are captured',
  cdc: 'spec.symbols of the Feed finds new markets on its own',
  lifecycle: 'name the channel in spec.channels of the Feed',
}
/** Variables that the original's connector read, whatever its environment said. */
const READ_BY_CODE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kalshi: { apiKey: 'KALSHI_API_KEY', privateKey: 'KALSHI_PRIVATE_KEY' },
}
const LOCAL = 'nats://127.0.0.1:4222'

export type ImportedEnvironment = {
  readonly environment: Fields
  readonly archive: Fields
}

export function environmentSpecs(original: Fields, notes: Note[]): ImportedEnvironment {
  const name = nameOf(textOf(original.name) ?? '', 'name', notes)
  const feedName = textOf(original.feed)
  if (feedName === undefined) {
    throw new SsmdError('SSMD_E_RESOURCE_INVALID', 'feed: it names none', { hint: 'name a feed' })
  }
  const feed = nameOf(feedName, 'feed', notes)
  noteOthers(original, [...FIELDS, ...Object.keys(GONE)], '', notes)
  noteGone(original, GONE, '', notes)
  if (original.schema !== undefined) {
    const note = `${String(original.schema)}: blocks have block:v1, and frames are kept as they arrive`
    notes.push({ field: 'schema', note })
  }
  return {
    environment: given({
      feeds: [feed],
      transport: { url: urlOf(fieldsOf(original.transport), notes) },
      schedule: scheduleOf(original.schedule, notes),
      keys: keysOf(fieldsOf(original.keys), feedName, notes),
    }),
    archive: {
      environmentRef: { name },
      feeds: [feed],
      storage: { path: pathOf(fieldsOf(original.storage), name, notes) },
    },
  }
}

function urlOf(transport: Fields, notes: Note[]): string {
  const { type, url } = transport
  noteGone(
    transport,
    {
      stream: 'ssmd makes one stream for each feed of an Environment',
      subject_prefix: 'subjects begin with the names of Environment and feed',
    },
    'transport.',
    notes
  )
  noteOthers(transport, ['type', 'url', 'stream', 'subject_prefix'], 'transport.', notes)
  if (type === 'nats' && typeof url === 'string') return url
  notes.push({
    field: 'transport.type',
    note: `${textOf(type) ?? 'none'}: frames travel over NATS, here ${LOCAL}; ssmd up starts it`,
  })
  return LOCAL
}

function scheduleOf(schedule: unknown, notes: Note[]): Fields | undefined {
  if (!isFields(schedule)) return undefined
  noteGone(schedule, { auto_roll: 'days of an archive are always UTC days' }, 'schedule.', notes)
  noteOthers(schedule, ['timezone', 'day_start', 'day_end', 'auto_roll'], 'schedule.', notes)
  const clock = (value: unknown) => /^\d\d:\d\d/.exec(textOf(value) ?? '')?.[0]
  return given({
    timezone: textOf(schedule.timezone),
    dayStart: clock(schedule.day_start),
    dayEnd: clock(schedule.day_end),
  })
}

function keysOf(keys: Fields, feed: string, notes: Note[]): Fields | undefined {
  const kept: Record<string, unknown> = {}
  const exchange = exchangeNamed(feed)
  const ofApi = Object.keys(keys).filter((name) => fieldsOf(keys[name]).type === 'api_key')
  for (const [id, value] of Object.entries(keys)) {
    const at = `keys.${id}`
    const key = fieldsOf(value)
    if (key.type !== 'api_key') {
      const note = `${textOf(key.type) ?? 'no type'}: an Environment has keys of exchanges alone; left out`
      notes.push({ field: `${at}.type`, note })
      continue
    }
    noteGone(
      key,
      { description: 'left out', rotation_days: 'ssmd rotates no keys: left out' },
      `${at}.`,
      notes
    )
    if (key.required === false) {
      notes.push({
        field: `${at}.required`,
        note: 'the exchange decides whether it asks for a key',
      })
    }
    const fields = (Array.isArray(key.fields) ? key.fields : []).map((one) => camel(String(one)))
    const name = id === feed || id === exchange || ofApi.length > 1 ? id : feed
    if (name !== id) notes.push({ field: at, note: `a key is named after its feed: ${name}` })
    kept[name] = {
      type: 'apiKey',
      fields,
      source: keySource(textOf(key.source) ?? '', fields, name, at, notes),
    }
  }
  if (kept[feed] === undefined && kept[exchange] === undefined) {
    const source = READ_BY_CODE[exchange]
    if (source !== undefined) {
      kept[exchange] = { type: 'apiKey', fields: Object.keys(source), source: { env: source } }
      const note = `added: the original's connector read ${Object.values(source).join(' and ')}`
      notes.push({ field: `keys.${exchange}`, note })
    }
  }
  return Object.keys(kept).length === 0 ? undefined : kept
}

function keySource(
  text: string,
  fields: readonly string[],
  name: string,
  at: string,
  notes: Note[]
): unknown {
  if (text.startsWith('vault:') || text === '') {
    const what = text === '' ? 'none' : 'ssmd does not read Vault itself'
    const note = `${what}: read from the Secret ${name}, which External Secrets can write`
    notes.push({ field: `${at}.source`, note })
    return { secret: { name } }
  }
  if (text.startsWith('sealed-secret:')) {
    notes.push({ field: `${at}.source`, note: 'the Secret that the sealed one becomes' })
  }
  return sourceOf(text, fields)
}

/** Relative folders are those of `ssmd up`, which begin with `data`. */
function pathOf(storage: Fields, name: string, notes: Note[]): string {
  noteOthers(storage, ['type', 'path', 'bucket', 'region'], 'storage.', notes)
  const given = textOf(storage.path)
  if (storage.type !== 'local' || given === undefined) {
    const note = `${textOf(storage.type) ?? 'none'}: the Archive ${name} keeps files in the folder data/${name}`
    notes.push({ field: 'storage.type', note })
    return `data/${name}`
  }
  const path = posix.normalize(given)
  if (path.startsWith('/')) {
    const note = `the Archive ${name} writes there; a folder with files of the original is refused`
    notes.push({ field: 'storage.path', note })
    return path
  }
  // One folder each: two Archives never share one.
  notes.push({ field: 'storage.path', note: `${given}: the Archive ${name}, in data/${name}` })
  return `data/${name}`
}
