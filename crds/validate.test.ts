import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import type { Feed } from './feed.gen.ts'
import { isDate } from './formats.ts'
import { formatPath } from './paths.ts'
import { RULES } from './rules.gen.ts'
import { LEAST } from './testdata/least.ts'
import { REFUSED, refusedField, resourceOf, TAKEN } from './testdata/samples.ts'
import { judge, judgeChange } from './validate.ts'

const test = suite('validate')

for (const sample of TAKEN) {
  test(`takes a ${sample.kind} whose ${sample.set} is ${JSON.stringify(sample.to)}`, () => {
    const { findings } = judge(sample.kind, resourceOf(sample))
    assert.deepEqual(findings, [])
  })
}

for (const sample of REFUSED) {
  test(`refuses a ${sample.kind} whose ${sample.set} is ${JSON.stringify(sample.to)}`, () => {
    const { resource, findings } = judge(sample.kind, resourceOf(sample))
    assert.equal(resource, undefined)
    assert.deepEqual(
      findings.map(({ path }) => formatPath(path)),
      [refusedField(sample)]
    )
  })
}

test('every rule that judges a resource by itself is broken by a sample', () => {
  const messages = new Set(
    REFUSED.flatMap((sample) => judge(sample.kind, resourceOf(sample)).findings).map(
      ({ message, hint }) => (hint === '' ? message : `${message}: ${hint}`)
    )
  )
  for (const { holds, message } of RULES) if (holds) assert.ok(messages.has(message), message)
})

test('the exchange of a feed cannot change', () => {
  const before = judge('Feed', LEAST.Feed).resource as Feed
  const after: Feed = { ...before, spec: { ...before.spec, exchange: 'synthetic' } }
  const [finding] = judgeChange('Feed', before, after)
  assert.equal(formatPath(finding?.path ?? []), 'spec.exchange')
  assert.match(finding?.hint ?? '', /make a new Feed/)
  assert.deepEqual(judgeChange('Feed', before, before), [])
})

test('the environment of an archive cannot change', () => {
  const before = judge('Archive', LEAST.Archive).resource
  assert.ok(before)
  const after = { ...before, spec: { ...before.spec, environmentRef: { name: 'other' } } }
  const [finding] = judgeChange('Archive', before, after)
  assert.equal(formatPath(finding?.path ?? []), 'spec.environmentRef.name')
  assert.deepEqual(judgeChange('Archive', before, before), [])
})

test('defaults fill what is not given, and only that', () => {
  const environment = judge('Environment', {
    ...LEAST.Environment,
    spec: {
      feeds: ['a'],
      transport: { url: 'nats://x', stream: { maxAge: '1h' } },
      simulator: { feeds: ['a'], speed: 'max' },
    },
  }).resource
  assert.deepEqual(environment?.spec, {
    feeds: ['a'],
    transport: {
      url: 'nats://x',
      stream: { maxAge: '1h', maxBytes: '8Gi', replicas: 1, duplicateWindow: '2m' },
    },
    connector: { bufferBytes: '64Mi', linger: '5ms' },
    simulator: {
      feeds: ['a'],
      speed: 'max',
      seed: 1,
      rate: 200,
      markets: 6,
      replay: [],
      faults: [],
    },
  })
})

test('judging what was judged changes nothing, and what was written is left as it was', () => {
  for (const sample of TAKEN) {
    const written = resourceOf(sample)
    const copy = structuredClone(written)
    const once = judge(sample.kind, written).resource
    assert.deepEqual(written, copy)
    assert.deepEqual(judge(sample.kind, once).resource, once)
  }
})

test('a feed with several problems is told all of them, one a field', () => {
  const { findings } = judge('Feed', {
    ...LEAST.Feed,
    metadata: { name: '' },
    spec: { exchange: 'kalshi', versions: [{ name: '', endpoint: 5 }], channels: [] },
  })
  const fields = findings.map(({ path }) => formatPath(path))
  assert.deepEqual(fields.sort(), [
    'metadata.name',
    'spec.channels',
    'spec.versions[0].effectiveFrom',
    'spec.versions[0].endpoint',
    'spec.versions[0].name',
  ])
})

test('a value that stands in a list again is told once, with all its places', () => {
  const told = (feeds: readonly string[]) =>
    judge('Environment', {
      ...LEAST.Environment,
      spec: { ...(LEAST.Environment.spec as object), feeds },
    }).findings
  const [finding, ...none] = told(['a', 'b', 'a', 'c', 'a'])
  assert.deepEqual(none, [])
  assert.deepEqual(finding?.path, ['spec', 'feeds', 2], 'where an API server names it')
  assert.equal(
    finding?.message,
    'expected each entry once, found "a" again, first at spec.feeds[0], and at spec.feeds[4]'
  )
  const places = told(['a', 'b', 'b', 'a']).map(({ path }) => formatPath(path))
  assert.deepEqual(places.sort(), ['spec.feeds[2]', 'spec.feeds[3]'])
})

test('a status from a cluster is taken as it is, a field called __proto__ is not', () => {
  const exported = { ...LEAST.Feed, status: { anything: 1 } }
  assert.deepEqual(judge('Feed', exported).findings, [])
  const odd: unknown = JSON.parse(
    JSON.stringify(LEAST.Feed).replace('"spec":{', '"spec":{"__proto__":{"state":"x"},')
  )
  assert.deepEqual(
    judge('Feed', odd).findings.map(({ path }) => formatPath(path)),
    ['spec.__proto__']
  )
})

test('any value whatsoever is judged without a throw', () => {
  fc.assert(
    fc.property(fc.constantFrom('Feed', 'Environment', 'Archive'), fc.object(), (kind, spec) => {
      judge(kind, { ...LEAST[kind], spec })
      judge(kind, spec)
    }),
    { numRuns: 300 }
  )
})

test('exactly the days of the calendar are dates', () => {
  for (const day of ['2024-02-29', '2000-02-29', '0099-12-31', '2025-12-31']) {
    assert.ok(isDate(day), day)
  }
  for (const day of [
    '2025-02-29',
    '1900-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-04-31',
    '2025-1-1',
    '',
  ]) {
    assert.ok(!isDate(day), day)
  }
})

test.run()
