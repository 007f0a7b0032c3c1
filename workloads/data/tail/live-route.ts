// `/v1/live`: what is captured now, as a document, or as a stream of it once a second.

import { answerDocument } from '../http/answer-document.ts'
import { RequestError } from '../http/problem.ts'
import { requestSignal } from '../http/request-signal.ts'
import { textsOf } from '../http/request-texts.ts'
import type { ApiDeps, Route } from '../http/route.ts'
import { type LiveDocument, NOT_LIVE } from '../live/now.ts'
import { parameterReader } from '../model/parameters.ts'
import type { Parameter } from '../model/query.ts'
import { LIVE_SCHEMA } from './live-schema.ts'
import { type StreamLimits, sendTail } from './send.ts'
import { eventText, type Tail } from './sse.ts'
import { LiveTicker } from './ticker.ts'

const PARAMETERS: readonly Parameter[] = [
  {
    name: 'stream',
    schema: {
      type: 'boolean',
      default: false,
      description: 'As server-sent events: the same document, once a second.',
    },
  },
]

/** Streams of this route at a time: each costs a text a second. */
const MOST = 500

export function liveRoute(deps: ApiDeps, limits: StreamLimits): Route {
  const read = parameterReader(PARAMETERS)
  const ticker = deps.live && new LiveTicker(deps.live.now, deps.nowMs)
  let streams = 0
  return {
    method: 'GET',
    path: '/v1/live',
    need: 'tail',
    class: 'light',
    document: {
      id: 'live',
      summary: 'What is being captured now',
      description:
        'Of each feed: its rate, its last record, its lag, gaps and connections, by the reports that its programs publish every two seconds. `live` is false if this server knows no Environment.',
      tag: 'v1',
      parameters: PARAMETERS,
      answers: {
        200: {
          says: 'What is captured now.',
          media: { 'application/json': LIVE_SCHEMA, 'text/event-stream': { type: 'string' } },
        },
      },
    },
    async handle(ctx) {
      const { stream } = read(textsOf(ctx))
      const { grant } = ctx.state.caller
      if (!stream) {
        const body =
          deps.live?.now.document(deps.nowMs(), (feed) => grant.feeds(feed)) ?? notLive(deps)
        ctx.set('Cache-Control', 'no-store')
        await answerDocument(ctx, body, limits)
        return
      }
      if (streams >= MOST) throw tooMany()
      streams++
      using asked = requestSignal(ctx, deps.signal)
      const open = (): Tail =>
        ticker === undefined
          ? once(JSON.stringify(notLive(deps)))
          : latest((on) => ticker.listen(grant, on))
      try {
        await sendTail(ctx, open, { limits, signal: asked.signal })
      } finally {
        streams--
      }
    },
  }
}

const notLive = ({ nowMs }: ApiDeps): LiveDocument => ({
  live: false,
  why: NOT_LIVE,
  at: new Date(nowMs()).toISOString(),
  environments: [],
  feeds: [],
})

/** One event, and then nothing: a client that listens need not ask again. */
const once = (data: string): Tail => ({
  position: () => '',
  texts: (async function* () {
    yield eventText({ data })
    await new Promise(() => {})
  })(),
})

/** The newest text whenever the caller is ready for one; those between are left out. */
function latest(listen: (on: (text: string) => void) => Disposable): Tail {
  return {
    position: () => '',
    texts: (async function* () {
      let newest: string | undefined
      let wake: (() => void) | undefined
      using _listening = listen((text) => {
        newest = text
        wake?.()
      })
      for (;;) {
        if (newest === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        const data = newest!
        newest = undefined
        yield eventText({ data })
      }
    })(),
  }
}

const tooMany = (): RequestError =>
  new RequestError(503, `${MOST} streams of what is captured now are open`, {
    code: 'SSMD_E_BUSY',
    hint: 'ask again later, or for the document without stream',
    headers: { 'Retry-After': '5' },
  })
