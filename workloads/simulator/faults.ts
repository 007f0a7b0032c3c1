// The faults that a person orders: what, when, how often. Read from YAML or JSON, or from an Environment, with
// errors that name the place, what was expected and what came.
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import { parseDuration } from '#crds/quantities.ts'
import type { Venue } from '#exchanges/simulation/venue.ts'
import { FRAME_FAULTS } from './frame-faults.ts'

/** What every exchange can have; a venue may add to it. */
const COMMON = ['cut', ...Object.keys(FRAME_FAULTS), 'freeze', 'unauthorized', 'tooManyRequests']

/** What a list of faults may name: the exchanges that are served. */
export type Served = readonly Pick<Venue, 'name' | 'channels' | 'faults'>[]

export type Fault = {
  readonly kind: string
  /** Only this exchange; null: every one that has the kind and the channel. */
  readonly exchange: string | null
  /** When it strikes first, in milliseconds; see `schedule.ts` for from when. */
  readonly afterMs: number
  /** How often it strikes; null: once. */
  readonly everyMs: number | null
  /** How long it lasts, where it lasts; null: until `count` is used up. */
  readonly forMs: number | null
  /** How many times it strikes in all; null: no end. */
  readonly count: number | null
  /** Only this channel; null: all. */
  readonly channel: string | null
}

const FIELDS = ['kind', 'every', 'after', 'for', 'count', 'channel', 'exchange']
/** Those that last: without `for` they take this long. */
const LASTING: ReadonlySet<string> = new Set(['freeze', 'unauthorized', 'tooManyRequests'])
const REQUESTS: ReadonlySet<string> = new Set(['unauthorized', 'tooManyRequests'])
const DEFAULT_FOR_MS = 5_000

/** What is wrong with an entry: the field (empty for the entry itself) and a sentence. */
type Complaint = { readonly field: string; readonly message: string }

/** Whether a fault can befall this exchange. */
export function befalls(fault: Fault, venue: Served[number]): boolean {
  const { exchange, kind, channel } = fault
  if (exchange !== null && exchange !== venue.name) return false
  if (!COMMON.includes(kind) && !Object.hasOwn(venue.faults, kind)) return false
  return channel === null || venue.channels.some(({ name }) => name === channel)
}

/** One entry as a fault, or what is wrong with it. */
export function readFault(value: unknown, served: Served): Fault | Complaint {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { field: '', message: `expected an object with kind, found ${JSON.stringify(value)}` }
  const entry = value as Record<string, unknown>
  for (const field of Object.keys(entry))
    if (!FIELDS.includes(field))
      return { field, message: `unknown field; known are ${FIELDS.join(', ')}` }
  const { exchange } = entry
  const names = served.map(({ name }) => name)
  if (exchange !== undefined && !names.includes(exchange as string))
    return { field: 'exchange', message: expected(names, exchange) }
  const meant = served.filter(({ name }) => exchange === undefined || name === exchange)
  const kinds = [...new Set([...COMMON, ...meant.flatMap(({ faults }) => Object.keys(faults))])]
  const kind = kinds.find((name) => name === entry.kind)
  if (!kind) return { field: 'kind', message: expected(kinds, entry.kind) }
  const times: Record<string, number | null> = { every: null, after: null, for: null }
  for (const field of ['every', 'after', 'for']) {
    if (entry[field] === undefined) continue
    try {
      times[field] = parseDuration(String(entry[field]))
    } catch {
      return {
        field,
        message: `expected a duration such as 500ms, 30s or 2m, found ${JSON.stringify(entry[field])}`,
      }
    }
  }
  if (times.every === 0) return { field: 'every', message: 'expected more than 0' }
  if (times.for !== null && !LASTING.has(kind))
    return { field: 'for', message: `${kind} takes no time; only ${[...LASTING].join(', ')} do` }
  const { count, channel } = entry
  if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) >= 1))
    return {
      field: 'count',
      message: `expected a whole number from 1, found ${JSON.stringify(count)}`,
    }
  const channels = [...new Set(meant.flatMap((venue) => venue.channels.map(({ name }) => name)))]
  if (channel !== undefined && !channels.includes(channel as string))
    return { field: 'channel', message: expected(channels, channel) }
  if (channel !== undefined && REQUESTS.has(kind))
    return { field: 'channel', message: `${kind} answers requests, which have no channel` }
  const counted = count === undefined ? null : (count as number)
  const fault: Fault = {
    kind,
    exchange: (exchange as string | undefined) ?? null,
    everyMs: times.every ?? null,
    afterMs: times.after ?? times.every ?? 0,
    forMs:
      times.for ?? (LASTING.has(kind) && !(REQUESTS.has(kind) && counted) ? DEFAULT_FOR_MS : null),
    count: counted ?? (times.every === null && !REQUESTS.has(kind) ? 1 : null),
    channel: (channel as string | undefined) ?? null,
  }
  if (meant.some((venue) => befalls(fault, venue))) return fault
  return { field: 'channel', message: `no exchange has both ${kind} and this channel` }
}

const expected = (words: readonly string[], found: unknown): string =>
  `expected one of ${words.join(', ')}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`

/** The faults of a file: a list, or an object with the list under `faults`. */
export function parseFaults(text: string, file: string, served: Served): Fault[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fail = (offset: number, path: string, message: string): never => {
    const { line, col } = lines.linePos(offset)
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `${file}:${Math.max(1, line)}:${Math.max(1, col)}: ${path}: ${message}`,
      { hint: 'a fault is for instance {kind: cut, every: 30s}' }
    )
  }
  const [error] = document.errors
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new SsmdError('SSMD_E_RESOURCE_SYNTAX', `${file}:${line}:${col}: ${error.message}`)
  }
  const root = document.contents
  const list = isMap(root) ? root.get('faults', true) : root
  if (!isSeq(list)) return fail(0, 'faults', 'expected a list of faults')
  return list.items.map((item, index) => {
    const node = item as { range?: [number, number, number] | null; toJSON?: () => unknown }
    const plain = list.get(index, false) as unknown
    const value = isMap(plain) ? plain.toJSON() : plain
    const fault = readFault(value, served)
    if ('kind' in fault) return fault
    const field = isMap(item) && fault.field ? item.get(fault.field, true) : undefined
    const offset = (field as { range?: [number] } | undefined)?.range?.[0] ?? node.range?.[0] ?? 0
    return fail(offset, `faults[${index}]${fault.field && `.${fault.field}`}`, fault.message)
  })
}

/**
 * The faults of an Environment; its schema has been checked, this checks what a schema cannot. Those for an exchange that
 * is simulated elsewhere are left out.
 */
export function faultsOf(entries: readonly unknown[], where: string, served: Served): Fault[] {
  return entries.flatMap((entry, index) => {
    if (isElsewhere(entry as Readonly<Record<string, unknown>>, served)) return []
    const fault = readFault(entry, served)
    if ('kind' in fault) return [fault]
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `${where}[${index}]${fault.field && `.${fault.field}`}: ${fault.message}`
    )
  })
}

/** Whether another exchange is meant: by name, or by a channel that only others have. */
function isElsewhere(entry: Readonly<Record<string, unknown>>, served: Served): boolean {
  const { exchange, channel } = entry
  if (typeof exchange === 'string' && Object.hasOwn(EXCHANGES, exchange))
    return served.every(({ name }) => name !== exchange)
  if (typeof channel !== 'string') return false
  const isServed = served.some(({ channels }) => channels.some(({ name }) => name === channel))
  const isKnown = Object.values(EXCHANGES).some(({ channels }) => channel in (channels ?? {}))
  return isKnown && !isServed
}
