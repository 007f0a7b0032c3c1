// Binance spot as the simulator sees it, put together from the parts beside it.

import type { HttpAnswer, HttpRequest, Session, Venue, VenueFault } from '../../simulation/venue.ts'
import { CHANNELS } from './channels.ts'
import { GeneratedMarkets } from './generated.ts'
import { PlayedMarkets } from './played.ts'
import { recognise } from './recognise.ts'
import { REST_LIMITS, Rest, type RestLimits } from './rest.ts'
import { BinanceClient, LIMITS, type SessionLimits } from './session.ts'
import type { Source } from './source.ts'

/** Connections that one address may attempt in five minutes. */
const DIALS = { count: 300, withinMs: 5 * 60_000 }

/** At the door, and as a fault on demand. */
const TOO_MANY: HttpAnswer = {
  status: 429,
  body: { code: -1003, msg: 'Too many requests.' },
  headers: { 'retry-after': '1' },
}

export type BinanceVenueOptions = {
  readonly limits?: Partial<SessionLimits>
  readonly rest?: Partial<RestLimits>
  readonly dials?: typeof DIALS
  /** Default 20 s. */
  readonly pingMs?: number
}

export function createVenue(own: BinanceVenueOptions = {}): Venue {
  const limits = { ...LIMITS, ...own.limits }
  const dials = own.dials ?? DIALS
  const restOf = new WeakMap<Session, Rest>()

  const open = (source: Source) => {
    const rest = new Rest(source, { ...REST_LIMITS, ...own.rest })
    const dialled: number[] = []
    return {
      knows: (path: string) =>
        path === '/stream' ||
        path === '/ws' ||
        path.startsWith('/ws/') ||
        path.startsWith('/api/v3/'),
      connect(request: HttpRequest, nowMs: number): Session | HttpAnswer {
        while (dialled.length > 0 && dialled[0]! <= nowMs - dials.withinMs) dialled.shift()
        dialled.push(nowMs)
        if (dialled.length > dials.count) return TOO_MANY
        const names = namesIn(request)
        if (names === null)
          return { status: 404, body: {}, refused: { expected: '/stream or /ws' } }
        const client = new BinanceClient(limits, names, request.path === '/stream')
        restOf.set(client, rest)
        return client
      },
      answer: (request: HttpRequest, nowMs: number) => rest.answer(request, nowMs),
      refusal: (fault: 'unauthorized' | 'tooManyRequests'): HttpAnswer =>
        fault === 'tooManyRequests'
          ? TOO_MANY
          : { status: 403, body: { code: -1, msg: 'Forbidden' } },
    }
  }

  const faults: Readonly<Record<string, VenueFault>> = {
    /** Announces that the server shuts down, and ends the connection ten minutes later. */
    shutdown: {
      on: 'connection',
      act: (session, nowMs) => (session instanceof BinanceClient ? session.shutdown(nowMs) : []),
    },
    /** The next snapshot is older than what the stream has sent. */
    stale: {
      on: 'connection',
      act: (session) => {
        const rest = restOf.get(session)
        if (rest !== undefined) rest.stale++
        return []
      },
    },
  }

  return {
    name: 'binance',
    channels: CHANNELS,
    // A ping that is not answered within a minute: the peer is gone.
    ping: { everyMs: own.pingMs ?? 20_000, body: 'ping', unanswered: 3 },
    faults,
    generate({ seed, markets, startMs }) {
      const generated = new GeneratedMarkets({ seed, markets, startMs })
      return {
        ...open(generated),
        get nowMs() {
          return generated.nowMs
        },
        advance: (toMs, count, deliver) => generated.advance(toMs, count, deliver),
      }
    },
    async replay({ recorded }) {
      const played = new PlayedMarkets(recorded)
      return {
        ...open(played),
        play: (frame) => played.play(frame),
        aside: (bytes, start, end) => played.aside(bytes, start, end),
        ended() {},
      }
    },
    recognise,
  }
}

/** The streams that the address of a handshake names; null: it is none. */
function namesIn({ path, query }: HttpRequest): readonly string[] | null {
  const split = (text: string) => text.split('/').filter((name) => name !== '')
  if (path === '/stream') return split(query.get('streams') ?? '')
  if (path === '/ws') return []
  return path.startsWith('/ws/') ? split(path.slice('/ws/'.length)) : null
}

export const venue = createVenue()
