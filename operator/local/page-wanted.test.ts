import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResources } from '#crds/resources.ts'
import { declaredOf } from '../desired.ts'
import { layoutOf } from './layout.ts'
import { wantedPage } from './page-wanted.ts'

const test = suite('page wanted')

const layout = layoutOf('/home/x/data')
const CURRENT = '/home/x'

const FEED = (name: string, exchange: string, more = ''): string => `---
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: ${name}}
spec:
  exchange: ${exchange}
  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "wss://x.test/ws", restEndpoint: "https://x.test"}]
${more}
`
const KRAKEN = FEED('kraken', 'kraken', '  channels: [trade]\n  symbols: {include: [BTC/USD]}')
const GENERIC = FEED(
  'own',
  'generic',
  `  channels: [trades]
  symbols: {include: [A]}
  subscribe: [{op: subscribe, args: ["trades.{symbols}"]}]
  messageTypes: [{name: trades, symbol: s, trade: {price: p, size: q}}]`
)
const ENVIRONMENT = (
  name: string,
  transport = 'url: "nats://127.0.0.1:4222"',
  more = ''
): string => `---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: ${name}}
spec:
  feeds: ["*"]
  transport: {${transport}}
${more}
`
const ARCHIVE = (name: string, environment: string, storage: string): string => `---
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: ${name}}
spec:
  environmentRef: {name: ${environment}}
  feeds: [kraken]
  storage: {${storage}}
`

function wanted(...texts: string[]) {
  const found = parseResources(texts.join(''), 'all.yaml')
  assert.equal(found.problems, [])
  return wantedPage(declaredOf(found), layout, CURRENT)
}

test('each root is served once, the first by the names of its feeds, the others with a name in front', () => {
  const { roots } = wanted(
    KRAKEN,
    ENVIRONMENT('lab'),
    ARCHIVE('a', 'lab', 'path: data'),
    ARCHIVE('b', 'lab', 'path: data'),
    ARCHIVE('c', 'lab', 'path: /mnt/More'),
    ARCHIVE('d', 'lab', 'claim: {size: 1Gi}'),
    ARCHIVE('e', 'lab', 'path: /srv/archiver-d')
  )!
  assert.equal(
    roots.map(({ name, folder }) => `${name}=${folder}`),
    [
      '=/home/x/data',
      'archiver-d=/home/x/data/claims/archiver-d',
      'archive-3=/mnt/More',
      'archive-4=/srv/archiver-d',
    ]
  )
})

test('without an archive of an Environment that runs there is nothing to serve', () => {
  assert.is(wanted(KRAKEN, ENVIRONMENT('lab')), undefined)
  const suspended = ENVIRONMENT('lab', undefined, '  suspend: true')
  assert.is(wanted(KRAKEN, suspended, ARCHIVE('a', 'lab', 'path: data')), undefined)
})

test('on our NATS it is a user of its own, on another the one that the Environment names', () => {
  const { keys, environments } = wanted(
    KRAKEN,
    ENVIRONMENT('lab'),
    ENVIRONMENT('far', 'url: "nats://far.test:4222", credentialsRef: {name: bus}'),
    ARCHIVE('a', 'lab', 'path: data')
  )!
  assert.equal(keys, [
    { path: 'data-api/nats.creds', target: '/home/x/data/.ssmd/users/data-api.nk' },
    { path: 'bus', target: '/home/x/data/.ssmd/secrets/bus' },
  ])
  assert.equal(
    environments.map(({ name, documents }) => [name, documents.length]),
    [
      ['lab', 2],
      ['far', 2],
    ]
  )
})

test('its key changes with what it uses, and with nothing else', () => {
  const key = (feeds: string, environment = ENVIRONMENT('lab'), storage = 'path: data'): string =>
    wanted(feeds, environment, ARCHIVE('a', 'lab', storage))!.key
  const before = key(KRAKEN + GENERIC)
  assert.is(key(KRAKEN.replace('BTC/USD', 'ETH/USD') + GENERIC), before)
  assert.is(
    key(KRAKEN + GENERIC, ENVIRONMENT('lab', undefined, '  connector: {shards: 2}')),
    before
  )
  // The messages of such a feed are read by what it says.
  assert.is.not(key(KRAKEN + GENERIC.replace('price: p', 'price: px')), before)
  assert.is.not(key(KRAKEN), before)
  assert.is.not(key(KRAKEN + GENERIC, undefined, 'path: data/other'), before)
  assert.is.not(key(KRAKEN + GENERIC, ENVIRONMENT('lab', 'url: "nats://127.0.0.1:4333"')), before)
})

test.run()
