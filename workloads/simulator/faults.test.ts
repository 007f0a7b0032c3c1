// Faults as a person writes them, and when they strike: tables over pure functions, the clock passed in.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { venue } from '#exchanges/kalshi/simulator/venue.ts'
import { befalls, type Fault, faultsOf, parseFaults } from './faults.ts'
import { FaultSchedule } from './schedule.ts'

const test = suite('faults')
const none = { exchange: null, everyMs: null, forMs: null, channel: null }

test('reads a list, an object with a list, YAML and JSON', () => {
  const want = [
    { ...none, kind: 'cut', afterMs: 30_000, everyMs: 30_000, count: null },
    { ...none, kind: 'skip', afterMs: 500, count: 3, channel: 'trade' },
  ]
  for (const text of [
    '- {kind: cut, every: 30s}\n- {kind: skip, after: 500ms, count: 3, channel: trade}\n',
    'faults:\n  - kind: cut\n    every: 30s\n  - {kind: skip, after: 500ms, count: 3, channel: trade}\n',
    '[{"kind":"cut","every":"30s"},{"kind":"skip","after":"500ms","count":3,"channel":"trade"}]',
  ])
    assert.equal(parseFaults(text, 'f.yaml', [venue]), want)
})

test('what is left out: once, at once, and five seconds long where it lasts', () => {
  const one = (text: string) => parseFaults(text, 'f', [venue])[0]
  assert.equal(one('[{kind: cut}]'), { ...none, kind: 'cut', afterMs: 0, count: 1 })
  assert.equal(one('[{kind: freeze}]'), {
    ...none,
    kind: 'freeze',
    afterMs: 0,
    count: 1,
    forMs: 5000,
  })
  assert.equal(one('[{kind: unauthorized}]'), {
    ...none,
    kind: 'unauthorized',
    afterMs: 0,
    count: null,
    forMs: 5000,
  })
  assert.is(one('[{kind: unauthorized, count: 2}]')?.forMs, null, 'until two are refused')
})

const broken: [string, string, RegExp][] = [
  [
    'an unknown kind',
    '- kind: cut\n- kind: explode\n',
    /^f\.yaml:2:9: faults\[1\]\.kind: expected one of cut, .* found "explode"$/,
  ],
  [
    'no kind',
    '- {every: 1s}',
    /^f\.yaml:1:3: faults\[0\]\.kind: expected one of .* found nothing$/,
  ],
  [
    'an unknown field',
    '- {kind: cut, evry: 1s}',
    /faults\[0\]\.evry: unknown field; known are kind, every,/,
  ],
  [
    'a duration without unit',
    '- {kind: cut, every: 30}',
    /^f\.yaml:1:22: faults\[0\]\.every: expected a duration/,
  ],
  ['a beat of nothing', '- {kind: cut, every: 0s}', /every: expected more than 0/],
  [
    'a count of nothing',
    '- {kind: skip, count: 0}',
    /count: expected a whole number from 1, found 0/,
  ],
  [
    'an unknown channel',
    '- {kind: skip, channel: trades}',
    /channel: expected one of orderbook_delta, .* found "trades"/,
  ],
  ['a cut that lasts', '- {kind: cut, for: 3s}', /for: cut takes no time/],
  [
    'requests of a channel',
    '- {kind: unauthorized, channel: trade}',
    /channel: unauthorized answers requests/,
  ],
  ['an entry that is a text', '- cut', /faults\[0\]: expected an object with kind, found "cut"/],
  ['no list', 'kind: cut', /faults: expected a list of faults/],
  ['an empty file', '', /faults: expected a list/],
  ['no YAML', '- {kind: cut', /^f\.yaml:1:\d+: /],
]
for (const [what, text, message] of broken)
  test(`says where and what: ${what}`, () => {
    try {
      parseFaults(text, 'f.yaml', [venue])
    } catch (error) {
      assert.ok(error instanceof SsmdError)
      assert.match((error as Error).message, message)
      return
    }
    assert.unreachable('no error')
  })

test('checks those of an Environment beyond its schema', () => {
  assert.throws(
    () =>
      faultsOf([{ kind: 'skip', channel: 'nothing' }], 'e.yaml: spec.simulator.faults', [venue]),
    /spec\.simulator\.faults\[0\]\.channel/
  )
})

test('of an Environment, those for an exchange that is simulated elsewhere are left out', () => {
  const at = 'e.yaml: spec.simulator.faults'
  const own = { kind: 'skip', channel: 'trade' }
  const others = [
    { kind: 'cut', exchange: 'binance' },
    // A channel that only another exchange has.
    { kind: 'skip', channel: 'depth' },
  ]
  assert.equal(faultsOf([...others, own], at, [venue]), faultsOf([own], at, [venue]))
  assert.throws(() => faultsOf([{ kind: 'cut', exchange: 'nasdaq' }], at, [venue]), /\.exchange: /)
})

test('a fault may name one of several exchanges, and have a kind that only this one has', () => {
  const other = {
    name: 'other',
    channels: [{ name: 'book', index: 0 }],
    faults: { checksum: { on: 'frame' as const, act() {} } },
  }
  const served = [venue, other]
  const struck = (text: string) =>
    parseFaults(text, 'f', served).map((one) =>
      served.filter((each) => befalls(one, each)).map(({ name }) => name)
    )
  assert.equal(
    struck(
      '[{kind: cut}, {kind: cut, exchange: other}, {kind: skip, channel: trade}, {kind: checksum}, {kind: drift, channel: book}]'
    ),
    [['kalshi', 'other'], ['other'], ['kalshi'], ['other'], ['other']]
  )
  for (const [text, message] of [
    [
      '[{kind: cut, exchange: third}]',
      /faults\[0\]\.exchange: expected one of kalshi, other, found "third"/,
    ],
    ['[{kind: checksum, exchange: kalshi}]', /faults\[0\]\.kind: expected one of cut, /],
    [
      '[{kind: skip, channel: trade, exchange: other}]',
      /faults\[0\]\.channel: expected one of book/,
    ],
    ['[{kind: checksum, channel: trade}]', /no exchange has both checksum and this channel/],
  ] as const)
    assert.throws(() => struck(text), message)
})

const fault = (kind: string, parts: Partial<Fault>): Fault => ({
  ...none,
  kind,
  afterMs: 0,
  count: null,
  ...parts,
})

/** The times at which a fault strikes when one looks every 10 ms. */
function strikes(one: Fault, until: number, step = 10): number[] {
  const schedule = new FaultSchedule([one], 0)
  schedule.start(1000)
  const times: number[] = []
  for (let now = 0; now <= until; now += step)
    for (const { fault: struck } of schedule.due(now)) {
      assert.is(struck, one)
      times.push(now)
    }
  return times
}

test('faults on data count from the first subscription', () => {
  assert.equal(strikes(fault('cut', { afterMs: 500, count: 1 }), 5000), [1500])
  assert.equal(strikes(fault('cut', { afterMs: 100, everyMs: 100 }), 1350), [1100, 1200, 1300])
  assert.equal(strikes(fault('cut', { afterMs: 100, everyMs: 100, count: 2 }), 2000), [1100, 1200])
  assert.equal(strikes(fault('skip', { afterMs: 20, count: 3 }), 2000), [1020, 1020, 1020])
  const unstarted = new FaultSchedule([fault('cut', {})], 0)
  assert.equal(unstarted.due(1_000_000), [])
})

test('a beat that was missed is not made up for', () => {
  assert.equal(strikes(fault('cut', { afterMs: 100, everyMs: 100 }), 3000, 1000), [2000, 3000])
})

/** What a request is answered every 100 ms. */
const answers = (faults: Fault[], until: number) => {
  const schedule = new FaultSchedule(faults, 0)
  const list: string[] = []
  for (let now = 0; now <= until; now += 100) list.push(schedule.request(now)?.[0] ?? '.')
  return list.join('')
}

test('faults on requests last for a while, or for a count, or both', () => {
  assert.is(answers([fault('unauthorized', { forMs: 300 })], 600), 'uuu....')
  assert.is(answers([fault('unauthorized', { afterMs: 200, forMs: 200 })], 600), '..uu...')
  assert.is(answers([fault('tooManyRequests', { count: 2 })], 600), 'tt.....')
  assert.is(answers([fault('unauthorized', { count: 1, forMs: 300 })], 600), 'u......')
  assert.is(
    answers([fault('unauthorized', { afterMs: 100, everyMs: 300, forMs: 100 })], 900),
    '.u..u..u..'
  )
  assert.is(
    answers([fault('unauthorized', { forMs: 100 }), fault('tooManyRequests', { forMs: 300 })], 500),
    'utt...'
  )
})

test('a window that nobody asked in has passed', () => {
  const schedule = new FaultSchedule([fault('unauthorized', { afterMs: 100, forMs: 100 })], 0)
  assert.is(schedule.request(500), undefined)
  const again = new FaultSchedule(
    [fault('unauthorized', { afterMs: 100, everyMs: 1000, forMs: 100 })],
    0
  )
  assert.is(again.request(3050), undefined)
  assert.is(again.request(3150), 'unauthorized')
  assert.is(again.request(3250), undefined)
  assert.equal(again.counts, { unauthorized: 1 })
})

test.run()
