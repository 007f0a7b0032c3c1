// test: limit 300s
// A real node: what a cluster's user relies on, seen with kubectl and from the volumes' folders. What is left outside of
// its namespaces is looked for by the runner, after this file has ended.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { manifest } from '../../operator/testing/control-plane.ts'
import { givenImages } from './images.ts'
import { lookAround, whatIsNew } from './left-behind.ts'
import { enclosed } from './namespaces.ts'
import { type NodeCluster, startNode } from './node.ts'
import { missingNode } from './tools.ts'
import { DEFAULT_VOLUMES } from './volumes.ts'

const missing = await missingNode()
const test = suite('a real node')
const VOLUMES = [
  ...DEFAULT_VOLUMES.slice(0, 2),
  { name: 'small', storageClass: 'small', size: '1Mi' },
  { name: 'locked', storageClass: 'locked', readOnly: true },
]

let started: NodeCluster | undefined
const theNode = (): NodeCluster => {
  assert.ok(started, 'it was started')
  return started as NodeCluster
}
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))
if (missing === undefined) {
  test.before(async () => {
    const { pause, ssmd } = givenImages()
    started = await startNode({ images: [pause.file, ssmd.file], volumes: VOLUMES })
  })
  test.after(() => started?.stop())
}

/** Says what it finds where it runs, serves, and notes in its volume that it was asked to end. */
const SERVER = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
const attempt = (work) => { try { return work() } catch (error) { return error.code } }
const note = (line) => appendFileSync('/data/notes', line + '\\n')
note(JSON.stringify({
  uid: process.getuid(),
  setting: readFileSync('/conf/setting', 'utf8'),
  root: attempt(() => writeFileSync('/new', '')),
  ready: Date.now(),
}))
createServer((request, response) => response.end(request.url)).listen(8080, () => console.log('serving'))
process.on('SIGTERM', () => setTimeout(() => { note('ended in order'); process.exit(0) }, 200))
`
const WORKS = "setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0))"

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}
const podOf = (script: readonly string[], container: object = {}, pod: object = {}) => ({
  securityContext: {
    ...{ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
    ...{ fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
  },
  terminationGracePeriodSeconds: 5,
  containers: [
    {
      name: 'main',
      image: givenImages().ssmd.name,
      imagePullPolicy: 'Never',
      command: ['/usr/bin/node', ...script],
      securityContext: RESTRICTED,
      ...container,
    },
  ],
  ...pod,
})
const pod = (name: string, spec: object) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { restartPolicy: 'Never', ...spec },
})
const claim = (name: string, size: string, storageClassName?: string) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } },
  spec: {
    accessModes: ['ReadWriteOnce'],
    ...(storageClassName === undefined ? {} : { storageClassName }),
    resources: { requests: { storage: size } },
  },
})
const claimed = (name: string) => ({ name, persistentVolumeClaim: { claimName: name } })

/** Made where a node runs: elsewhere there are no images. */
const app = () => [
  {
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    metadata: { name: 'app' },
    data: { 'app.mjs': SERVER, setting: 'given' },
  },
  claim('data', '100Gi'),
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } },
    spec: { selector: { app: 'app' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' } },
    spec: {
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: podOf(
          ['/conf/app.mjs'],
          {
            readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
            volumeMounts: [
              { name: 'conf', mountPath: '/conf' },
              { name: 'data', mountPath: '/data' },
            ],
          },
          { volumes: [{ name: 'conf', configMap: { name: 'app' } }, claimed('data')] }
        ),
      },
    },
  },
  pod('caller', podOf(['-e', WORKS])),
]

const apply = (name: string, ...objects: unknown[]) =>
  theNode().kubectl('apply', '-f', manifest(theNode(), name, ...objects))
const get = (what: string, path: string) =>
  theNode().kubectl('get', ...what.split(' '), '-o', `jsonpath={${path}}`)
const awaited = (what: string, path: string, value: string) =>
  theNode().kubectl(
    'wait',
    ...what.split(' '),
    `--for=jsonpath={${path}}=${value}`,
    '--timeout=25s'
  )
const notes = async () => {
  const volume = await get('pvc data', '.spec.volumeName')
  return (await readFile(join(theNode().volumes[volume] ?? '', 'notes'), 'utf8')).trim().split('\n')
}
const inPod = (script: string) =>
  theNode().kubectl('exec', 'caller', '--', '/usr/bin/node', '--input-type=module', '-e', script)
/** The identity of the running container of the app's pod, and how often it was started. */
const running = async () => {
  const of = '.items[*].status.containerStatuses[0]'
  return get('pods -l app=app', `${of}.containerID} {${of}.restartCount`)
}

real('runs a pod as it is declared: user, files, volume, readiness', async () => {
  await apply('app', ...app())
  await theNode().kubectl('wait', '--for=condition=Available', '--timeout=25s', 'deployment/app')
  await theNode().kubectl('wait', '--for=condition=Ready', '--timeout=25s', 'pod/caller')
  const { ready: _, ...found } = JSON.parse((await notes())[0] ?? '{}') as Record<string, unknown>
  assert.equal(found, { uid: 65532, setting: 'given', root: 'EROFS' })
  assert.is(await theNode().kubectl('logs', 'deployment/app'), 'serving\n')
})

real('names of Services lead to pods, from a pod and from here', async () => {
  const ask = "console.log(await (await fetch('http://app/from-a-pod')).text())"
  assert.is(await inPod(ask), '/from-a-pod\n')
  assert.is(await (await fetch('http://app.default.svc/from-here')).text(), '/from-here')
  // And the API server by its own, with the certificate that every pod is given.
  const token = '/var/run/secrets/kubernetes.io/serviceaccount'
  const api = `import { get } from 'node:https'; import { readFileSync } from 'node:fs'
    get('https://kubernetes.default.svc/version', { ca: readFileSync('${token}/ca.crt') },
      (response) => console.log(response.resume().statusCode))`
  assert.is(await inPod(api), '200\n')
})

real('the kubelet starts again and leaves the containers as they are', async () => {
  const before = await running()
  assert.match(before, /^containerd:.* 0$/)
  await theNode().restartKubelet()
  await theNode().kubectl('wait', '--for=condition=Ready', '--timeout=25s', 'node/node')
  // What it does is its own again: it starts a pod.
  await apply('after', pod('after', podOf(['-e', ''])))
  await awaited('pod/after', '.status.phase', 'Succeeded')
  assert.is(await running(), before)
})

real('a container that crashes is started again; its memory can be read', async () => {
  const { used, resident } = await theNode().memory({ namespace: 'default', name: 'caller' })
  assert.ok(resident > 1e6 && resident < 500e6 && used >= resident, `${resident} of ${used}`)
  const name = (await get('pods -l app=app', '.items[0].metadata.name')).trim()
  await theNode().killContainer({ namespace: 'default', name })
  await awaited(`pod/${name}`, '.status.containerStatuses[0].restartCount', '1')
  const code = await get(
    `pod/${name}`,
    '.status.containerStatuses[0].lastState.terminated.exitCode'
  )
  assert.is(code, '137')
})

real('a pod that is deleted is asked to end, and its volume is there for the next', async () => {
  // Two starts: the first, and the one after the crash.
  await until(20_000, 'the app running again', async () => (await notes()).length === 2)
  await theNode().kubectl('wait', '--for=condition=Available', '--timeout=25s', 'deployment/app')
  await theNode().kubectl('delete', 'pod', '-l', 'app=app')
  await theNode().kubectl('wait', '--for=condition=Available', '--timeout=25s', 'deployment/app')
  // The next one may start before the last one has ended: both in the same volume.
  await until(10_000, 'both notes', async () => (await notes()).length === 4)
  const [first = '', second = ''] = (await notes()).slice(2).sort()
  assert.is(first, 'ended in order')
  assert.match(second, '"uid":65532')
})

real('a pod that takes more memory than its limit is killed for it', async () => {
  const greedy = 'const all = []; for (;;) all.push(Buffer.alloc(8e6, 1))'
  const limited = { resources: { limits: { memory: '96Mi' } } }
  await apply('greedy', pod('greedy', podOf(['-e', greedy], limited)))
  await awaited('pod/greedy', '.status.containerStatuses[0].state.terminated.reason', 'OOMKilled')
})

real('a volume can be full, and one can be locked', async () => {
  const script = `const { writeFileSync } = require('node:fs')
    for (const folder of ['/small', '/locked']) {
      try { writeFileSync(folder + '/file', Buffer.alloc(2e6)); console.log('written') }
      catch (error) { console.log(error.code) }
    }`
  const mounts = ['small', 'locked'].map((name) => ({ name, mountPath: `/${name}` }))
  await apply(
    'writer',
    claim('small', '1Mi', 'small'),
    claim('locked', '1Mi', 'locked'),
    pod(
      'writer',
      podOf(['-e', script], { volumeMounts: mounts }, { volumes: ['small', 'locked'].map(claimed) })
    )
  )
  await awaited('pod/writer', '.status.phase', 'Succeeded')
  assert.is(await theNode().kubectl('logs', 'writer'), 'ENOSPC\nEROFS\n')
})

real('an image comes while the node runs', async () => {
  const nats = givenImages()['nats-server']
  const spec = podOf([], { image: nats.name, command: ['/usr/bin/nats-server', '--version'] })
  await apply('early', pod('early', spec))
  const reason = '.status.containerStatuses[0].state.waiting.reason'
  await awaited('pod/early', reason, 'ErrImageNeverPull')
  await theNode().importImage(nats.file)
  await apply('late', pod('late', spec))
  await awaited('pod/late', '.status.phase', 'Succeeded')
  assert.match(await theNode().kubectl('logs', 'late'), /nats-server/)
})

real('a namespace that is restricted refuses a pod that runs as root', async () => {
  await theNode().kubectl('create', 'namespace', 'strict')
  const label = 'pod-security.kubernetes.io/enforce=restricted'
  await theNode().kubectl('label', 'namespace', 'strict', label)
  const root = { containers: [{ name: 'a', image: 'a', securityContext: { runAsUser: 0 } }] }
  const file = manifest(theNode(), 'root', pod('root', root))
  const refused = await theNode().kubectl('apply', '-n', 'strict', '-f', file).catch(String)
  assert.match(refused, 'violates PodSecurity "restricted:latest"')
})

real('stops without a trace, so that another one starts in its place', async () => {
  const name = enclosed()?.folder.split('/').at(-1)
  await theNode().stop()
  const { output } = await run('ip', ['-o', 'link'])
  assert.not.match(output, /ssmd0|veth/)
  const before = await lookAround(name)
  started = await startNode({ images: [givenImages().pause.file] })
  await until(
    5_000,
    'the node in use',
    async () => whatIsNew(before, await lookAround(name)).length > 0
  )
  await theNode().stop()
  const left = whatIsNew(before, await lookAround(name))
  assert.equal(left, [])
})

test.run()
