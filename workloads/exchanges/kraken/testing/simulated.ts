// Frames of the simulated Kraken as a client of all its channels receives them. For tests and benchmarks of Kraken only.

import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { venue } from '../simulator/venue.ts'

/** At least so many frames, control frames among them, in the order in which they were received. */
export function simulatedFrames(count: number, seed = 1, markets = 10): Buffer[] {
  const virtual = new VirtualExchange({ venue, seed, markets })
  const client = virtual.connect('/v2')
  const pairs = (
    virtual.rest('/0/public/AssetPairs').body as { result: Record<string, { wsname: string }> }
  ).result
  const symbol = Object.values(pairs).map(({ wsname }) =>
    wsname.replace('XBT', 'BTC').replace('XDG', 'DOGE')
  )
  const subscribe = (params: object) =>
    client.send(JSON.stringify({ method: 'subscribe', params: { ...params, snapshot: true } }))
  subscribe({ channel: 'instrument' })
  subscribe({ channel: 'book', depth: 10, symbol })
  subscribe({ channel: 'trade', symbol })
  subscribe({ channel: 'ticker', event_trigger: 'bbo', symbol })
  client.send('{"method":"ping"}')
  while (client.frames.length < count) virtual.advance(1_000, Math.min(5_000, count))
  virtual.advance(3_000, 0)
  return client.frames
}
