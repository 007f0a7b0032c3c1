import assert from 'node:assert/strict'
import { suite } from 'uvu'
import type { ErrorCode } from '#crds/errors.ts'
import { describeProblem, parseResources } from '#crds/resources.ts'
import { checkResources } from './policies.ts'

const test = suite('policies')

const TODAY = '2026-11-24'

const KALSHI = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: kalshi}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://x.test/ws
      restEndpoint: https://x.test/rest
      authMethod: apiKey
  channels: [orderbook_delta, trade]
  symbols: {include: ["KX-*"]}
`
const SYNTHETIC = `---
kind: Feed
metadata: {name: made-up}
spec:
  exchange: synthetic
  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?rate=10"}]
  channels: [trade]
  symbols: {include: ["*"]}
`
const BINANCE = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: binance
  versions: [{name: v3, effectiveFrom: "2025-01-01", endpoint: "wss://x.test/stream", restEndpoint: "https://x.test"}]
  bookDepth: 500
  channels: [depth@100ms, trade, bookTicker]
  symbols: {include: [BTCUSDT]}
`
const DESCRIBED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: described}
spec:
  exchange: generic
  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "wss://x.test/ws", restEndpoint: "https://x.test"}]
  channels: [trades]
  symbols: {include: [A, B], discover: {path: /symbols}}
  subscribe: [{op: subscribe, args: ["trades.{symbols}"]}]
  messageTypes:
    - name: trades
      symbol: data[].s
      trade: {price: "data[].p", size: "data[].q"}
`
const LOCAL = `---
kind: Environment
metadata: {name: local}
spec:
  feeds: [kalshi]
  transport: {url: "nats://127.0.0.1:4222"}
  keys:
    kalshi: {type: apiKey, fields: [apiKey, privateKey], source: {env: {apiKey: A, privateKey: B}}}
`
const ARCHIVE = `---
kind: Archive
metadata: {name: kept}
spec:
  environmentRef: {name: local}
  feeds: [kalshi]
  storage: {path: data}
`
const ALL = KALSHI + SYNTHETIC + LOCAL + ARCHIVE

/** Lines and codes of what the policies say of a text that parses without problems. */
function said(text: string, date = TODAY): { lines: string[]; codes: ErrorCode[] } {
  const resources = parseResources(text, 'f.yaml')
  assert.deepEqual(resources.problems.map(describeProblem), [], 'the text has to parse')
  const problems = checkResources(resources, date)
  return { lines: problems.map(describeProblem), codes: problems.map(({ code }) => code) }
}

test('resources that fit together have no problems', () => {
  assert.deepEqual(said(ALL).lines, [])
  assert.deepEqual(said(`${ALL}---\n${BINANCE}`).lines, [])
  assert.deepEqual(said(ALL.replace('feeds: [kalshi]', 'feeds: ["*"]')).lines, [])
})

type Case = readonly [what: string, text: string, code: ErrorCode, ...lines: readonly string[]]

const INVALID = 'SSMD_E_RESOURCE_INVALID'

const CASES: readonly Case[] = [
  [
    'a feed whose first version begins later',
    ALL.replace('effectiveFrom: "2025-01-01"\n', 'effectiveFrom: "2027-01-01"\n'),
    INVALID,
    'f.yaml:7:5: spec.versions: expected a version that is in force on 2026-11-24, found none: the first begins on 2027-01-01 (add a version, or change effectiveFrom or effectiveTo)',
  ],
  [
    'a feed whose last version has ended',
    ALL.replace('      endpoint', '      effectiveTo: "2026-11-23"\n      endpoint'),
    INVALID,
    'f.yaml:7:5: spec.versions: expected a version that is in force on 2026-11-24, found none: the last one has ended (add a version, or change effectiveFrom or effectiveTo)',
  ],
  [
    'a channel that the exchange does not have',
    ALL.replace('orderbook_delta', 'orderbook-delta'),
    INVALID,
    'f.yaml:12:14: spec.channels[0]: expected a channel of kalshi, found "orderbook-delta" (did you mean orderbook_delta?)',
  ],
  [
    'a depth of the book that the exchange does not have',
    `${ALL}---\n${BINANCE.replace('bookDepth: 500', 'bookDepth: 400')}`,
    INVALID,
    'f.yaml:44:14: spec.bookDepth: expected a depth of binance, found 400 (it has 5, 10, 20, 50, 100, 500, 1000 and 5000)',
  ],
  [
    'books whose snapshots cannot be asked for',
    `${ALL}---\n${BINANCE.replace(', restEndpoint: "https://x.test"', '').replace('depth@100ms, trade', 'trade, depth')}`,
    INVALID,
    'f.yaml:45:21: spec.channels[1]: expected a version with restEndpoint, found v3 without: the books of channel depth begin with a snapshot that is asked for there (give spec.versions[0].restEndpoint)',
  ],
  [
    'a path of a described exchange that leads into another list',
    `${ALL}---\n${DESCRIBED.replace('data[].q', 'rows[].q')}`,
    INVALID,
    'f.yaml:50:40: spec.messageTypes[0].trade.size: expected a path into data[], as the others of this type, found rows[].q (all paths of a type that have [] name the same list)',
  ],
  [
    'a glob that a described exchange cannot be asked about',
    `${ALL}---\n${DESCRIBED.replace('[A, B], discover: {path: /symbols}', '[A, "B*"]')}`,
    INVALID,
    'f.yaml:45:26: spec.symbols.include[1]: expected exact names, found the glob "B*": nothing says how to ask which symbols there are (give spec.symbols.discover.path, or write the names out)',
  ],
  [
    'messages for an exchange that has an adapter',
    ALL.replace('  channels: [orderbook_delta', '  subscribe: [x]\n  channels: [orderbook_delta'),
    INVALID,
    'f.yaml:12:14: spec.subscribe: expected no subscribe: ssmd knows what kalshi is to be sent (remove it)',
  ],
  [
    'a depth of the book where the exchange leaves no choice',
    ALL.replace('  channels: [orderbook_delta', '  bookDepth: 10\n  channels: [orderbook_delta'),
    INVALID,
    'f.yaml:12:14: spec.bookDepth: expected no bookDepth: kalshi leaves no choice of the depth of a book, found 10 (remove bookDepth)',
  ],
  [
    'a channel that is like no other',
    ALL.replace('channels: [trade]', 'channels: [level3]'),
    INVALID,
    'f.yaml:20:14: spec.channels[0]: expected a channel of synthetic, found "level3" (it has trade, ticker and orderbook_delta)',
  ],
  [
    'a glob that nothing can resolve',
    ALL.replace('      restEndpoint: https://x.test/rest\n', ''),
    INVALID,
    'f.yaml:12:23: spec.symbols.include[0]: expected exact names, found the glob "KX-*": version v2 has no restEndpoint to resolve it with (give spec.versions[0].restEndpoint, or write the names out)',
  ],
  [
    'a generator whose rate is no number',
    ALL.replace('rate=10', 'rate=fast'),
    INVALID,
    'f.yaml:19:64: spec.versions[0].endpoint: expected a whole number for rate, found "fast" (write an endpoint such as synthetic://generator?rate=1000&symbols=10&seed=7)',
  ],
  [
    'a calendar in a time zone that does not exist',
    ALL.replace('  symbols: {include: ["*"]}', '  calendar: {timezone: America/NewYork}'),
    INVALID,
    'f.yaml:21:24: spec.calendar.timezone: expected an IANA time zone, found "America/NewYork" (write one such as America/New_York or UTC)',
  ],
  [
    'an environment that names an unknown feed',
    ALL.replace('feeds: [kalshi]', 'feeds: [kalshy, kalshi]'),
    'SSMD_E_REFERENCE',
    'f.yaml:26:11: spec.feeds[0]: expected the name of a Feed, found "kalshy": there is none of that name (did you mean kalshi?)',
  ],
  [
    'a key that is missing',
    ALL.replace(/ {2}keys:\n.*\n/, ''),
    'SSMD_E_CREDENTIALS',
    'f.yaml:26:3: spec.keys: expected a key named kalshi, found none: the feed kalshi connects to kalshi with one (add one with fields [apiKey, privateKey], or name the feed in spec.simulator.feeds)',
  ],
  [
    'a key with a slip in its name',
    ALL.replace('    kalshi: {type', '    kalhsi: {type'),
    'SSMD_E_CREDENTIALS',
    'f.yaml:29:5: spec.keys: expected a key named kalshi, found none: the feed kalshi connects to kalshi with one (did you mean the key kalhsi?)',
  ],
  [
    'a key without what the exchange needs',
    ALL.replace('[apiKey, privateKey]', '[apiKey]').replace(', privateKey: B', ''),
    'SSMD_E_CREDENTIALS',
    'f.yaml:29:36: spec.keys.kalshi.fields: expected the fields apiKey and privateKey that kalshi needs, found no privateKey (add privateKey to fields and to source)',
  ],
  [
    'a simulated feed that does not exist',
    `${KALSHI}${LOCAL}  simulator: {feeds: [kalsi]}\n`,
    'SSMD_E_REFERENCE',
    'f.yaml:22:23: spec.simulator.feeds[0]: expected the name of a Feed, found "kalsi": there is none of that name (did you mean kalshi?)',
  ],
  [
    'a simulated feed whose exchange has no simulator',
    `${KALSHI}${SYNTHETIC}${LOCAL}  simulator: {feeds: [made-up]}\n`,
    INVALID,
    'f.yaml:30:23: spec.simulator.feeds[0]: expected a feed whose exchange has a simulator, found made-up of exchange synthetic (remove it here: it is simulated by its nature)',
  ],
  [
    'a fault of a channel that nobody listens to',
    `${KALSHI}${LOCAL}  simulator: {feeds: [kalshi], faults: [{kind: skip, channel: trades}]}\n`,
    INVALID,
    'f.yaml:22:63: spec.simulator.faults[0].channel: expected a channel of a simulated feed, found "trades" (did you mean trade?)',
  ],
  [
    'a fault of an exchange that is not simulated',
    `${KALSHI}${LOCAL}  simulator: {feeds: [kalshi], faults: [{kind: cut, exchange: binance}]}\n`,
    INVALID,
    'f.yaml:22:63: spec.simulator.faults[0].exchange: expected the exchange of a simulated feed, found "binance" (they have kalshi)',
  ],
  [
    'a window of duplicates that NATS refuses',
    ALL.replace('4222"}', '4222", stream: {maxAge: 1m}}'),
    INVALID,
    'f.yaml:27:53: spec.transport.stream.duplicateWindow: expected at most maxAge, 1m, found 2m (NATS refuses such a stream: shorten duplicateWindow or lengthen maxAge)',
  ],
  [
    'a schedule in a time zone that does not exist',
    `${KALSHI}${LOCAL}  schedule: {timezone: Mars/Olympus}\n`,
    INVALID,
    'f.yaml:22:24: spec.schedule.timezone: expected an IANA time zone, found "Mars/Olympus" (write one such as America/New_York or UTC)',
  ],
  [
    'names that are too long together',
    ALL.replace('name: local}\nspec:\n  feeds', `name: ${'e'.repeat(40)}}\nspec:\n  feeds`)
      .replace('environmentRef: {name: local}', `environmentRef: {name: ${'e'.repeat(40)}}`)
      .replaceAll('name: kalshi}', `name: ${'f'.repeat(20)}}`)
      .replaceAll('feeds: [kalshi]', `feeds: [${'f'.repeat(20)}]`),
    INVALID,
    `f.yaml:26:11: spec.feeds[0]: expected names of environment and feed of together at most 52 characters, found 60 with feed ${'f'.repeat(20)} (shorten one of the two names)`,
  ],
  [
    'an archive of an unknown environment',
    ALL.replace('environmentRef: {name: local}', 'environmentRef: {name: lokal}'),
    'SSMD_E_REFERENCE',
    'f.yaml:34:26: spec.environmentRef.name: expected the name of an Environment, found "lokal": there is none of that name (did you mean local?)',
  ],
  [
    'an archive of a feed that its environment does not capture',
    ALL.replace(/feeds: \[kalshi\]\n {2}storage/, 'feeds: [kalshi, made-up]\n  storage'),
    'SSMD_E_REFERENCE',
    'f.yaml:35:19: spec.feeds[1]: expected a feed that environment local captures, found "made-up" (add it to spec.feeds of the environment, or remove it here)',
  ],
  [
    'an archive of a feed that does not exist',
    ALL.replace(/feeds: \[kalshi\]\n {2}storage/, 'feeds: [other]\n  storage'),
    'SSMD_E_REFERENCE',
    'f.yaml:35:11: spec.feeds[0]: expected the name of a Feed, found "other": there is none of that name (there are kalshi and made-up)',
  ],
  [
    'two archives in the same files',
    ALL + ARCHIVE.replace('kept', 'kept-too').replace('path: data', 'path: ./data/'),
    INVALID,
    'f.yaml:42:11: spec.feeds[0]: expected files of its own, found that archive kept keeps feed kalshi in the same path data (give one of the two another storage, or take the feed out of one)',
  ],
  [
    'two archives in the same claim',
    (ALL + ARCHIVE.replace('kept', 'kept-too')).replaceAll('{path: data}', '{claim: {name: disk}}'),
    INVALID,
    'f.yaml:42:11: spec.feeds[0]: expected files of its own, found that archive kept keeps feed kalshi in the same claim disk (give one of the two another storage, or take the feed out of one)',
  ],
]

for (const [what, text, code, ...lines] of CASES) {
  test(`refuses ${what}, and nothing besides`, () => {
    const found = said(text)
    assert.deepEqual(found.lines, lines)
    assert.deepEqual(found.codes, [code])
  })
}

test('a simulated feed needs no key, and a disabled one nothing at all', () => {
  const noKey = ALL.replace(/ {2}keys:\n.*\n/, '  simulator: {feeds: [kalshi]}\n')
  assert.deepEqual(said(noKey).lines, [])
  const disabled = ALL.replace('  exchange: kalshi', '  state: disabled\n  exchange: kalshi')
  assert.deepEqual(said(disabled.replace('orderbook_delta', 'nothing')).lines, [])
})

test('archives may share a folder where they keep other feeds, and each makes a claim of its own', () => {
  const two = ALL.replace('feeds: [kalshi]', 'feeds: ["*"]')
  const other = ARCHIVE.replace('kept', 'other').replace('feeds: [kalshi]', 'feeds: [made-up]')
  assert.deepEqual(said(two + other).lines, [])
  const claims = (two + ARCHIVE.replace('kept', 'other')).replaceAll(
    '{path: data}',
    '{claim: {size: 1Gi}}'
  )
  assert.deepEqual(said(claims).lines, [])
})

test('a feed that broke its schema is not said to be missing as well', () => {
  const resources = parseResources(ALL.replace('exchange: kalshi', 'exchange: kalshy'), 'f.yaml')
  assert.equal(resources.problems.length, 1)
  assert.deepEqual(checkResources(resources, TODAY), [])
})

test('a problem names its resource, so that all others can go on', () => {
  const resources = parseResources(ALL.replace('rate=10', 'rate=fast'), 'f.yaml')
  assert.deepEqual(
    checkResources(resources, TODAY).map(({ kind, name }) => `${kind} ${name}`),
    ['Feed made-up']
  )
})

test.run()
