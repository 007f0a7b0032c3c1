// test: limit 240s
// The life of a release in a control plane with Kubernetes' own controllers: installed, used as its notes say, upgraded and
// uninstalled. The operator runs from these sources, as the service account that the chart made and with the arguments
// that it gives; a stand-in plays the kubelet.

import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience, until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import {
  type ControlPlane,
  missingPlaneTools,
  startControlPlane,
} from '../operator/testing/control-plane.ts'
import { type Running, startProcess } from '../operator/testing/processes.ts'
import {
  at,
  CHART,
  type Helm,
  missingHelm,
  NAMESPACE,
  openHelm,
  type Rendered,
} from './testing/helm.ts'
import { readCommands, readExample } from './testing/notes.ts'

const missing = (await missingHelm()) ?? (await missingPlaneTools())
const test = suite('a release of the chart')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const SSMD = new URL('../cli/main.ts', import.meta.url).pathname
const MS = 60_000
let plane: ControlPlane
let helm: Helm
let operator: Running | undefined
test.before(async () => {
  if (missing !== undefined) return
  plane = await startControlPlane()
  helm = await openHelm(plane.kubeconfig)
})
test.after(async () => {
  await operator?.stop()
  await helm?.close()
  await plane?.stop()
})

const get = async (...args: readonly string[]): Promise<Rendered> =>
  JSON.parse(await plane.kubectl('get', '--namespace', NAMESPACE, '-o=json', ...args)) as Rendered
const items = async (...args: readonly string[]): Promise<readonly Rendered[]> =>
  (await get(...args)).items as readonly Rendered[]

/** What a person pastes into a shell in which kubectl is the one of this cluster. */
async function shell(text: string): Promise<string> {
  const bin = join(plane.folder, 'bin')
  await mkdir(bin, { recursive: true })
  await symlink(await toolPath('kubectl'), join(bin, 'kubectl')).catch(() => {})
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, KUBECONFIG: plane.kubeconfig }
  const done = await promisify(execFile)('bash', ['-euc', text], { env, timeout: patience(MS) })
  return done.stdout
}

/** The operator of the release: its Deployment's own arguments, its service account's own token. */
async function startOperator(): Promise<Running> {
  const token = await plane.kubectl('create', 'token', 'ssmd-operator', '--namespace', NAMESPACE)
  const kubeconfig = join(plane.folder, 'operator.kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: plane.server,
          'certificate-authority-data': plane.ca.toString('base64'),
        },
      },
    ],
    users: [{ name: 'u', user: { token: token.trim() } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: NAMESPACE } }],
    'current-context': 'x',
  }
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 })
  const deployment = await get('deployment', 'ssmd-operator')
  const args = at(deployment, 'spec.template.spec.containers.0.args') as string[]
  const here = args.map((arg) => arg.replace('0.0.0.0:8080', '127.0.0.1:0'))
  return startProcess(
    'ssmd operator',
    process.execPath,
    [SSMD, ...here, '--kubeconfig', kubeconfig],
    { logFile: join(plane.folder, 'operator.log') }
  )
}

const uids = async (kind: string, ...args: readonly string[]): Promise<readonly string[]> =>
  (await items(kind, ...args))
    .map(({ metadata }) => `${metadata.name} ${at(metadata, 'uid')}`)
    .sort()
const CAPTURES = '--selector=app.kubernetes.io/managed-by=ssmd'

let notes = ''
real('installs, becomes ready, and its notes work as they are', async () => {
  notes = await helm(
    ...['install', 'ssmd', CHART, '--namespace', NAMESPACE, '--create-namespace'],
    ...['--wait', '--timeout', '60s']
  )
  for (const command of readCommands(notes).filter((line) => line.includes('rollout status')))
    await shell(command)
  operator = await startOperator()
  await shell(readExample(notes))
  await shell(
    `kubectl -n ${NAMESPACE} wait --for=condition=Ready --timeout=60s feed/kalshi archive/kalshi environment/lab`
  )
  const list = readCommands(notes).find((line) => line.includes('get feeds')) ?? ''
  assert.match(await shell(list), /archive\.ssmd\.io\/kalshi .*True/)
  assert.ok((await items('deployments', CAPTURES)).length >= 3, 'connector, archiver, simulator')
})

real("the operator did that with the chart's roles and was refused nothing", async () => {
  const log = await readFile(join(plane.folder, 'operator.log'), 'utf8')
  assert.match(log, '"msg":"ready"')
  assert.not.match(log, /forbidden/i)
})

real(
  'an upgrade to a new image and other pull secrets replaces the operator, and neither a capture nor NATS',
  async () => {
    const before = await uids('pods', CAPTURES)
    const nats = await uids('pods', '--selector=app.kubernetes.io/component=nats')
    assert.ok(before.length >= 3 && nats.length === 1)
    await helm(
      ...['upgrade', 'ssmd', CHART, '--namespace', NAMESPACE, '--wait', '--timeout', '60s'],
      ...['--set', 'image.tag=9.9.9', '--set', 'image.pullSecrets={team,mirror.example}']
    )
    await operator?.stop('SIGTERM')
    operator = await startOperator()
    // It has seen the new image, and says that it waits.
    await until(MS, 'the feed knows that a new image waits', async () => {
      const feed = await get('feed', 'kalshi')
      const conditions = at(feed, 'status.conditions') as { type: string; message: string }[]
      return conditions.some(
        ({ type, message }) => type === 'RolloutPending' && message.includes('image')
      )
    })
    await until(MS, 'the service accounts of the pods name the Secrets', async () => {
      const accounts = await items('serviceaccounts', CAPTURES)
      const named = accounts.map(({ imagePullSecrets }) => JSON.stringify(imagePullSecrets))
      const all = '[{"name":"team"},{"name":"mirror.example"}]'
      return named.length >= 3 && named.every((text) => text === all)
    })
    assert.equal(await uids('pods', CAPTURES), before)
    assert.equal(await uids('pods', '--selector=app.kubernetes.io/component=nats'), nats)
  }
)

real('uninstalled, it leaves kinds, resources, captures and every volume', async () => {
  await operator?.stop('SIGTERM')
  const captures = await uids('pods', CAPTURES)
  const claims = await uids('persistentvolumeclaims')
  assert.equal(
    claims.map((line) => line.split(' ')[0]),
    ['archiver-kalshi', 'data-ssmd-nats-0']
  )
  const said = await helm(
    'uninstall',
    'ssmd',
    '--namespace',
    NAMESPACE,
    '--wait',
    '--timeout',
    '60s'
  )
  assert.match(said, 'kept due to the resource policy')
  await until(
    MS,
    'the pods of the release are gone',
    async () => (await items('pods', '--selector=app.kubernetes.io/instance=ssmd')).length === 0
  )
  assert.equal(await uids('persistentvolumeclaims'), claims)
  assert.equal(await uids('pods', CAPTURES), captures)
  assert.is((await items('feeds,environments,archives,signals')).length, 3)
  const left = await items('deployments,statefulsets,services,networkpolicies,roles,configmaps')
  const ours = left.filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm'
  )
  assert.equal(
    ours.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    []
  )
})

real(
  'installed again for all namespaces, it takes over what it left, volumes included',
  async () => {
    const claims = await uids('persistentvolumeclaims')
    const feeds = await uids('feeds')
    await helm(
      ...['install', 'ssmd', CHART, '--namespace', NAMESPACE, '--wait', '--timeout', '60s'],
      ...['--set', 'operator.allNamespaces=true']
    )
    assert.equal(await uids('persistentvolumeclaims'), claims)
    assert.equal(await uids('feeds'), feeds)
    const [pod] = await items('pods', '--selector=app.kubernetes.io/component=nats')
    assert.match(JSON.stringify(at(pod, 'spec.volumes')), '"claimName":"data-ssmd-nats-0"')

    operator = await startOperator()
    await plane.kubectl('create', 'namespace', 'elsewhere')
    const example = readExample(await helm('get', 'notes', 'ssmd', '--namespace', NAMESPACE))
    assert.match(example, 'url: nats://ssmd-nats.ssmd:4222')
    await shell(example.replace(`-n ${NAMESPACE}`, '-n elsewhere'))
    await shell('kubectl -n elsewhere wait --for=condition=Ready --timeout=60s feed/kalshi')
    assert.not.match(await readFile(join(plane.folder, 'operator.log'), 'utf8'), /forbidden/i)
  }
)

test.run()
