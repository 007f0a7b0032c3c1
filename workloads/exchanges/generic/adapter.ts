// An exchange that a Feed describes: where to connect, what to send, what its frames say. No code knows it; what of the
// description cannot work is told when it is opened.

import { descriptionProblems } from '#crds/descriptions.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { parseDuration } from '#crds/quantities.ts'
import type { Adapter, AdapterContext, Exchange } from '../protocol/adapter.ts'
import { shownUrl } from '../protocol/failure.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { discoverNames } from './discovery.ts'
import { Message } from './messages.ts'
import { DescribedSession } from './session.ts'

const SILENT_MS = 60_000
const PING_MS = 20_000
const SYMBOLS_PER_MESSAGE = 50
const MESSAGES_PER_SECOND = 10
/** Some 130 kB at most, of the 1 MB that NATS takes. */
const SYMBOLS_IN_EVENT = 1_000

export const generic: Adapter = {
  name: 'generic',
  maxConnections: 200,
  open,
}

function open(context: AdapterContext): Exchange {
  const { feed, version, endpoint, restEndpoint, nowMs } = context
  const { spec } = feed
  const { messageTypes = [], symbols, ping } = spec
  const invalid = (what: string, hint: string) =>
    new SsmdError('SSMD_E_RESOURCE_INVALID', `feed ${feed.metadata.name}: ${what}`, { hint })
  const [problem] = descriptionProblems(spec)
  if (problem !== undefined) throw invalid(`${problem.field}: ${problem.message}`, problem.hint)
  const messageOf = (written: unknown, field: string): Message => {
    try {
      if (typeof written === 'string' || (typeof written === 'object' && written !== null))
        return new Message(written)
    } catch (cause) {
      throw invalid(
        `${field} begins as JSON and is none: ${(cause as Error).message}`,
        'correct the text, or write the message as an object of YAML'
      )
    }
    throw invalid(`${field}: expected a text or an object`, 'put it in quotes')
  }
  const subscribe = (spec.subscribe ?? []).map((one, i) => messageOf(one, `spec.subscribe[${i}]`))
  const unsubscribe = (spec.unsubscribe ?? []).map((one, i) =>
    messageOf(one, `spec.unsubscribe[${i}]`)
  )
  const pingMessage = ping === undefined ? null : messageOf(ping.message, 'spec.ping.message')
  if (pingMessage !== null && (pingMessage.symbols !== 'none' || pingMessage.hasChannel))
    throw invalid('spec.ping.message names a symbol or a channel', 'only {id} is filled in there')
  const namesSymbols = subscribe.some((message) => message.symbols !== 'none')
  const filter = symbolFilter(symbols?.include, symbols?.exclude)
  const question = symbols?.discover.path
  const asks = namesSymbols && filter.globs.length > 0
  if (asks && restEndpoint === null)
    throw invalid(
      `${filter.globs[0]} is a pattern, and version ${version.name} has no restEndpoint to ask`,
      'add restEndpoint to the version, or write the names out'
    )
  const { rateLimitPerSecond = MESSAGES_PER_SECOND } = version
  const silentMs = spec.silence === undefined ? SILENT_MS : parseDuration(spec.silence)
  const hasHeartbeat = messageTypes.some(({ kind }) => kind === 'heartbeat')
  return {
    adapter: 'generic',
    endpoint: shownUrl(endpoint),
    source: { kind: 'websocket', request: async () => ({ url: endpoint, headers: {} }) },
    description: {
      apiVersion: feed.apiVersion,
      kind: feed.kind,
      metadata: { name: feed.metadata.name },
      spec: inShort({ ...spec, versions: [version] }),
    },
    session: () =>
      new DescribedSession({
        types: messageTypes,
        channels: spec.channels,
        subscribe,
        unsubscribe,
        symbolsPerMessage: spec.symbolsPerMessage ?? SYMBOLS_PER_MESSAGE,
        spacingMs: Math.ceil(1000 / rateLimitPerSecond),
        ping:
          ping === undefined || pingMessage === null
            ? null
            : { message: pingMessage, everyMs: parseDuration(ping.interval) },
      }),
    silentMs,
    // An exchange with heartbeats of its own, or one that answers ours, shows that it is alive by frames.
    pingEveryMs: hasHeartbeat || ping !== undefined ? null : Math.min(PING_MS, silentMs / 3),
    discover: asks
      ? async (onPage, signal) => {
          const url = `${restEndpoint!.replace(/[/]+$/, '')}${question}`
          const { list = '', name = '' } = symbols?.discover ?? {}
          onPage({ now: await discoverNames({ url, list, name, nowMs }, signal), later: [] })
          return { known: true, failures: [] }
        }
      : null,
  }
}

/** Names of symbols stand in every line: thousands of them have no place in an event. */
function inShort(spec: Feed['spec']): object {
  const { symbols, ...rest } = spec
  if (symbols === undefined) return rest
  const { include, exclude = [] } = symbols
  return include.length + exclude.length > SYMBOLS_IN_EVENT ? rest : { ...rest, symbols }
}
