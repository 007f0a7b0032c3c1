// Fires when an instrument is traded far more than usual: the volume of the last minute is at least `times` its share of the last half hour. Both
// windows must be known to their beginning, and nothing may be missing within them.

export default defineSignal({
  id: 'volume-surge',
  version: 1,
  params: { times: { type: 'number', default: 5 }, trades: { type: 'number', default: 10 } },
  inputs: { events: ['trade'] },
  builders: {
    now: { kind: 'volume-profile', window: '1m' },
    usual: { kind: 'rolling-vwap', window: '30m' },
  },
  edge: 'rising',
  cooldown: { perSymbol: '5m' },
  on(event, _, ctx) {
    const { now, usual } = ctx.builders
    if (event.kind === 'gap' || !usual.complete || usual.gap) return
    if (now.trades < ctx.params.trades) return
    const share = usual.volume / 30
    if (now.volume < ctx.params.times * share) return
    const { buyVolume, sellVolume, volume } = now
    ctx.fire({ volume, usual: share, buyVolume, sellVolume, vwap: usual.vwap ?? null })
  },
})
