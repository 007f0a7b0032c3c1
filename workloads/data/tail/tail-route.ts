// `/v1/tail`: what is captured, as it comes: records as they were received, or market events.

import { SsmdError } from '#crds/errors.ts'
import { EVENT_NAMES } from '#market/event.ts'
import { RequestError } from '../http/problem.ts'
import { requestSignal } from '../http/request-signal.ts'
import { textsOf } from '../http/request-texts.ts'
import type { ApiContext, ApiDeps, Route } from '../http/route.ts'
import type { LiveEnvironment } from '../live/environments.ts'
import type { Links } from '../live/links.ts'
import { NOT_LIVE } from '../live/now.ts'
import { nearestName } from '../model/nearest.ts'
import { parameterReader, shown } from '../model/parameters.ts'
import type { Grant, Parameter, Parameters } from '../model/query.ts'
import { readEventPosition, readRecordPositions } from './position.ts'
import { type SendOptions, type StreamLimits, sendTail } from './send.ts'
import { eventText, type Tail } from './sse.ts'
import { tailEvents } from './tail-events.ts'
import { tailRecords } from './tail-records.ts'

/** Those that a reader may choose; gaps always come. */
const EVENTS = EVENT_NAMES.filter((name) => name !== 'none' && name !== 'gap')

const PARAMETERS: readonly Parameter[] = [
  {
    name: 'feed',
    list: true,
    schema: { type: 'string', description: 'Feeds to follow; all of the Environment by default.' },
  },
  {
    name: 'environment',
    schema: { type: 'string', description: 'Needed only if several Environments have the feed.' },
  },
  {
    name: 'as',
    schema: {
      enum: ['records', 'events'],
      type: 'string',
      default: 'records',
      description:
        'records: each frame as it was received, in the order of its stream. events: market events in one total order of all feeds, about 150 ms later.',
    },
  },
  {
    name: 'symbol',
    list: true,
    schema: { type: 'string', description: "The exchange's names of instruments." },
  },
  {
    name: 'type',
    list: true,
    schema: { type: 'string', description: "The exchange's message types." },
  },
  {
    name: 'event',
    list: true,
    schema: { enum: EVENTS, type: 'string', description: 'Market events; implies as=events.' },
  },
]

/** Feeds of one tail: each is a reading of its own on NATS. */
const MOST_FEEDS = 20

export function tailRoute(deps: ApiDeps, limits: StreamLimits): Route {
  const read = parameterReader(PARAMETERS)
  return {
    method: 'GET',
    path: '/v1/tail',
    need: 'tail',
    class: 'stream',
    document: {
      id: 'tail',
      summary: 'What is captured, as it comes',
      description:
        'Server-sent events. Each has an id: a reader who connects again with `Last-Event-ID` continues exactly behind it, as long as NATS holds what came since; if not, an event `gap` with the reason `not-held` says so. Gaps are events `gap`, what happens to connections are events `connection`, and an error is an event `problem`, the last one. A reader that takes nothing for 30 s is cut off.',
      tag: 'v1',
      parameters: PARAMETERS,
      answers: {
        200: {
          says: 'Events until one side ends.',
          media: { 'text/event-stream': { type: 'string' } },
        },
      },
    },
    async handle(ctx) {
      const parameters = read(textsOf(ctx))
      const links = deps.live
      if (links === undefined) {
        throw new RequestError(503, 'nothing is live here', { code: 'SSMD_E_NATS', hint: NOT_LIVE })
      }
      const { grant } = ctx.state.caller
      const chosen = chooseFeeds(links.environments, parameters, grant)
      using asked = requestSignal(ctx, deps.signal)
      const open = () => openTail(ctx, links, chosen, parameters, deps, asked.signal)
      await sendTail(ctx, open, {
        limits,
        signal: asked.signal,
        notices: connectionNotices(links, chosen.environment.name),
      })
    },
  }
}

type Chosen = {
  readonly environment: LiveEnvironment
  readonly feeds: LiveEnvironment['feeds']
}

/** The one Environment with all of these feeds. A feed that the caller may not see does not exist. */
export function chooseFeeds(
  environments: readonly LiveEnvironment[],
  { feed, environment }: Parameters,
  grant: Grant
): Chosen {
  const visible = environments
    .filter(({ name }) => environment === undefined || name === environment)
    .map((one) => ({ ...one, feeds: one.feeds.filter(({ name }) => grant.feeds(name)) }))
    .filter(({ feeds }) => feeds.length > 0)
  const wanted = [...new Set((feed as readonly string[] | undefined) ?? [])]
  const names = [...new Set(visible.flatMap(({ feeds }) => feeds.map(({ name }) => name)))]
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined || visible.length === 0) {
    const near = unknown === undefined ? undefined : nearestName(unknown, names)
    const what = unknown === undefined ? 'no feed' : `no feed ${shown(unknown)}`
    throw new SsmdError('SSMD_E_NOT_FOUND', `${what} is captured here`, {
      hint: near === undefined ? 'see /v1/live for those that are' : `did you mean ${near}?`,
    })
  }
  const having = visible.filter(({ feeds }) =>
    wanted.every((name) => feeds.some((one) => one.name === name))
  )
  const [only] = having
  if (only === undefined || having.length > 1) {
    const among = visible.map(({ name }) => name).join(', ')
    throw new RequestError(400, `these feeds are of ${having.length} Environments: ${among}`, {
      hint: 'name one with environment=, or ask for the feeds of one',
    })
  }
  const feeds = only.feeds.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  if (feeds.length > MOST_FEEDS) {
    throw new RequestError(400, `${feeds.length} feeds, at most ${MOST_FEEDS} are followed`, {
      hint: 'name those that you need with feed=',
    })
  }
  return { environment: only, feeds }
}

async function openTail(
  ctx: ApiContext,
  links: Links,
  { environment, feeds }: Chosen,
  { as, symbol, type, event }: Parameters,
  { nowMs }: ApiDeps,
  signal: AbortSignal
): Promise<Tail> {
  const id = lastEventId(ctx)
  const nc = links.connection(environment.name)
  const symbols = symbol as readonly string[] | undefined
  const types = type as readonly string[] | undefined
  if (as === 'records' && event === undefined) {
    const after = id === '' ? new Map<never, never>() : readRecordPositions(id)
    if (after === undefined) throw noSuchId(id)
    return await tailRecords({
      nc,
      environment: environment.name,
      feeds: feeds.map(({ name }) => name),
      filter: { symbols: symbols && new Set(symbols), types: types && new Set(types) },
      after,
      signal,
    })
  }
  const after = id === '' ? null : readEventPosition(id)
  if (after === undefined) throw noSuchId(id)
  const names = event as readonly (typeof EVENT_NAMES)[number][] | undefined
  return await tailEvents({
    nc,
    environment: environment.name,
    feeds: feeds.map(({ name, exchange, resource }) => {
      if (exchange !== null) return { name, exchange, resource }
      throw new RequestError(400, `feed ${name} cannot be read as market events`, {
        hint: 'the file given with --env does not hold its Feed; as=records shows its frames',
      })
    }),
    events: names && new Set(names.map((name) => EVENT_NAMES.indexOf(name))),
    symbols,
    types,
    after,
    nowMs,
    signal,
  })
}

/** Empty if there is none. */
function lastEventId({ req }: ApiContext): string {
  const given = req.headersDistinct['last-event-id'] ?? []
  if (given.length > 1) throw new RequestError(400, 'Last-Event-ID is given twice')
  return given[0] ?? ''
}

const noSuchId = (id: string): RequestError =>
  new RequestError(400, `Last-Event-ID ${shown(id)} is none of this stream`, {
    hint: 'send the id of the last event of the same request, or none',
  })

/** Says when the connection to NATS is lost, and when it is back: what comes then continues where it stopped. */
const connectionNotices =
  (links: Links, environment: string): NonNullable<SendOptions['notices']> =>
  (wake) => {
    let told = true
    const watching = links.watch((name) => {
      if (name === environment) wake()
    })
    return {
      take() {
        const is = links.now.isConnected(environment)
        if (is === told) return ''
        told = is
        const event = is ? 'connected' : 'disconnected'
        return eventText({ event, data: JSON.stringify({ environment }) })
      },
      [Symbol.dispose]: () => watching[Symbol.dispose](),
    }
  }
