import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { linkTo, linkToTail, readRoute } from './route.mjs'

const test = suite('addresses of the page')

test('every place has a link that leads back to it, whatever its symbol is called', () => {
  for (const symbol of ['BTC/USD', '<b>&"x\'', '../../etc', 'a?b#c%d', 'Ünï 🥇', ' two  ', '%2F']) {
    const route = readRoute(linkTo(['live.kraken', '2026-11-30', symbol], { from: '09:30:00' }))
    assert.equal(route, {
      view: 'symbol',
      feed: 'live.kraken',
      day: '2026-11-30',
      symbol,
      query: { from: '09:30:00' },
    })
  }
  assert.is(readRoute(linkTo([])).view, 'overview')
  assert.is(readRoute(linkTo(['kraken'])).view, 'feed')
  assert.is(readRoute(linkTo(['tail'])).feed, 'tail')
  assert.equal(readRoute(linkToTail({ symbol: 'a&b' })).query, { symbol: 'a&b' })
})

test('an address without a place is known as such', () => {
  for (const hash of [
    '#/nowhere',
    '#/feeds',
    '#/feeds/x/yesterday',
    '#/feeds/x/2026-02-30',
    '#/feeds/x/2026-13-01/S',
    '#/feeds/a/2026-11-30/b/c',
  ])
    assert.is(readRoute(hash).view, 'unknown', hash)
  assert.is(readRoute('').view, 'overview')
  assert.is(readRoute('#/feeds/%E0%A4%A').feed, '%E0%A4%A')
})

test('times stay readable in an address', () => {
  assert.is(linkTo(['k'], { at: '09:00:00' }), '#/feeds/k?at=09:00:00')
  assert.is(linkTo(['k'], { at: undefined, from: '' }), '#/feeds/k')
})

test.run()
