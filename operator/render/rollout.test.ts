// When pods are replaced: the pure decision, as a table.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Deployment } from './objects.ts'
import { decideRollout, isOpen, type RolloutPolicy } from './rollout.ts'

const test = suite('roll-out decisions')

const deployment = (image: string, config: string): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'n', labels: {} },
    spec: {
      replicas: 1,
      template: {
        metadata: { labels: {}, annotations: { 'ssmd.io/config-hash': config } },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
  }) as unknown as Deployment
/** As the API server gives it back: with defaults, and with what others wrote. */
const live = (from: Deployment): Deployment => {
  const copy = structuredClone(from) as unknown as {
    spec: {
      template: { metadata: { annotations: Record<string, string> }; spec: Record<string, unknown> }
    }
  }
  copy.spec.template.spec.dnsPolicy = 'ClusterFirst'
  copy.spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt'] = 'x'
  return copy as unknown as Deployment
}
const NOON = Date.UTC(2026, 10, 24, 12)
const AUTOMATIC: RolloutPolicy = { policy: 'Automatic' }
const MANUAL: RolloutPolicy = { policy: 'Manual' }
const window = (start: string, end: string): RolloutPolicy => ({
  policy: 'Window',
  window: { start, end },
})
const first = decideRollout(
  undefined,
  deployment('ssmd:1', 'one'),
  AUTOMATIC,
  undefined,
  NOON
).deployment

const TABLE: readonly (readonly [
  string,
  string,
  string,
  RolloutPolicy,
  string | undefined,
  string,
  string,
  string[],
])[] = [
  // what, image, config, policy, asked -> image, config, pending
  ['nothing changes', 'ssmd:1', 'one', AUTOMATIC, undefined, 'ssmd:1', 'one', []],
  [
    'an upgrade of the operator replaces nothing',
    'ssmd:2',
    'one',
    AUTOMATIC,
    undefined,
    'ssmd:1',
    'one',
    ['image'],
  ],
  [
    'a new image goes along with a cause',
    'ssmd:2',
    'two',
    AUTOMATIC,
    undefined,
    'ssmd:2',
    'two',
    [],
  ],
  ['a cause rolls', 'ssmd:1', 'two', AUTOMATIC, undefined, 'ssmd:1', 'two', []],
  ['Manual waits', 'ssmd:2', 'two', MANUAL, undefined, 'ssmd:1', 'one', ['config', 'image']],
  ['Manual rolls when asked', 'ssmd:2', 'two', MANUAL, 'now', 'ssmd:2', 'two', []],
  ['an image rolls when asked', 'ssmd:2', 'one', AUTOMATIC, 'now', 'ssmd:2', 'one', []],
  [
    'a closed window waits',
    'ssmd:1',
    'two',
    window('22:00', '02:00'),
    undefined,
    'ssmd:1',
    'one',
    ['config'],
  ],
  [
    'an open window lets all go',
    'ssmd:2',
    'one',
    window('11:00', '13:00'),
    undefined,
    'ssmd:2',
    'one',
    [],
  ],
]
for (const [what, image, config, policy, asked, toImage, toConfig, pending] of TABLE)
  test(`${what}`, () => {
    const found = decideRollout(live(first), deployment(image, config), policy, asked, NOON)
    const { template } = found.deployment.spec
    assert.is(template.spec.containers[0].image, toImage)
    assert.is(template.metadata.annotations['ssmd.io/config-hash'], toConfig)
    assert.equal(found.pending, pending)
  })

test('what was asked for once is not asked for again, and an image that somebody set by hand is put back', () => {
  const asked = decideRollout(
    live(first),
    deployment('ssmd:2', 'one'),
    MANUAL,
    'now',
    NOON
  ).deployment
  const again = decideRollout(live(asked), deployment('ssmd:3', 'one'), MANUAL, 'now', NOON)
  assert.equal(again.pending, ['image'])
  const without = decideRollout(live(asked), deployment('ssmd:2', 'one'), MANUAL, undefined, NOON)
  assert.equal(without.pending, [], 'the annotation may be taken away')
  const edited = live(first) as unknown as {
    spec: { template: { spec: { containers: { image: string }[] } } }
  }
  edited.spec.template.spec.containers[0]!.image = 'evil:1'
  const put = decideRollout(edited, deployment('ssmd:1', 'one'), AUTOMATIC, undefined, NOON)
  assert.is(put.deployment.spec.template.spec.containers[0].image, 'ssmd:1')
})

test('a window may go over midnight', () => {
  const at = (text: string) => Date.parse(`2026-11-24T${text}:00Z`)
  const night = { start: '22:00', end: '02:00' }
  assert.equal(
    ['21:59', '22:00', '00:00', '01:59', '02:00'].map((text) => isOpen(night, at(text))),
    [false, true, true, true, false]
  )
})

test.run()
