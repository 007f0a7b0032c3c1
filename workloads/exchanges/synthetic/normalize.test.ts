import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decimalText } from '#market/decimal.ts'
import { EVENT, type MarketEvent, SIDE } from '#market/event.ts'
import { syntheticFrame } from './content.ts'
import { createNormalizer, NOT_A_TYPE } from './normalize.ts'

const test = suite('synthetic normalize')
const header = { recvMs: 1, recvNs: 2, feed: 'made', type: 'trade', symbol: 'S0' }
const channels = ['trade', 'ticker', 'orderbook_delta']

function each(frame: string, fn: (event: MarketEvent) => void): void {
  createNormalizer().normalize(Buffer.from(frame), header, fn)
}

test('every frame is one event with the digits of its price and size', () => {
  for (let n = 1; n <= 3000; n++) {
    const frame = syntheticFrame({ seed: 7, symbols: 10, channels }, n)
    const { type, symbol, price, size } = JSON.parse(frame) as Record<string, string>
    let seen = 0
    each(frame, (event) => {
      seen++
      const isQuote = type === 'ticker'
      const kinds: Record<string, number> = {
        trade: EVENT.trade,
        ticker: EVENT.quote,
        orderbook_delta: EVENT.bookChange,
      }
      assert.is(event.kind, kinds[type ?? ''])
      assert.is(event.symbol, symbol)
      assert.is(event.sequence, String(n))
      const said = isQuote
        ? [
            decimalText(event.last, event.lastScale),
            decimalText(event.lastSize, event.lastSizeScale),
          ]
        : [decimalText(event.price, event.priceScale), decimalText(event.size, event.sizeScale)]
      assert.equal(said, [price, size])
      assert.is(event.side, type === 'orderbook_delta' ? SIDE.bid : SIDE.none)
    })
    assert.is(seen, 1)
  }
})

test('another type, a price that is no number and broken JSON are unknown, with the reason', () => {
  const reasons: string[] = []
  for (const frame of [
    '{"type":"x","sequence":1,"symbol":"S1","price":"1","size":"1"}',
    '{"type":"trade","sequence":1,"symbol":"S1","price":"a","size":"1"}',
    '{"type":',
  ]) {
    each(frame, (event) => {
      assert.is(event.kind, EVENT.unknown)
      reasons.push(event.reason)
    })
  }
  assert.is(reasons.length, 3)
  assert.is(reasons[0], `type: ${NOT_A_TYPE}`)
  assert.match(reasons[1] ?? '', /^price: /)
})

test.run()
