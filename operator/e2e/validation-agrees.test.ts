// test: limit 180s
// Our validators and a real API server are held to the same verdict and the same field, on every sample and on hundreds
// of mistakes; and the CRDs give a user of kubectl what they promise.

import { readFile, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { Kind } from '#crds/kinds.ts'
import { formatPath } from '#crds/paths.ts'
import { LEAST } from '#crds/testdata/least.ts'
import { REFUSED, refusedField, resourceOf, TAKEN } from '#crds/testdata/samples.ts'
import { judge, judgeChange } from '#crds/validate.ts'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import type { Client } from '../kube/client.ts'
import type { KubeObject } from '../kube/objects.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { mutated } from '../testing/mutate.ts'
import { askApiServer, difference, RESOURCES } from '../testing/verdicts.ts'

const missing = await missingTools()
const test = suite('verdicts')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const ROOT = new URL('../..', import.meta.url).pathname
const MISTAKES = process.env.SSMD_FAULTS === 'all' ? 2000 : 200
const KINDS = Object.keys(RESOURCES) as Kind[]

let cluster: TestCluster
let client: Client

test.before(async () => {
  if (missing !== undefined) return
  cluster = await startCluster()
  client = cluster.client()
  await cluster.kubectl('apply', '-f', `${ROOT}crds`)
  await cluster.kubectl('wait', '--for=condition=Established', '--timeout=20s', 'crd', '--all')
})
test.after(async () => {
  client?.transport.close()
  await cluster?.stop()
})

/** Refusals as people see them, of kubectl. */
const refused = async (...args: string[]): Promise<string> =>
  cluster.kubectl(...args).then(
    (out) => assert.unreachable(`kubectl ${args.join(' ')} did it: ${out}`) as never,
    (error: unknown) => String((error as { stderr?: string }).stderr)
  )

real('every sample gets the same verdict, and every refusal names the same field', async () => {
  for (const sample of [...TAKEN, ...REFUSED]) {
    const written = resourceOf(sample)
    const verdict = await askApiServer(client, sample.kind, written)
    const name = `${sample.kind} ${sample.set} ${JSON.stringify(sample.to)}`
    assert.is(difference(sample.kind, written, verdict), undefined, name)
    assert.is(verdict.taken !== undefined, TAKEN.includes(sample), name)
    if (verdict.taken === undefined) {
      assert.ok([...verdict.fields, ...verdict.rules].includes(refusedField(sample)), name)
    }
  }
})

real('hundreds of mistakes get the same verdict at the same fields', async () => {
  const seed = Number(process.env.SSMD_SEED ?? Date.now() % 2 ** 31)
  console.log(`${MISTAKES} mistakes of seed ${seed}: SSMD_SEED=${seed} repeats them`)
  let taken = 0
  await fc.assert(
    fc.asyncProperty(mutated, async ({ kind, resource }) => {
      const verdict = await askApiServer(client, kind, resource)
      if (verdict.taken !== undefined) taken++
      const differs = difference(kind, resource, verdict)
      if (differs !== undefined) throw new Error(`${differs}\nof ${JSON.stringify(resource)}`)
    }),
    // What differs stands in the cause alone otherwise, which nobody prints.
    { numRuns: MISTAKES, seed, endOnFailure: false, includeErrorInReport: true }
  )
  const share = taken / MISTAKES
  assert.ok(
    share > 0.1 && share < 0.9,
    `seed ${seed}: ${taken} of ${MISTAKES} were taken: both must occur`
  )
})

real(
  'a sample read back has the spec that was applied, with the declared defaults and no more',
  async () => {
    for (const [i, sample] of TAKEN.entries()) {
      const written = resourceOf(sample) as unknown as KubeObject
      const named = { ...written, metadata: { name: `sample-${i}`, namespace: 'default' } }
      const made = await client.apply(RESOURCES[sample.kind], named, {
        manager: 'test',
        force: true,
      })
      const back = await client.get(RESOURCES[sample.kind], `default/sample-${i}`)
      assert.equal(back.spec, judge(sample.kind, written).resource?.spec, sample.set)
      // The second apply may store the default of status, which the server keeps from the first one.
      const apply = () =>
        client.apply(RESOURCES[sample.kind], named, { manager: 'test', force: true })
      const [second, third] = [await apply(), await apply()]
      assert.is(second.metadata.generation, made.metadata.generation)
      assert.is(third.metadata.resourceVersion, second.metadata.resourceVersion, 'nothing to do')
    }
  }
)

real('what cannot change is refused with the field and what to do instead', async () => {
  const synthetic = { name: 'v2', effectiveFrom: '2025-01-01', endpoint: 'synthetic://generator' }
  const other = { ...(LEAST.Archive.spec as object), environmentRef: { name: 'other' } }
  const changes = [
    [
      'Feed',
      'spec.exchange',
      { exchange: 'synthetic', versions: [synthetic], channels: ['trade'] },
      'make a new Feed',
    ],
    ['Archive', 'spec.environmentRef.name', other, 'make a new Archive'],
  ] as const
  for (const [kind, field, spec, hint] of changes) {
    const object = LEAST[kind] as unknown as KubeObject
    const named = { ...object, metadata: { name: 'fixed', namespace: 'default' } }
    const made = await client.create(RESOURCES[kind], named)
    const verdict = await askApiServer(client, kind, { ...made, spec }, true)
    assert.is(verdict.taken, undefined)
    if (verdict.taken === undefined) {
      assert.equal(verdict.rules, [field])
      assert.match(verdict.message, hint)
    }
    // And what may change, changes.
    const same = { ...made, metadata: { ...made.metadata, labels: { a: 'b' } } }
    assert.ok((await askApiServer(client, kind, same, true)).taken)
  }
})

real('every change from one sample to another gets the same verdict', async () => {
  for (const kind of KINDS) {
    const samples = TAKEN.filter((sample) => sample.kind === kind).map(resourceOf)
    const named = (written: unknown, i: number) => ({
      ...(written as KubeObject),
      metadata: { name: `change-${i}`, namespace: 'default' },
    })
    for (const [i, before] of samples.entries()) {
      const made = await client.create(RESOURCES[kind], named(before, i))
      const after = samples[(i + 1 + Math.floor(samples.length / 2)) % samples.length]
      const change = { ...named(after, i), metadata: made.metadata }
      const verdict = await askApiServer(client, kind, change, true)
      const [old, next] = [judge(kind, before).resource, judge(kind, after).resource]
      assert.ok(old && next)
      const ours = judgeChange(kind, old as never, next as never).map(({ path }) =>
        formatPath(path)
      )
      const name = `${JSON.stringify(before)} to ${JSON.stringify(after)}`
      assert.equal(verdict.taken === undefined ? verdict.rules : [], ours, name)
    }
  }
})

real('kubectl explain knows every field, with its words', async () => {
  const words = await cluster.kubectl('explain', 'feed.spec.versions.endpoint')
  assert.match(words, 'wss://')
  for (const kind of KINDS) {
    const { plural } = RESOURCES[kind]
    const all = await cluster.kubectl('explain', `${plural}.spec`, '--recursive')
    const { spec } = judge(kind, LEAST[kind]).resource ?? { spec: {} }
    for (const field of Object.keys(spec)) assert.match(all, new RegExp(`^  ${field}\\t`, 'm'))
  }
})

real('kubectl get shows the declared columns, with what the status says', async () => {
  for (const kind of KINDS) {
    const { plural } = RESOURCES[kind]
    const crd = parse(await readFile(`${ROOT}crds/${kind.toLowerCase()}.yaml`, 'utf8')) as {
      spec: { versions: [{ additionalPrinterColumns: { name: string; priority?: number }[] }] }
    }
    const columns = crd.spec.versions[0].additionalPrinterColumns
    const object = LEAST[kind] as unknown as KubeObject
    const name = `shown-${plural}`
    await client.create(RESOURCES[kind], { ...object, metadata: { name, namespace: 'default' } })
    const ready = {
      ...{ type: 'Ready', status: 'False', reason: 'Wondering', message: 'thinks about it' },
      ...{ lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 },
    }
    await client.patch(
      RESOURCES[kind],
      `default/${name}`,
      { kind: 'merge', value: { status: { conditions: [ready] } } },
      { subresource: 'status' }
    )
    const [head = '', row = ''] = (await cluster.kubectl('get', plural, name)).split('\n')
    const shown = columns.filter((column) => !column.priority).map((column) => column.name)
    assert.equal(head.trim().split(/\s{2,}/), ['NAME', ...shown.map((one) => one.toUpperCase())])
    assert.match(row, /\bFalse +Wondering\b/)
    assert.match(await cluster.kubectl('get', plural, name, '-o', 'wide'), 'thinks about it')
  }
  // The short names and the category that people type.
  for (const short of ['ssmd', 'feeds', 'environments', 'archives']) {
    assert.match(await cluster.kubectl('get', short, '-o', 'name'), 'ssmd.io/shown-')
  }
})

real('every CRD fits into the annotation of a client-side apply (argo-cd#8128)', async () => {
  for (const kind of KINDS) {
    const crd = await cluster.kubectl(
      'get',
      'crd',
      `${RESOURCES[kind].plural}.ssmd.io`,
      '-o',
      'json'
    )
    const { metadata } = JSON.parse(crd) as KubeObject
    const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']
    assert.ok(applied !== undefined && applied.length < 262_144, `${kind}: ${applied?.length}`)
  }
})

real(
  'the optional storage policy refuses a folder of the node, but where it is allowed',
  async () => {
    const archive = (namespace: string, name: string) => ({
      ...(LEAST.Archive as unknown as KubeObject),
      metadata: { name, namespace },
    })
    const inClaim = {
      ...archive('default', 'claimed'),
      spec: { ...(LEAST.Archive.spec as object), storage: { claim: { size: '1Gi' } } },
    }
    await cluster.kubectl('create', 'namespace', 'trusting')
    await cluster.kubectl('label', 'namespace', 'trusting', 'ssmd.io/allow-host-path=true')
    await cluster.kubectl('apply', '-f', `${ROOT}crds/policy/storage.yaml`)
    const attempt = (object: KubeObject) =>
      client.create(RESOURCES.Archive, object, { attempts: 1 }).then(() => '', String)
    // A policy is in force a moment after it was made.
    let n = 0
    await until(
      20_000,
      'the policy',
      async () => (await attempt(archive('default', `p${n++}`))) !== ''
    )
    assert.match(await attempt(archive('default', 'p')), 'give spec.storage.claim')
    assert.is(await attempt(inClaim), '')
    assert.is(await attempt(archive('trusting', 'p')), '')
    await cluster.kubectl('delete', '-f', `${ROOT}crds/policy/storage.yaml`)
  }
)

real('the optional image policy lets only listed images into Deployments of ssmd', async () => {
  await cluster.kubectl('apply', '-f', `${ROOT}crds/policy/images.yaml`)
  const attempt = (image: string, managedBy = 'ssmd') => refusedOrMade(image, managedBy)
  await until(20_000, 'the policy', async () => (await attempt('evil.invalid/x')) !== '')
  assert.match(await attempt('evil.invalid/x'), 'image evil.invalid/x is not allowed here')
  assert.is(await attempt('ghcr.io/ssmd/ssmd:1'), '')
  assert.is(await attempt('evil.invalid/x', 'somebody-else'), '')
  await cluster.kubectl('delete', '-f', `${ROOT}crds/policy/images.yaml`)
})

let deployments = 0
async function refusedOrMade(image: string, managedBy: string): Promise<string> {
  const name = `d${++deployments}`
  const labels = { 'app.kubernetes.io/managed-by': managedBy, name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image }] } }
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { selector: { matchLabels: { name } }, template },
  }
  const path = '/apis/apps/v1/namespaces/default/deployments'
  return client.transport
    .request({ method: 'POST', path, query: { dryRun: 'All' }, body, attempts: 1 })
    .then(() => '', String)
}

real('a misspelt field is refused by kubectl too, as it is by ssmd validate', async () => {
  const file = `${cluster.folder}/misspelt.json`
  const feed = LEAST.Feed as unknown as KubeObject
  await writeFile(
    file,
    JSON.stringify({ ...feed, spec: { ...(feed.spec as object), stat: 'active' } })
  )
  assert.match(await refused('apply', '-f', file), 'unknown field "spec.stat"')
})

test.run()
