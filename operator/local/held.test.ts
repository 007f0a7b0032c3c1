import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { allOf } from '#crds/located.ts'
import { mergeResources, parseResources } from '#crds/parse.ts'
import type { Resources } from '#crds/resources.ts'
import { checkResources } from '../policies.ts'
import { takeEdit } from './held.ts'

const FEED = (name: string, exchange = 'synthetic') => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: ${name} }
spec:
  exchange: ${exchange}
  versions: [{ name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator" }]
  channels: [trade]
`
const ENVIRONMENT = `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec:
  feeds: ["*"]
  transport: { url: "nats://127.0.0.1:4222" }
`
const ARCHIVE = (name: string, feed: string) => `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: ${name} }
spec: { environmentRef: { name: lab }, feeds: [${feed}], storage: { path: data } }
`

const load = (files: Record<string, string>): Resources =>
  mergeResources(Object.entries(files).map(([file, text]) => parseResources(text, file)))

const check = (resources: Resources) => checkResources(resources, '2026-11-24')
const names = (resources: Resources) =>
  allOf(resources).map(({ resource }) => `${resource.kind} ${resource.metadata.name}`)

const GOOD = {
  'a.yaml': FEED('a'),
  'b.yaml': FEED('b'),
  'lab.yaml': ENVIRONMENT,
  'x.yaml': ARCHIVE('x', 'a'),
}
const good = () => takeEdit(undefined, load(GOOD), check)

const test = suite('held')

test('what is valid is in force', () => {
  const held = good()
  assert.equal(names(held.resources), ['Feed a', 'Feed b', 'Environment lab', 'Archive x'])
  assert.equal(held.problems, [])
  assert.equal(held.kept, [])
})

for (const [what, text] of [
  ['is no YAML any more', 'kind: ['],
  ['has an exchange that nobody knows', FEED('a', 'nowhere')],
  ['has a channel that its exchange has not', FEED('a').replace('[trade]', '[trades]')],
  ['lacks a field', FEED('a').replace(/ {2}channels.*\n/, '')],
] as const) {
  test(`a feed that ${what} stays as it was, and the others follow their edits`, () => {
    const before = good()
    const b = FEED('b').replace('[trade]', '[trade, ticker]')
    const held = takeEdit(before.resources, load({ ...GOOD, 'a.yaml': text, 'b.yaml': b }), check)
    assert.equal(names(held.resources).sort(), names(before.resources).sort())
    const feed = (name: string) =>
      held.resources.feeds.find(({ resource }) => resource.metadata.name === name)?.resource
    assert.equal(feed('a')?.spec.channels, ['trade'])
    assert.is(feed('a')?.spec.exchange, 'synthetic')
    assert.equal(feed('b')?.spec.channels, ['trade', 'ticker'])
    assert.equal(held.kept, ['Feed a'])
    assert.ok(held.problems.length > 0)
    assert.is(held.problems[0]?.file, 'a.yaml')

    // It stays so through the next edit of something else, and heals with its own.
    const again = takeEdit(held.resources, load({ ...GOOD, 'a.yaml': text }), check)
    assert.equal(again.kept, ['Feed a'])
    const healed = takeEdit(again.resources, load(GOOD), check)
    assert.equal(healed.kept, [])
    assert.equal(healed.problems, [])
  })
}

test('a file that is gone is gone', () => {
  const { 'b.yaml': _gone, ...rest } = GOOD
  const held = takeEdit(good().resources, load(rest), check)
  assert.equal(names(held.resources), ['Feed a', 'Environment lab', 'Archive x'])
  assert.equal(held.kept, [])
})

test('a file that is gone while another is broken is gone as well', () => {
  const { 'b.yaml': _gone, ...rest } = GOOD
  const held = takeEdit(good().resources, load({ ...rest, 'a.yaml': 'kind: [' }), check)
  assert.equal(names(held.resources).sort(), ['Archive x', 'Environment lab', 'Feed a'])
})

test('a feed that never was valid does not run, and keeps no other from running', () => {
  const held = takeEdit(
    undefined,
    load({ ...GOOD, 'a.yaml': FEED('a').replace('[trade]', '[trades]') }),
    check
  )
  assert.equal(names(held.resources), ['Feed b', 'Environment lab', 'Archive x'])
})

test('of two archives in the same files the later does not run', () => {
  const held = takeEdit(undefined, load({ ...GOOD, 'y.yaml': ARCHIVE('y', 'a') }), check)
  assert.equal(names(held.resources), ['Feed a', 'Feed b', 'Environment lab', 'Archive x'])
  assert.is(held.problems.length, 1)
})

test('an environment that an edit makes worse stays as it was; one that was so before follows', () => {
  const stream = (window: string) =>
    ENVIRONMENT.replace(
      '"nats://127.0.0.1:4222" }',
      `"nats://127.0.0.1:4222", stream: { maxAge: 1h, duplicateWindow: ${window} } }`
    )
  const worse = takeEdit(good().resources, load({ ...GOOD, 'lab.yaml': stream('2h') }), check)
  assert.equal(worse.kept, ['Environment lab'])
  assert.is(worse.resources.environments[0]?.resource.spec.transport.stream.duplicateWindow, '2m')

  const first = takeEdit(undefined, load({ ...GOOD, 'lab.yaml': stream('2h') }), check)
  const next = takeEdit(
    first.resources,
    load({ ...GOOD, 'lab.yaml': `${stream('2h')}  suspend: true\n` }),
    check
  )
  assert.is(next.resources.environments[0]?.resource.spec.suspend, true)
})

test('a reference to nothing hinders nobody', () => {
  const held = takeEdit(
    good().resources,
    load({ ...GOOD, 'lab.yaml': ENVIRONMENT.replace('["*"]', '[a, b, c]') }),
    check
  )
  assert.is(held.resources.environments[0]?.resource.spec.feeds.length, 3)
  assert.equal(held.kept, [])
  assert.is(held.problems.length, 1)
})

test.run()
