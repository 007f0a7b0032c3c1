// Frames of the simulated exchange as one connection receives them. For tests and benchmarks only.

import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { createVenue } from '../simulator/venue.ts'

/** So many frames of all channels, in the order in which they came. */
export function simulatedFrames(count: number, seed = 1): Buffer[] {
  const exchange = new VirtualExchange({
    venue: createVenue({ limits: { messagesPerSecond: 1_000 } }),
    seed,
    markets: 5,
  })
  const client = exchange.connect('/')
  const { body } = exchange.rest('/api/v3/brokerage/market/products')
  const { products } = body as { readonly products: readonly { readonly product_id: string }[] }
  const product_ids = products.map(({ product_id }) => product_id)
  for (const channel of ['heartbeats', 'level2', 'market_trades', 'ticker']) {
    client.send(JSON.stringify({ type: 'subscribe', channel, product_ids }))
  }
  while (client.frames.length < count) exchange.advance(1_000, 500)
  return client.frames.slice(0, count)
}
