// What restarts the pod of a signal, and what its pod may reach: tables over pure functions. The whole objects are golden files of
// operator/desired.test.ts.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResources } from '#crds/parse.ts'
import { declaredOf, desiredObjects } from '../desired.ts'
import { checkResources } from '../policies.ts'
import { isolationOf } from '../render/isolation.ts'
import type { Deployment, NetworkPolicy } from '../render/objects.ts'
import type { Platform } from '../render/platform.ts'
import { decideRollout, rolloutCauses } from '../render/rollout.ts'
import { egressOf } from './egress.ts'

const test = suite('signal desired')
const FILE = new URL('../testdata/signals/resources.yaml', import.meta.url)
const text = readFileSync(FILE, 'utf8')

const platform: Platform = {
  image: 'ssmd:1',
  namespace: 'ssmd',
  date: '2026-11-24',
  simulatorUrl: () => 'ws://simulator',
  hostPath: (path) => path,
  secretHash: (secret) => `hash-of-${secret}`,
  variables: undefined,
}

function declared(of: string) {
  const found = parseResources(of, 'x.yaml')
  assert.equal(found.problems, [])
  return declaredOf(found)
}

function deploymentIn(of: string, name: string, on: Platform = platform): Deployment {
  const { objects } = desiredObjects(declared(of), on)
  const found = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === name
  )
  if (found === undefined) throw new Error(`no Deployment ${name}`)
  return found as Deployment
}

const causes = (name: string, to: string, on: Platform = platform): string[] =>
  rolloutCauses(deploymentIn(text, name).spec.template, deploymentIn(to, name, on).spec.template)

function edited(from: string, to: string): string {
  assert.ok(text.includes(from), from)
  return text.replace(from, to)
}

const SOURCE = edited('event.ask - event.bid', 'event.bid')
test('an edit of the program restarts its own pod and no other', () => {
  assert.equal(causes('signal-wide-spread', SOURCE), ['config'])
  for (const other of ['signal-plain', 'connector-prod-kraken', 'archiver-fires'])
    assert.equal(causes(other, SOURCE), [], other)
})

for (const [what, from, to] of [
  ['the symbols of a Feed', '[BTC/USD]', '[BTC/USD, ETH/USD]'],
  ['resources of connectors', 'cpu: 250m', 'cpu: 500m'],
  ['the shards of the Environment', 'shards: 2', 'shards: 3'],
  [
    'another Feed of the Environment',
    'feeds: [kraken, described]\n  transport',
    'feeds: ["*"]\n  transport',
  ],
] as const)
  test(`restarts no signal: ${what}`, () => {
    for (const name of ['signal-wide-spread', 'signal-plain'])
      assert.equal(causes(name, edited(from, to)), [], name)
  })

for (const [what, from, to, cause] of [
  ['parameters', 'threshold: 0.5', 'threshold: 0.6', 'config'],
  ['a sink', 'fires: 5', 'fires: 6', 'config'],
  ['its resources', 'memory: 2Gi', 'memory: 3Gi', 'resources'],
  ['how a Feed describes its frames', 'price: p', 'price: x', 'config'],
] as const)
  test(`restarts the signal: ${what}`, () => {
    assert.equal(causes('signal-wide-spread', edited(from, to)), [cause])
  })

test('neither a rotated Secret nor an upgraded operator restarts a signal; the image waits for the next edit', () => {
  const rotated = { ...platform, secretHash: () => 'another' }
  assert.equal(causes('signal-wide-spread', text, rotated), [])
  const policy = { policy: 'Automatic' } as const
  const live = decideRollout(undefined, deploymentIn(text, 'signal-plain'), policy, undefined, 0)
  const next = deploymentIn(text, 'signal-plain', { ...platform, image: 'ssmd:2' })
  const upgraded = decideRollout(live.deployment, next, policy, undefined, 0)
  assert.equal(upgraded.deployment.spec.template, live.deployment.spec.template)
  assert.equal(upgraded.pending, ['image'])
  const plain = edited('source: export default {}\n---', 'source: export default {} // again\n---')
  const again = deploymentIn(plain, 'signal-plain', { ...platform, image: 'ssmd:2' })
  const after = decideRollout(live.deployment, again, policy, undefined, 0).deployment
  assert.is(after.spec.template.spec.containers[0].image, 'ssmd:2')
})

test('a pod without sinks reaches name servers and NATS alone; one with sinks reaches them', () => {
  const { signals, environments } = declared(text)
  const policyOf = (name: string) => {
    const signal = signals.find(({ metadata }) => metadata.name === name)!
    const deployment = deploymentIn(text, `signal-${name}`)
    const [, policy] = isolationOf(deployment, [], egressOf(signal, environments[0]!))
    return (policy as NetworkPolicy).spec
  }
  const { policyTypes, egress } = policyOf('plain')
  assert.equal(policyTypes, ['Ingress', 'Egress'])
  assert.equal(
    [...new Set(egress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port)))],
    [53, 5353, 4222]
  )
  assert.equal(policyOf('wide-spread').egress, [{}])
})

for (const [what, from, to, field, message] of [
  [
    'an unknown Feed',
    'feeds: [kraken]\n  source: export default {}\n---',
    'feeds: [krakn]\n  source: export default {}\n---',
    'spec.feeds[0]',
    'did you mean kraken',
  ],
  [
    'what another Signal fires',
    'feeds: [kraken]\n  source: export default {}\n---',
    'feeds: [signal-plain]\n  source: export default {}\n---',
    'spec.feeds[0]',
    'name Feeds alone',
  ],
  [
    'an Archive of fires of no Signal',
    '[signal-wide-spread]',
    '[signal-wide-sprea]',
    'spec.feeds[0]',
    'did you mean wide-spread',
  ],
] as const)
  test(`is refused: ${what}`, () => {
    const found = parseResources(edited(from, to), 'x.yaml')
    const problems = checkResources(found, '2026-11-24')
    assert.is(problems[0]?.field, field)
    assert.match(`${problems[0]?.message} ${problems[0]?.hint}`, message)
  })

test('the resources as they stand have no problem', () => {
  const found = parseResources(text, 'x.yaml')
  const keyless = checkResources(found, '2026-11-24')
  assert.equal(keyless, [])
})

test.run()
