import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import type { Feed } from './feed.gen.ts'
import { LEAST } from './testdata/least.ts'
import { judge } from './validate.ts'
import { versionInForce } from './versions.ts'

const test = suite('versions')

type Span = { readonly effectiveFrom: string; readonly effectiveTo?: string | undefined }

function feedOf(spans: readonly Span[]): Feed {
  const feed = judge('Feed', LEAST.Feed).resource
  assert.ok(feed)
  const versions = spans.map(({ effectiveFrom, effectiveTo }, i) => ({
    name: `v${i}`,
    effectiveFrom,
    ...(effectiveTo === undefined ? {} : { effectiveTo }),
    endpoint: 'wss://x.test',
    authMethod: 'none' as const,
  }))
  return { ...feed, spec: { ...feed.spec, versions } }
}

const nameOn = (day: string, ...spans: readonly Span[]): string | undefined =>
  versionInForce(feedOf(spans), day)?.name

test('in force is the version that began last, whatever the order they stand in', () => {
  const old = { effectiveFrom: '2025-01-01' }
  const present = { effectiveFrom: '2026-01-01' }
  const coming = { effectiveFrom: '2027-01-01' }
  assert.equal(nameOn('2026-11-24', old, present, coming), 'v1')
  assert.equal(nameOn('2026-11-24', coming, present, old), 'v1')
  assert.equal(nameOn('2026-01-01', old, present), 'v1')
  assert.equal(nameOn('2025-12-31', old, present), 'v0')
  assert.equal(nameOn('2024-12-31', old, present), undefined)
})

test('effectiveTo is the last day, and an older version without end comes back after it', () => {
  const trial = { effectiveFrom: '2026-02-01', effectiveTo: '2026-02-28' }
  assert.equal(nameOn('2026-02-28', { effectiveFrom: '2025-01-01' }, trial), 'v1')
  assert.equal(nameOn('2026-03-01', { effectiveFrom: '2025-01-01' }, trial), 'v0')
  assert.equal(nameOn('2026-03-01', trial), undefined)
})

test('no version that is running began later than the one in force', () => {
  const day = fc.integer({ min: 10, max: 28 }).map((n) => `2026-01-${n}`)
  const span = fc.record({ effectiveFrom: day, effectiveTo: fc.option(day, { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), day, (spans, today) => {
      const running = feedOf(spans).spec.versions.filter(
        (v) => v.effectiveFrom <= today && (v.effectiveTo ?? today) >= today
      )
      const best = versionInForce(feedOf(spans), today)
      assert.equal(best === undefined, running.length === 0)
      for (const version of running) assert.ok(version.effectiveFrom <= (best?.effectiveFrom ?? ''))
    })
  )
})

test.run()
