// test: limit 180s
// O12: a thousand passes (200 in an ordinary run) over each of a Feed, an Environment, an Archive and a Signal that nobody changes write nothing. What
// starts the passes is a claim beside them that names one of them as its controller: touching it wakes the owner, and
// none of what is compared.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CLAIMS, type KubeObject, ownedBy, type Resource } from '../kube/objects.ts'
import { CHILD_KINDS } from '../reconcile/children.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS, RESOURCES, SIGNALS } from '../reconcile/kinds.ts'
import { conditionsIn } from '../status/status.ts'
import { type Audit, isLease, makeAudit } from '../testing/audit.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  isSettled,
  type KindsCluster,
  playAvailable,
  type Space,
  signal,
  startKinds,
} from '../testing/kinds.ts'

const MS = 60_000
/** A share of them in an ordinary run. */
const PASSES = process.env.SSMD_FAULTS === 'all' ? 1000 : 200
const test = suite('a thousand passes')
let kinds: KindsCluster
const audit: Audit = makeAudit()

test.before(async () => {
  kinds = await startKinds({ audit })
})
test.after(async () => {
  await kinds?.stop()
  audit.remove()
})

const OWNERS = [
  ['feed', FEEDS, 'k'],
  ['environment', ENVIRONMENTS, 'prod'],
  ['archive', ARCHIVES, 'keep'],
  ['signal', SIGNALS, 'wide'],
] as const satisfies readonly (readonly [string, Resource, string])[]

/** The operator never takes a claim away, so it may stand there with a reference that makes it one of ours. */
async function addBell(space: Space, resource: Resource, name: string): Promise<string> {
  const owner = await kinds.client.get(resource, `${space.name}/${name}`)
  const bell = `bell-${resource.plural}`
  await kinds.client.create(CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: bell,
      namespace: space.name,
      labels: { 'app.kubernetes.io/managed-by': 'ssmd' },
      ownerReferences: [ownedBy({ ...owner, kind: resource.kind, apiVersion: 'ssmd.io/v1alpha1' })],
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  })
  return `${space.name}/${bell}`
}

const versionsIn = async (space: Space): Promise<string[]> => {
  const kindsOf = [...Object.values(RESOURCES), ...CHILD_KINDS]
  const lists = await Promise.all(
    kindsOf.map((kind) => kinds.client.list(kind, { namespace: space.name }))
  )
  return lists
    .flatMap(({ items }, i) =>
      items.map(
        ({ metadata }) => `${kindsOf[i]?.kind} ${metadata.name} ${metadata.resourceVersion}`
      )
    )
    .filter((line) => !line.includes(' bell-'))
}

const writesOf = (space: Space) =>
  audit
    .writes(space.name)
    .filter((write) => write.user.username.startsWith('system:serviceaccount:') && !isLease(write))

test(`${PASSES} passes over each kind write nothing, and every status is of its generation (O12)`, async () => {
  const space = await kinds.space()
  const { client } = kinds
  let skewMs = 0
  const operator = await kinds.operate(space, { nowMs: () => Date.now() + skewMs })
  const version = {
    name: 'v2',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://exchange.invalid/ws',
    restEndpoint: 'https://exchange.invalid/api',
    authMethod: 'apiKey',
  }
  await declare(client, feed(space, 'k', { exchange: 'kalshi', versions: [version] }))
  await declare(client, environment(space, 'prod', ['k'], { simulator: { feeds: ['k'] } }))
  await declare(client, archive(space, 'keep', 'prod', ['k']))
  await declare(client, signal(space, 'wide', 'prod', ['k']))
  const ready = (reason: string) => async () => {
    const objects = await Promise.all(
      OWNERS.map(([, kind, name]) => client.get(kind, `${space.name}/${name}`))
    )
    return objects.every(
      (object) => isSettled(object) && condition(object, 'Ready').startsWith(reason)
    )
  }
  await until(MS, 'all is made', ready('False Starting'))
  for (const name of ['connector-prod-k', 'simulator-prod-k', 'archiver-keep', 'signal-wide'])
    await playAvailable(client, `${space.name}/${name}`)
  await until(MS, 'all is ready', ready('True'))
  const bells = await Promise.all(OWNERS.map(([, kind, name]) => addBell(space, kind, name)))
  // Reports have had their time, and none came; and figures that were held back may be written.
  skewMs = 60_000
  let rings = 0
  const ring = () =>
    Promise.all(
      bells.map((key) =>
        client.patch(CLAIMS, key, {
          kind: 'merge',
          value: { metadata: { annotations: { ring: String(++rings) } } },
        })
      )
    )
  await ring()
  await until(MS, 'it is quiet', async () => {
    const before = writesOf(space).length
    await waitOut(1000, 'a second in which nothing is written')
    return writesOf(space).length === before
  })

  const versions = await versionsIn(space)
  const writes = writesOf(space).length
  const passes = () => Promise.all(OWNERS.map(([controller]) => operator.passes(controller)))
  const from = await passes()
  const isDone = async () => (await passes()).every((count, i) => count - (from[i] ?? 0) >= PASSES)
  await until(MS * 2, `${PASSES} passes`, async () => {
    for (let i = 0; i < 50; i++) await ring()
    return isDone()
  })

  assert.equal(writesOf(space).slice(writes), [], 'no write in the audit log')
  assert.equal(await versionsIn(space), versions)
  for (const [, kind, name] of OWNERS) {
    const object: KubeObject = await client.get(kind, `${space.name}/${name}`)
    assert.ok(isSettled(object))
    for (const { observedGeneration } of conditionsIn(object.status))
      assert.is(observedGeneration, object.metadata.generation)
  }
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
