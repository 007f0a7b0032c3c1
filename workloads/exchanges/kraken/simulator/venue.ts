// Kraken as the simulator sees it, put together from the parts beside it.

import type { Venue } from '../../simulation/venue.ts'
import { CHANNELS } from './channels.ts'
import { openDoor } from './door.ts'
import { FAULTS } from './faults.ts'
import { GeneratedMarkets } from './generated.ts'
import { PlayedMarkets } from './played.ts'
import { recognise } from './recognise.ts'

export const venue: Venue = {
  name: 'kraken',
  channels: CHANNELS,
  ping: null,
  faults: FAULTS,
  generate(options) {
    const generated = new GeneratedMarkets(options)
    return {
      ...openDoor(generated),
      get nowMs() {
        return generated.nowMs
      },
      advance: (toMs, count, deliver) => generated.advance(toMs, count, deliver),
    }
  },
  async replay({ recorded }) {
    const played = new PlayedMarkets(recorded)
    return { ...openDoor(played), play: (frame) => played.play(frame), ended() {} }
  },
  recognise,
}
