// Kalshi as the simulator sees it, put together from the parts beside it.

import type { Venue } from '../../simulation/venue.ts'
import { CHANNELS } from './channels.ts'
import { openDoor } from './door.ts'
import { GeneratedMarkets, WINDOW_MS } from './generated.ts'
import { readMetadata } from './metadata.ts'
import { PlayedMarkets } from './played.ts'
import { recognise } from './recognise.ts'
import { DEFAULT_LIMITS, type Limits } from './session.ts'

const PING_MS = 10_000

export type KalshiVenueOptions = {
  readonly limits?: Limits
  /** Life of a market; default 15 minutes. */
  readonly windowMs?: number
  /** Default 10 s. */
  readonly pingMs?: number
}

export function createVenue(own: KalshiVenueOptions = {}): Venue {
  const limits = own.limits ?? DEFAULT_LIMITS
  return {
    name: 'kalshi',
    channels: CHANNELS,
    // A ping that is not answered before the second one after it: the peer is gone.
    ping: { everyMs: own.pingMs ?? PING_MS, body: 'heartbeat', unanswered: 2 },
    faults: {},
    generate(options) {
      const { seed, markets, startMs } = options
      const generated = new GeneratedMarkets({
        seed,
        markets,
        startMs,
        windowMs: own.windowMs ?? WINDOW_MS,
      })
      return {
        ...openDoor(generated, options, limits),
        get nowMs() {
          return generated.nowMs
        },
        advance: (toMs, count, deliver) => generated.advance(toMs, count, deliver),
      }
    },
    async replay(options) {
      const { recorded, log } = options
      const metadata = await readMetadata(recorded.files, (file, message) =>
        log.warn({ file, error: message }, 'metadata left out')
      )
      const played = new PlayedMarkets(recorded, metadata)
      return {
        ...openDoor(played, options, limits),
        play: (frame) => played.play(frame),
        ended: () => played.ended(),
      }
    },
    recognise,
  }
}

export const venue = createVenue()
