// Fires when the price of one instrument at two exchanges differs by at least `percent`: bitcoin at Kraken against Coinbase, by their last trades. A
// price that is older than five seconds is none, and neither is one behind a gap.

export default defineSignal({
  id: 'cross-feed-divergence',
  version: 1,
  params: {
    percent: { type: 'number', default: 0.2 },
    left: { type: 'string', default: 'kraken BTC/USD' },
    right: { type: 'string', default: 'coinbase BTC-USD' },
  },
  inputs: { events: ['trade'], symbols: ['BTC/USD', 'BTC-USD'] },
  builders: (params) => ({
    both: { kind: 'as-of-join', left: params.left, right: params.right, tolerance: '5s' },
  }),
  edge: 'rising',
  cooldown: { perSymbol: '60s' },
  on(_, __, ctx) {
    const { both } = ctx.builders
    const { difference, leftPrice, rightPrice } = both
    if (both.gap || difference === undefined || rightPrice === undefined) return
    const percent = (100 * difference) / rightPrice
    if (Math.abs(percent) < ctx.params.percent) return
    ctx.fire({
      percent: Math.round(percent * 1e6) / 1e6,
      left: leftPrice ?? null,
      right: rightPrice,
    })
  },
})
