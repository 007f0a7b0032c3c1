// Fires when the spread of an instrument becomes wide: at least `threshold`, in the exchange's unit of prices. Behind a gap it waits for
// the next quote, so that a spread is never said to have become wide while nothing was received.

export default defineSignal({
  id: 'spread-monitor',
  version: 1,
  params: { threshold: { type: 'number', default: 0.05 } },
  inputs: { events: ['quote'] },
  cooldown: { perSymbol: '60s' },
  init: (): { wide: boolean; known: boolean } => ({ wide: false, known: false }),
  on(event, state, ctx) {
    if (event.kind === 'gap') {
      state.known = false
      return
    }
    const { bid, ask } = event
    if (bid === undefined || ask === undefined) return
    // Decimals such as 0.44 - 0.40 are not exact as numbers.
    const spread = Math.round((ask - bid) * 1e8) / 1e8
    const wide = spread >= ctx.params.threshold
    if (wide && state.known && !state.wide) ctx.fire({ spread, bid, ask })
    state.wide = wide
    state.known = true
  },
})
