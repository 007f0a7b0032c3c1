// A feed of the original as a Feed of ssmd. What the original's connector had in its code (channels, symbols, how to subscribe) comes
// from the template of the exchange, and a note says so. Pure.

import { SsmdError } from '#crds/errors.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import {
  type Fields,
  fieldsOf,
  given,
  isFields,
  listOf,
  type Note,
  nameOf,
  noteGone,
  noteOthers,
  textOf,
} from './note.ts'

/** Feeds of the original under other names than their exchange. */
const NAMED: Readonly<Record<string, string>> = { 'kraken-spot': 'kraken' }

/** What the original's connector subscribed to in its code: for all symbols. */
const SUBSCRIBED: Readonly<Record<string, readonly string[]>> = { kalshi: ['ticker', 'trade'] }
/** Addresses that its feeds named and its connector never dialled. */
const UNREAD: readonly unknown[] = ['wss://api.kalshi.com/trade-api/ws/v2']

/** The exchange of a feed; `generic` is one that the Feed itself describes. */
export function exchangeNamed(name: string): string {
  const exchange = NAMED[name] ?? name
  return Object.hasOwn(EXCHANGES, exchange) ? exchange : 'generic'
}

const FIELDS =
  'name display_name type status capture_locations versions calendar message_types defaults'.split(
    ' '
  )
const VERSION_FIELDS =
  'version effective_from effective_to protocol endpoint auth_method rate_limit_per_second max_symbols_per_connection'.split(
    ' '
  )
const VERSION_GONE = {
  supports_orderbook: 'spec.channels says what is captured',
  supports_trades: 'spec.channels says what is captured',
  supports_historical: 'ssmd captures what is live; history is what its archive holds',
  parser_config: 'frames are kept as they arrive; spec.messageTypes says where values stand',
}

/** The spec of the Feed. `template` is that of its exchange, whose spec fills what the original had in its code. */
export function feedSpec(original: Fields, template: Fields, notes: Note[]): Fields {
  const name = String(original.name)
  const exchange = exchangeNamed(name)
  const type = textOf(original.type) ?? 'websocket'
  if (type !== 'websocket') throw notCaptured(`type ${type}`)
  noteOthers(original, FIELDS, '', notes)
  noteGone(
    original,
    { defaults: 'Environments say how connectors run, Archives when files end' },
    '',
    notes
  )
  const known = listOf(template.versions)[0] ?? {}
  const versions = versionsOf(original, exchange, known, notes)
  const status = textOf(original.status)
  const own = exchange === 'generic' ? messageTypesOf(original.message_types) : []
  if (original.message_types !== undefined && exchange !== 'generic') {
    notes.push({ field: 'message_types', note: `ssmd knows the frames of ${exchange}` })
  }
  const { subscribe, messageTypes } = template
  const subscribed = SUBSCRIBED[exchange]
  const channels = subscribed ?? template.channels
  const symbols = subscribed === undefined ? template.symbols : undefined
  notes.push(
    subscribed === undefined
      ? {
          field: 'channels',
          note: `stood in the original's code; here those of ssmd feed create: ${JSON.stringify(channels)}, ${JSON.stringify(fieldsOf(symbols).include)}`,
        }
      : {
          field: 'channels',
          note: `${JSON.stringify(channels)} of all symbols, as the original's connector subscribed`,
        }
  )
  if (exchange === 'generic') {
    notes.push({
      field: 'subscribe',
      note: `ssmd has no code for ${name}: replace the example of subscribe and messageTypes, see docs/generic-exchange.md`,
    })
  }
  return given({
    displayName: textOf(original.display_name),
    exchange,
    state: status === 'active' ? undefined : status,
    versions,
    channels,
    bookDepth: template.bookDepth,
    symbols,
    subscribe,
    messageTypes: own.length > 0 ? own : messageTypes,
    calendar: calendarOf(original.calendar),
    captureLocations: locationsOf(original.capture_locations),
  })
}

const notCaptured = (what: string): SsmdError =>
  new SsmdError('SSMD_E_RESOURCE_INVALID', `${what}: ssmd captures JSON over WebSockets alone`, {
    hint: 'nothing replaces it',
  })

function versionsOf(
  original: Fields,
  exchange: string,
  known: Fields,
  notes: Note[]
): readonly Fields[] {
  const kept: Fields[] = []
  let reason = 'no version'
  for (const [i, version] of listOf(original.versions).entries()) {
    const at = `versions[${i}].`
    const { transport = 'wss', message = 'json', version: number } = fieldsOf(version.protocol)
    if (transport !== 'wss' || message !== 'json') {
      reason = `protocol ${String(transport)} with ${String(message)}`
      notes.push({ field: `${at}protocol`, note: `${reason}: the version is left out` })
      continue
    }
    if (number !== undefined) {
      notes.push({ field: `${at}protocol.version`, note: 'the endpoint says it: left out' })
    }
    noteGone(version, VERSION_GONE, at, notes)
    noteOthers(version, [...VERSION_FIELDS, ...Object.keys(VERSION_GONE)], at, notes)
    kept.push(versionOf(version, exchange, known, at, notes))
  }
  if (kept.length === 0) throw notCaptured(reason)
  return kept
}

function versionOf(
  version: Fields,
  exchange: string,
  known: Fields,
  at: string,
  notes: Note[]
): Fields {
  const isUnread = UNREAD.includes(version.endpoint)
  const endpoint = isUnread ? known.endpoint : version.endpoint
  const asked = textOf(version.auth_method) ?? 'none'
  const authMethod = EXCHANGES[exchange]?.auth ?? 'none'
  if (asked !== (authMethod === 'apiKey' ? 'api_key' : 'none')) {
    notes.push({ field: `${at}auth_method`, note: `${asked}: ${exchange} has ${authMethod} here` })
  }
  const restEndpoint = exchange === 'generic' ? undefined : known.restEndpoint
  if (restEndpoint !== undefined) {
    notes.push({
      field: `${at}restEndpoint`,
      note: `added, to find symbols: ${String(restEndpoint)}`,
    })
  }
  if (isUnread) {
    const note = `the original did not read ${String(version.endpoint)}: now ${String(endpoint)}`
    notes.push({ field: `${at}endpoint`, note })
  } else if (exchange !== 'generic' && endpoint !== known.endpoint) {
    notes.push({
      field: `${at}endpoint`,
      note: `kept; ssmd's own Feed of ${exchange} has ${String(known.endpoint)}`,
    })
  }
  return given({
    name: textOf(version.version),
    effectiveFrom: textOf(version.effective_from),
    effectiveTo: textOf(version.effective_to) || undefined,
    endpoint,
    restEndpoint,
    authMethod,
    rateLimitPerSecond: version.rate_limit_per_second || undefined,
    maxSymbolsPerConnection: version.max_symbols_per_connection || undefined,
  })
}

const clock = (value: unknown): string | undefined => /^\d\d:\d\d/.exec(textOf(value) ?? '')?.[0]

function calendarOf(calendar: unknown): Fields | undefined {
  if (!isFields(calendar)) return undefined
  return given({
    timezone: textOf(calendar.timezone),
    holidayCalendar: textOf(calendar.holiday_calendar),
    openTime: clock(calendar.open_time),
    closeTime: clock(calendar.close_time),
  })
}

function locationsOf(locations: unknown): readonly Fields[] | undefined {
  const list = listOf(locations)
  if (list.length === 0) return undefined
  return list.map(({ site, type, provider, region, clock: synchronised }) =>
    given({
      site,
      type: type === 'on_prem' ? 'onPrem' : type,
      provider,
      region,
      clock: synchronised,
    })
  )
}

const UNITS: Readonly<Record<string, string>> = { unix_seconds: 's', epoch_millis: 'ms' }

/** The later `message_types` of a feed: where identifier, time and sequence stand. */
function messageTypesOf(types: unknown): readonly Fields[] {
  return Object.entries(fieldsOf(types)).map(([name, value]) => {
    const type = fieldsOf(value)
    const isTimed = type.timestamp_format !== 'pipeline'
    const isPerProduct = type.sequence_scope === 'per_product'
    const isSequenced = type.sequenced === true && type.sequence_field !== undefined
    return given({
      name,
      symbol: type.identifier_field,
      time: isTimed ? type.timestamp_field : undefined,
      timeUnit: isTimed ? UNITS[String(type.timestamp_format)] : undefined,
      sequence: isSequenced ? type.sequence_field : undefined,
      scope: isSequenced
        ? (type.sequence_group_by ?? (isPerProduct ? type.identifier_field : undefined))
        : undefined,
    })
  })
}

export const feedName = (original: Fields, notes: Note[]): string =>
  nameOf(textOf(original.name) ?? '', 'name', notes)
