// Frames of the exchange that the shipped Feed describes, as a client of its simulator receives them. For tests and benchmarks
// only.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Feed } from '#crds/feed.gen.ts'
import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { venueOf } from '../simulator/venue.ts'

const FILE = new URL('../../../../exchanges/feeds/okx.yaml', import.meta.url)

export const shippedFeed = (): Feed => parse(readFileSync(FILE, 'utf8')) as Feed

/** At least so many frames of data, in the order in which they were received. */
export function describedFrames(count: number, seed = 1): Buffer[] {
  const feed = shippedFeed()
  const virtual = new VirtualExchange({ venue: venueOf(feed), feed, seed, markets: 2 })
  const client = virtual.connect(new URL(feed.spec.versions[0]!.endpoint).pathname)
  for (const channel of feed.spec.channels) {
    const args = feed.spec.symbols!.include.map((instId) => ({ channel, instId }))
    client.send(JSON.stringify({ op: 'subscribe', args }))
  }
  const isData = (frame: Buffer) => frame.includes('"data":')
  while (client.frames.length < count) virtual.advance(5_000, Math.max(5_000, count))
  return client.frames.filter(isData)
}
