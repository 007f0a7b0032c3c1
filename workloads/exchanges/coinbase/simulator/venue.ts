// Coinbase Advanced Trade as the simulator sees it, put together from the parts beside it.

import type { HttpAnswer, HttpRequest, Session, Venue } from '../../simulation/venue.ts'
import { CHANNELS } from './channels.ts'
import { GeneratedMarkets } from './generated.ts'
import { PlayedMarkets } from './played.ts'
import { recognise } from './recognise.ts'
import { PRODUCTS_PATH, Rest, tooMany } from './rest.ts'
import { CoinbaseClient, LIMITS, type SessionLimits } from './session.ts'
import type { Source } from './source.ts'

/** Connections that one address may attempt in a second. */
const DIALS = { count: 8, withinMs: 1_000 }

export type CoinbaseVenueOptions = {
  readonly limits?: Partial<SessionLimits>
  readonly dials?: typeof DIALS
  /** Levels of a side of a generated book; 22,000 make a snapshot of several megabytes. Default 100. */
  readonly depth?: number
}

export function createVenue(own: CoinbaseVenueOptions = {}): Venue {
  const limits = { ...LIMITS, ...own.limits }
  const dials = own.dials ?? DIALS

  const open = (source: Source) => {
    const rest = new Rest(source)
    const dialled: number[] = []
    const spoke: number[] = []
    return {
      knows: (path: string) => path === '/' || path === PRODUCTS_PATH,
      connect({ path }: HttpRequest, nowMs: number): Session | HttpAnswer {
        while (dialled.length > 0 && dialled[0]! <= nowMs - dials.withinMs) dialled.shift()
        dialled.push(nowMs)
        if (dialled.length > dials.count) return tooMany()
        if (path !== '/') return { status: 404, body: {}, refused: { expected: '/' } }
        return new CoinbaseClient(source, limits, spoke)
      },
      answer: (request: HttpRequest, nowMs: number) => rest.answer(request, nowMs),
      refusal: (fault: 'unauthorized' | 'tooManyRequests'): HttpAnswer =>
        fault === 'tooManyRequests'
          ? tooMany()
          : { status: 401, body: { error: 'unauthorized', message: 'Unauthorized' } },
    }
  }

  return {
    name: 'coinbase',
    channels: CHANNELS,
    // Liveness is what heartbeats are for.
    ping: null,
    faults: {},
    generate({ seed, markets, startMs }) {
      const { depth } = own
      const size = depth === undefined ? {} : { depth }
      const generated = new GeneratedMarkets({ seed, markets, startMs, ...size })
      return {
        ...open(generated),
        get nowMs() {
          return generated.nowMs
        },
        advance: (toMs, count, deliver) => generated.advance(toMs, count, deliver),
      }
    },
    async replay({ recorded, startMs }) {
      const began = performance.now()
      const played = new PlayedMarkets(recorded, () => startMs + performance.now() - began)
      return { ...open(played), play: (frame) => played.play(frame), ended() {} }
    },
    recognise,
  }
}

export const venue = createVenue()
