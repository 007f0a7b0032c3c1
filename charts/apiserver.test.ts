// test: limit 180s
// What the chart renders, given to a real API server in a namespace that enforces the restricted Pod Security standard.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { missingTools, startCluster, type TestCluster } from '../operator/testing/cluster.ts'
import {
  CHART,
  type Helm,
  missingHelm,
  openHelm,
  podTemplates,
  type Rendered,
  render,
  valuesFiles,
} from './testing/helm.ts'

const missing = (await missingHelm()) ?? (await missingTools())
const test = suite('the chart at a real API server')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
}
let cluster: TestCluster
let helm: Helm
test.before(async () => {
  if (missing !== undefined) return
  cluster = await startCluster()
  helm = await openHelm(cluster.kubeconfig)
  for (const kinds of [await toolPath('monitoring-kinds'), await toolPath('gateway-kinds')])
    await cluster.kubectl('apply', '--server-side', '--filename', kinds)
})
test.after(async () => {
  await helm?.close()
  await cluster?.stop()
})

async function kubectl(objects: readonly object[], ...args: readonly string[]): Promise<string> {
  const file = join(cluster.folder, 'input.json')
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  return cluster.kubectl(...args, '--filename', file)
}

/** With the service account that every pod needs, which no controller makes here. */
async function makeNamespace(name: string): Promise<void> {
  const metadata = { name, labels: RESTRICTED }
  await kubectl([{ apiVersion: 'v1', kind: 'Namespace', metadata }], 'apply')
  await cluster.kubectl('create', 'serviceaccount', 'default', '--namespace', name)
}

const isDefinition = ({ kind }: Rendered) => kind === 'CustomResourceDefinition'

for (const [name, file] of await valuesFiles())
  real(`takes every object of the values ${name}, first as a dry run`, async () => {
    const namespace = `chart-${name}`
    await makeNamespace(namespace)
    const objects = await render(helm, '--values', file, '--namespace', namespace)
    const server = ['apply', '--server-side', '--field-manager=helm', '--validate=strict']
    await kubectl(objects, ...server, '--dry-run=server')
    await kubectl(objects, ...server)
    const found = (await kubectl(objects, 'get', '-o=name')).trim().split('\n')
    const named = found.map((line) => line.slice(line.indexOf('/') + 1))
    assert.equal(
      named,
      objects.map(({ metadata }) => metadata.name)
    )
    // Applied again, nothing is another: no field that the API server writes otherwise than we do.
    const diff = kubectl(objects, 'diff', '--server-side', '--field-manager=helm')
    assert.is(await diff.catch((error: { stdout: string }) => error.stdout), '')
    await kubectl(
      objects.filter((object) => !isDefinition(object)),
      'delete',
      '--wait=false'
    )
  })

real(
  'its pods fit the restricted standard: not as a warning, but as pods that are taken',
  async () => {
    await makeNamespace('pods')
    await cluster.kubectl('create', 'serviceaccount', 'ssmd-operator', '--namespace', 'pods')
    const pods: object[] = []
    const open: object[] = []
    for (const [name, file] of await valuesFiles())
      for (const pod of podTemplates(await render(helm, '--values', file))) {
        const metadata = {
          ...pod.metadata,
          name: `${name}-${pod.metadata.name}`,
          namespace: 'pods',
        }
        // A StatefulSet adds the claim's volume itself.
        const volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } }
        const spec = pod.spec as { volumes?: object[]; priorityClassName?: string }
        const { priorityClassName: _class, ...rest } = spec
        const volumes = [...(spec.volumes ?? []), volume]
        const whole = { ...pod, metadata, spec: { ...rest, volumes } }
        pods.push(whole)
        open.push({ ...whole, spec: { ...whole.spec, securityContext: {} } })
      }
    await kubectl(pods, 'create', '--validate=strict', '--dry-run=server')
    // That the namespace does refuse: each of the same pods without one of its promises.
    const refused = await kubectl(open, 'create', '--dry-run=server').then(
      () => '',
      (error: { stderr: string }) => error.stderr
    )
    assert.is(refused.match(/violates PodSecurity/g)?.length, pods.length, refused)
    assert.ok(pods.length >= 5, `${pods.length} pods`)
  }
)

real(
  'the optional policies refuse other images and folders of nodes, and take the own ones',
  async () => {
    await makeNamespace('fenced')
    const objects = await render(
      helm,
      ...['--namespace', 'fenced', '--set', 'policies.images.enabled=true'],
      ...['--set', 'policies.images.prefixes={registry.example/team/}'],
      ...['--set', 'policies.hostPath.refused=true']
    )
    await kubectl(objects, 'apply', '--server-side', '--force-conflicts')
    const deployment = (image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'a',
        namespace: 'fenced',
        labels: { 'app.kubernetes.io/managed-by': 'ssmd' },
      },
      spec: {
        selector: { matchLabels: { a: 'a' } },
        template: {
          metadata: { labels: { a: 'a' } },
          spec: { containers: [{ name: 'a', image }] },
        },
      },
    })
    const tried = (object: object): Promise<string> =>
      kubectl([object], 'create', '--dry-run=server').then(
        () => 'taken',
        (error: { stderr: string }) => error.stderr
      )
    const archive = (storage: object) => ({
      apiVersion: 'ssmd.io/v1alpha1',
      kind: 'Archive',
      metadata: { name: 'a', namespace: 'fenced' },
      spec: { environmentRef: { name: 'e' }, feeds: ['f'], storage },
    })
    // A policy takes effect a moment after it was stored, and one of a test before this one may still be there.
    let said = ''
    await until(30_000, 'the policy', async () => {
      said = await tried(deployment('evil.example/x:1'))
      return said.includes('add its prefix to the list of the')
    }).catch((error: Error) => assert.unreachable(`${error.message}: ${said}`))
    assert.match(await tried(deployment('ssmd.local/ssmd-not:1')), 'is not allowed here')
    for (const own of ['ssmd.local/ssmd:0.1.0', 'registry.example/team/ssmd:1'])
      assert.is(await tried(deployment(own)), 'taken')
    assert.match(
      await tried(archive({ path: '/mnt' })),
      'spec.storage.path is a folder of the node'
    )
    assert.is(await tried(archive({ claim: { size: '1Gi' } })), 'taken')
    const ours = objects.filter((object) => !isDefinition(object))
    await kubectl(ours, 'delete', '--wait=false')
  }
)

real(
  'claims whose archivers run on different nodes are refused before anything is made',
  async () => {
    await makeNamespace('nodes')
    const archiver = (archive: string, nodeName: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `archiver-${archive}`,
        namespace: 'nodes',
        labels: { 'app.kubernetes.io/component': 'archiver', 'ssmd.io/archive': archive },
      },
      spec: {
        nodeName,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'a',
            image: 'a',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    })
    await kubectl([archiver('a', 'one'), archiver('b', 'two'), archiver('c', 'one')], 'create')
    const install = (...claims: readonly string[]) =>
      helm(
        ...['install', 'ssmd', CHART, '--namespace', 'nodes', '--dry-run=server'],
        ...['--set', 'crds.enabled=false'],
        ...claims.flatMap((claim, i) => ['--set', `dataApi.claims[${i}].claim=archiver-${claim}`])
      ).then(
        () => 'taken',
        (error: Error) => error.message
      )
    assert.match(
      await install('a', 'b'),
      'one pod cannot mount volumes of different nodes: the archivers run as a on one, b on two. Serve Archives of one node'
    )
    assert.is(await install('a', 'c'), 'taken')
    // Nothing runs yet: the scheduler puts the archivers wherever it can.
    assert.is(await install('d', 'e'), 'taken')
  }
)

test.run()
