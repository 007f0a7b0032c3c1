// test: alone, limit 900s
// A commit of many feeds: all of them are captured, and then nobody writes any more.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS } from '../../operator/kube/objects.ts'
import {
  declareApplication,
  isHealthy,
  refresh,
  untilApplication,
  untilSettled,
} from './applications.ts'
import { application, environment, feed } from './declared.ts'
import { healthChecks } from './health-checks.ts'
import {
  missingTestbed,
  NAMESPACE,
  said,
  startTestbed,
  stepsPrinted,
  type Testbed,
} from './testbed.ts'
import { countWrites, untilQuiet } from './writes.ts'

const missing = await missingTestbed()
const test = suite('many feeds in one commit')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))
const FEEDS = 500
const WATCH_MS = 40_000

let bed: Testbed
test.before(
  said(async () => {
    if (missing !== undefined) return
    bed = await startTestbed({
      config: await healthChecks(),
      step: stepsPrinted,
      // Argo CD looks again and again meanwhile, as it does in life every few minutes.
      timing: { resyncSeconds: 5 },
    })
    await bed.operator.up()
  })
)
test.after(async () => bed?.stop())

const nameOf = (n: number) => `f${String(n).padStart(3, '0')}`

real(`${FEEDS} feeds: Healthy, and after that not one write over any of them`, async () => {
  const { argo, repository, writes } = bed
  const { client } = argo
  const names = Array.from({ length: FEEDS }, (_, n) => nameOf(n))
  const revision = await repository.push('many', {
    'many/environment.yaml': [environment('many', bed.nats.url, ['*'])],
    ...Object.fromEntries(names.map((name) => [`many/feeds/${name}.yaml`, [feed(name)]])),
  })
  const from = performance.now()
  await declareApplication(
    client,
    await application({
      name: 'many',
      repository: repository.url,
      path: 'many',
      namespace: NAMESPACE,
    })
  )
  await untilSettled(client, 'many', revision, 400_000)
  const synced = performance.now() - from
  await untilApplication(client, 'many', 'healthy', isHealthy, 400_000)
  console.log(
    `  ${FEEDS} feeds: Synced ${Math.round(synced)} ms, Healthy ${Math.round(performance.now() - from)} ms`
  )
  const { items } = await client.list(DEPLOYMENTS, { namespace: NAMESPACE })
  assert.is(items.length, FEEDS)
  // That nothing reports, because no pod runs here, is said once more at the next look, half a minute on.
  await untilQuiet(writes, NAMESPACE, { forMs: 35_000, ms: 400_000 })
  const mark = writes.mark()
  await sleep(WATCH_MS)
  const seen = writes.since(mark)
  assert.equal(countWrites(seen.filter(({ namespace }) => namespace === NAMESPACE)), [])
  const own = countWrites(seen.filter(({ namespace }) => namespace === 'argocd'))
  console.log(`  in ${WATCH_MS / 1000} s Argo CD wrote for itself: ${own.join('; ') || 'nothing'}`)
})

real('one changed feed among many: one write to it, none to the others', async () => {
  const { argo, repository, writes } = bed
  const mark = writes.mark()
  const revision = await repository.push('one', {
    'many/feeds/f007.yaml': [feed('f007', { channels: ['trade'] })],
  })
  await refresh(argo.client, 'many')
  await untilSettled(argo.client, 'many', revision)
  await untilQuiet(writes, NAMESPACE, { forMs: 5_000, ms: 120_000 })
  const specs = writes
    .since(mark)
    .filter(({ resource, subresource }) => resource === 'feeds' && subresource === undefined)
  assert.equal(
    specs.map(({ name }) => name),
    ['f007'],
    countWrites(specs).join('; ')
  )
  const others = writes
    .since(mark)
    .filter(({ namespace, name }) => namespace === NAMESPACE && !name?.includes('f007'))
  assert.equal(countWrites(others.filter(({ resource }) => resource !== 'pods')), [])
})

test.run()
