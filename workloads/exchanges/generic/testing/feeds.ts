// Feeds of exchanges that do not exist, each described in another way. For tests only.

import { parse } from 'yaml'
import type { Feed } from '#crds/feed.gen.ts'
import { judge } from '#crds/validate.ts'

/** A Feed with the rest of its spec from YAML; it has to be valid. */
export function feedOf(spec: string, symbols = ['BTC-USD', 'ETH-USD', 'SOL-USD']): Feed {
  const judged = judge('Feed', {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name: 'made' },
    spec: {
      exchange: 'generic',
      versions: [
        {
          name: 'v1',
          effectiveFrom: '2025-01-01',
          endpoint: 'ws://exchange/ws',
          restEndpoint: 'http://exchange/api',
          rateLimitPerSecond: 50,
        },
      ],
      channels: ['trade', 'ticker'],
      symbols: { include: symbols },
      ...parse(spec),
    },
  })
  if (judged.resource === undefined) throw new Error(JSON.stringify(judged.findings))
  return judged.resource
}

const ANSWERS = `
    - { name: ok, kind: ack, type: result, symbol: product, id: id }
    - { name: bad, kind: error, type: error, match: "*", reason: error, symbol: product, id: id }
    - { name: alive, kind: heartbeat }`

/** One count for each channel of each symbol; a list of symbols a message; answers with an id. */
export const COUNTED = `
subscribe: ['{"op":"sub","ch":"{channel}","products":{symbols},"id":{id}}']
unsubscribe: ['{"op":"unsub","ch":"{channel}","products":{symbols},"id":{id}}']
symbolsPerMessage: 2
ping: { message: { op: ping }, interval: 5s }
messageTypes:${ANSWERS}
    - name: trade
      group: trades
      symbol: data.product
      time: data.at
      timeUnit: us
      sequence: data.seq
      scope: type+data.product
      trade: { price: data.p, size: data.q, side: data.maker, buy: ["false"], sell: ["true"], id: data.id }
    - name: ticker
      group: tickers
      symbol: data.product
      sequence: data.seq
      scope: type+data.product
      quote: { bid: data.b, bidSize: data.bq, ask: data.a, askSize: data.aq }
`

/** One count for the whole connection; a message a symbol; nothing is confirmed. */
export const CONNECTED = `
subscribe: [{ subscribe: "{symbol}" }]
messageTypes:
    - { name: alive, kind: heartbeat }
    - name: trade
      group: trades
      type: "[0]"
      symbol: "[1].s"
      sequence: "[2]"
      time: "[1].rows[].t"
      timeUnit: s
      trade: { price: "[1].rows[].p", size: "[1].rows[].q", side: "[1].rows[].d", id: "[1].rows[].i" }
    - name: ticker
      type: "[0]"
      symbol: "[1].s"
      sequence: "[2]"
      quote: { bid: "[1].b", ask: "[1].a", last: "[1].l" }
`

/** No count; the symbol stands in the name of a topic. */
export const TOPICS = `
channels: [trades]
subscribe: [{ op: subscribe, args: ["trades:{symbols}"] }]
messageTypes:
    - name: trade
      type: topic
      match: "trades:{symbol}"
      time: ts
      trade: { price: price, size: size, side: side }
`
