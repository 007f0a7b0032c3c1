// test: limit 120s
// Every folder of an exchange, asked the same questions: what a new exchange forgot is named. See docs/add-an-exchange.md.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import { loadResource } from '#crds/resources.ts'
import { kalshi } from './kalshi/adapter.ts'
import { createVenue } from './kalshi/simulator/venue.ts'
import type { Session } from './protocol/adapter.ts'
import {
  checkAdapter,
  checkFacts,
  checkGenerated,
  problemsOf,
} from './protocol/testing/conformance.ts'
import { mutated } from './protocol/testing/mutate.ts'

const test = suite('conformance')
const ROOT = new URL('../../', import.meta.url)
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
console.log(`seed ${seed}`)

for (const name of Object.keys(EXCHANGES))
  test(`${name} forgot nothing`, async () => {
    assert.equal(await problemsOf(name, seed), [])
  })

test('a Feed may name exactly the exchanges that there are', () => {
  const crd = parse(readFileSync(new URL('crds/feed.yaml', ROOT), 'utf8')) as {
    spec: {
      versions: {
        schema: {
          openAPIV3Schema: {
            properties: Record<string, { properties: Record<string, { enum?: string[] }> }>
          }
        }
      }[]
    }
  }
  const { properties } = crd.spec.versions[0]!.schema.openAPIV3Schema
  assert.equal(properties.spec?.properties.exchange?.enum, Object.keys(EXCHANGES))
})

test('frames are changed in every way, and never run out', () => {
  const frame = Buffer.from('{"a":"0.10","b":[1,2],"c":{"d":null}}')
  const all = [...mutated([frame], 1, 2000)]
  assert.is(all.length, 2000)
  assert.ok(new Set(all.map(String)).size > 1000)
  const good = all.filter((text) => {
    try {
      return Boolean(JSON.parse(String(text)))
    } catch {
      return false
    }
  })
  assert.ok(good.length > 200, `${good.length} of them are JSON`)
})

const FRAME =
  '{"type":"ticker","sid":1,"msg":{"market_ticker":"KX-A","market_id":"1","price_dollars":"0.4800"}}'
const told = (check: (tell: (problem: string) => void) => void): string[] => {
  const problems: string[] = []
  check((problem) => problems.push(problem))
  return problems
}
async function opened() {
  const path = new URL('exchanges/feeds/kalshi.yaml', ROOT).pathname
  const feed = await loadResource('Feed', path)
  const [version] = feed.spec.versions
  assert.ok(version)
  const { endpoint, restEndpoint = null } = version
  const auth = { kind: 'none' } as const
  const exchange = kalshi.open({ feed, version, endpoint, restEndpoint, auth, nowMs: () => 0 })
  return { feed, exchange }
}

test('an adapter that a frame brings down is named, with the frame', async () => {
  const { exchange } = await opened()
  const frail = (): Session => {
    const session = exchange.session({ shard: 0 })
    const look = session.look.bind(session)
    session.look = (payload) => {
      if (payload.includes('null')) throw new Error('no number')
      look(payload)
    }
    return session
  }
  const frames = [Buffer.from(FRAME)]
  assert.equal(
    told((tell) => checkAdapter(exchange, frames, 1, tell)),
    []
  )
  const [problem, ...others] = told((tell) => checkAdapter({ session: frail }, frames, 1, tell))
  assert.match(problem ?? '', /^adapter: Error: no number at \{/)
  assert.equal(others, [])
})

test('a simulator that does not know its own frames, or a channel of the facts, is named', async () => {
  const { feed, exchange } = await opened()
  const venue = createVenue()
  const facts = EXCHANGES.kalshi
  assert.ok(facts)
  const check = (broken: object, channels = facts.channels) =>
    told((tell) => checkGenerated({ ...venue, ...broken }, { channels }, exchange, feed, tell))
  assert.equal(check({}), [])
  assert.equal(check({}, { book: 'frames' }), ['simulator: no channel book'])
  assert.match(check({ recognise: () => 'unplayed' })[0] ?? '', /does not recognise its /)
  assert.match(check({ recognise: () => 'frame' })[0] ?? '', /takes \w+ of \S* for \w+ of \?/)
})

test('facts that contradict each other are named', () => {
  const facts = EXCHANGES.kalshi
  assert.ok(facts)
  const check = (parts: object) =>
    told((tell) => checkFacts('kalshi', { ...facts, ...parts }, tell))
  assert.equal(check({}), [])
  assert.equal(check({ auth: 'none' }), ['facts: auth and keyFields disagree'])
  assert.equal(check({ headerFields: ['password'] }), ['facts: password is in no key'])
  assert.equal(check({ channels: { trade: 'everything' } }), ['facts: trade proves everything'])
})

test.run()
