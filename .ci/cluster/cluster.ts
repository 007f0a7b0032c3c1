// The developer's cluster: a control plane, nats-server, our CRDs and exchanges/, and the operator as a process.
// Everything listens on loopback and lies in one temporary folder; `stop` leaves neither process nor file.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SsmdError } from '#crds/errors.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { FOLDERS } from '../../cli/repository/folder.ts'
import { freePort } from '../../operator/local/ports.ts'
import type { TestCluster } from '../../operator/testing/cluster.ts'
import { type ControlPlane, startControlPlane } from '../../operator/testing/control-plane.ts'
import { isRunning, type Running, startProcess } from '../../operator/testing/processes.ts'
import { toolPath } from '../tools/tools.ts'

export type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>

export type DeveloperClusterOptions = {
  readonly step: Step
  readonly operator: boolean
  /** 0: any free one. Default: the one that exchanges/ names, where it is free. */
  readonly natsPort?: number | undefined
}

export type DeveloperCluster = {
  readonly kubeconfig: string
  /** Holds `kubectl` in the version of this cluster. */
  readonly bin: string
  readonly natsUrl: string
  readonly operatorLog: string | undefined
  readonly plane: ControlPlane
  /** The first of its processes to end by itself, with its last words. Never settles while all is well. */
  readonly failed: Promise<string>
  stop(): Promise<void>
}

const ROOT = new URL('../..', import.meta.url).pathname
/** The address that the Environments of exchanges/ name. */
const NATS_PORT = 4222
/** Where crds/roles/namespaced.yaml puts the operator and what it may do. */
const NAMESPACE = 'ssmd'
export const OPERATOR_ACCOUNT = `system:serviceaccount:${NAMESPACE}:ssmd-operator`
const OPERATOR_READY_MS = 30_000

export async function startDeveloperCluster(o: DeveloperClusterOptions): Promise<DeveloperCluster> {
  const kubectl = await toolPath('kubectl')
  await toolPath('nats-server')
  // A token of our own instead of an issued one: it does not expire in a cluster that stays open for days.
  const operatorToken = randomBytes(16).toString('hex')
  const plane = await startControlPlane({
    step: o.step,
    users: [{ token: operatorToken, name: OPERATOR_ACCOUNT, groups: ['system:serviceaccounts'] }],
    prepare: (cluster) => o.step('CRDs and roles', () => applyCrds(cluster)),
  })
  let nats: TestNats | undefined
  let operator: Running | undefined
  const stop = async () => {
    // First whoever writes, then what it writes to.
    await operator?.stop('SIGTERM')
    await nats?.stop()
    await plane.stop()
  }
  try {
    const bin = join(plane.folder, 'bin')
    await mkdir(bin)
    await symlink(kubectl, join(bin, 'kubectl'))
    nats = await o.step('nats-server', async () =>
      startNats({ port: o.natsPort === 0 ? -1 : await freePort([o.natsPort ?? NATS_PORT]) })
    )
    const natsUrl = nats.url
    await o.step('exchanges/', () => applyExchanges(plane, natsUrl))
    if (o.operator) {
      operator = await o.step('ssmd operator', () => startOperator(plane, operatorToken))
    }
    const all = [...plane.parts, ...(operator ? [operator] : [])]
    return {
      kubeconfig: plane.kubeconfig,
      bin,
      natsUrl,
      operatorLog: o.operator ? join(plane.folder, 'operator.log') : undefined,
      plane,
      failed: Promise.race(all.map((part) => part.ended.then(() => part.lastWords()))),
      stop,
    }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** What a cluster's administrator applies once: the kinds, and what the operator may do. */
export async function applyCrds(plane: TestCluster): Promise<void> {
  await plane.kubectl('apply', '--server-side', '-f', join(ROOT, 'crds'))
  await plane.kubectl('create', 'namespace', NAMESPACE)
  await plane.kubectl('config', 'set-context', '--current', '--namespace', NAMESPACE)
  const roles = join(ROOT, 'crds', 'roles', 'namespaced.yaml')
  await plane.kubectl('apply', '--server-side', '-f', roles)
  await plane.kubectl(
    ...['wait', '--for=condition=Established', '--timeout=20s', 'crd'],
    ...Object.values(FOLDERS).map((plural) => `${plural}.ssmd.io`)
  )
}

/** As the files are, but for the port of NATS where theirs is taken. */
export async function applyExchanges(plane: ControlPlane, natsUrl: string): Promise<void> {
  const folder = join(plane.folder, 'exchanges')
  await mkdir(folder, { recursive: true })
  for (const kind of Object.values(FOLDERS)) {
    for (const name of await readdir(join(ROOT, 'exchanges', kind))) {
      if (!/\.ya?ml$/.test(name)) continue
      const text = await readFile(join(ROOT, 'exchanges', kind, name), 'utf8')
      const here = text.replaceAll(`nats://127.0.0.1:${NATS_PORT}`, natsUrl)
      await writeFile(join(folder, `${kind}-${name}`), here)
    }
  }
  await plane.kubectl('apply', '--server-side', '-f', folder)
}

/** `ssmd operator` with exactly its shipped role, until it says that it is ready. */
export async function startOperator(plane: ControlPlane, token: string): Promise<Running> {
  const kubeconfig = join(plane.folder, 'operator.kubeconfig')
  const admin = await readFile(plane.kubeconfig, 'utf8')
  await writeFile(kubeconfig, admin.replaceAll(plane.token, token), { mode: 0o600 })
  const operator = startProcess(
    'ssmd operator',
    process.execPath,
    [
      ...[join(ROOT, 'cli/main.ts'), 'operator', '--kubeconfig', kubeconfig],
      ...['--namespace', NAMESPACE, '--health-addr', '127.0.0.1:0'],
    ],
    { logFile: join(plane.folder, 'operator.log') }
  )
  const ready = new Promise<void>((resolve) => {
    for (const stream of [operator.child.stdout, operator.child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        if (line.includes('"msg":"ready"')) resolve()
      })
    }
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, OPERATOR_READY_MS)
  })
  const came = await Promise.race([
    ready.then(() => true),
    operator.ended.then(() => false),
    late.then(() => false),
  ])
  clearTimeout(timer)
  if (came) return operator
  const what = isRunning(operator.child) ? 'is not ready' : 'ended at once'
  await operator.stop()
  throw new SsmdError('SSMD_E_INTERNAL', `the operator ${what}: ${operator.lastWords()}`, {
    hint: 'start without it (--no-operator) and run it by hand to see more',
  })
}
