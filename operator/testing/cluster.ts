// A real etcd and a real kube-apiserver for one test, on loopback, with their data in a folder that goes when they do.
// The programs are those pinned in .ci/tools; `missingTools` says why they cannot be had, for a test to skip.

import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SsmdError } from '#crds/errors.ts'
import { patience } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import { Client } from '../kube/client.ts'
import { type Connection, fixedConnection } from '../kube/config.ts'
import { systemTimers } from '../kube/timers.ts'
import { Transport } from '../kube/transport.ts'
import { freePorts, isRunning, type Running, startProcess } from './processes.ts'

const clusterTools = async () => ({
  etcd: await toolPath('etcd'),
  apiServer: await toolPath('kube-apiserver'),
  kubectl: await toolPath('kubectl'),
})

/** Why a test with a real API server cannot run here, or undefined: `skip` takes it, and fails on it in CI. */
export async function missingTools(
  get: () => Promise<unknown> = clusterTools
): Promise<SsmdError | undefined> {
  try {
    await get()
    return undefined
  } catch (thrown) {
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_TOOL_MISSING') return thrown
    throw thrown
  }
}

/** An API server as tests reach it, whoever started it. */
export type ClusterAccess = {
  /** For files of this test; gone when it stops. */
  readonly folder: string
  readonly server: string
  readonly host: string
  readonly port: number
  readonly ca: Buffer
  /** Of group system:masters. */
  readonly token: string
  readonly kubeconfig: string
  /** A connection to the API server, or to a proxy in front of it. */
  connection(port?: number): Connection
  /** As the administrator, or as another user of `users`. */
  client(options?: { port?: number; token?: string }): Client
  kubectl(...args: readonly string[]): Promise<string>
  stop(): Promise<void>
}

/** One of this process, which may stop and start it. */
export type TestCluster = ClusterAccess & {
  readonly apiServer: { readonly pid: number }
  /** Forgets history up to now: watches at older versions get 410. */
  compact(): Promise<void>
  stopApiServer(): Promise<void>
  startApiServer(): Promise<void>
}

export type ClusterOptions = {
  /** Further users: token, name and groups, for RBAC. */
  readonly users?: readonly { token: string; name: string; groups?: readonly string[] }[]
  readonly apiServerArgs?: readonly string[]
  /** The address that the API server listens on, where pods are to reach it. Default: loopback. */
  readonly host?: string
}

export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const tools = await clusterTools()
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-cluster-'))
  const { client: clientPort, peer: peerPort, api: port } = await freePorts('client', 'peer', 'api')
  const etcdUrl = `http://127.0.0.1:${clientPort}`
  const host = options.host ?? '127.0.0.1'
  const server = `https://${host}:${port}`
  const token = randomBytes(16).toString('hex')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = (name: string) => join(folder, name)
  writeFileSync(file('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  })
  const users = (options.users ?? []).map(
    ({ token: text, name, groups = [] }) => `${text},${name},${name},"${groups.join(',')}"`
  )
  writeFileSync(
    file('tokens.csv'),
    [`${token},admin,admin,system:masters`, ...users, ''].join('\n')
  )

  const etcd = startProcess('etcd', tools.etcd, [
    ...['--data-dir', file('etcd')],
    ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
    ...['--listen-peer-urls', `http://127.0.0.1:${peerPort}`],
    ...['--initial-advertise-peer-urls', `http://127.0.0.1:${peerPort}`],
    ...['--initial-cluster', `default=http://127.0.0.1:${peerPort}`],
    ...['--log-level', 'warn', '--unsafe-no-fsync'],
  ])
  let apiServer: Running | undefined
  const startApiServer = async () => {
    apiServer = startProcess('kube-apiserver', tools.apiServer, [
      ...['--etcd-servers', etcdUrl, '--secure-port', String(port)],
      ...['--bind-address', host, '--cert-dir', file('certs')],
      ...['--service-account-key-file', file('sa.key')],
      ...['--service-account-signing-key-file', file('sa.key')],
      ...['--service-account-issuer', 'https://ssmd.test', '--authorization-mode', 'RBAC'],
      ...['--token-auth-file', file('tokens.csv'), '--service-cluster-ip-range', '10.0.0.0/24'],
      ...(options.apiServerArgs ?? []),
    ])
    await untilReady(apiServer, server, token, file('certs/apiserver.crt'))
  }
  const stopAll = async () => {
    await apiServer?.stop()
    await etcd.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await startApiServer()
  } catch (thrown) {
    await stopAll()
    throw thrown
  }
  const ca = readFileSync(file('certs/apiserver.crt'))
  const access = await openAccess({ folder, host, port, ca, token }, stopAll)
  return {
    ...access,
    get apiServer() {
      return { pid: apiServer?.child.pid ?? 0 }
    },
    compact: () => compactEtcd(etcdUrl),
    stopApiServer: async () => apiServer?.stop(),
    startApiServer,
  }
}

export type Place = Pick<ClusterAccess, 'folder' | 'host' | 'port' | 'ca' | 'token'>

/** Clients of an API server that runs; `stop` ends whatever the caller has to end. */
export async function openAccess(
  place: Place,
  stop: ClusterAccess['stop']
): Promise<ClusterAccess> {
  const { folder, host, port, ca, token } = place
  const kubectlPath = await toolPath('kubectl')
  const server = `https://${host}:${port}`
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigOf(server, ca, token), { mode: 0o600 })
  const connection = (to = port, as = token): Connection =>
    fixedConnection(`https://${to === port ? host : '127.0.0.1'}:${to}`, {
      tls: { ca },
      headers: { authorization: `Bearer ${as}` },
    })
  return {
    ...place,
    server,
    kubeconfig,
    connection,
    client: (as = {}) =>
      new Client(
        new Transport({
          connection: connection(as.port, as.token),
          userAgent: 'ssmd-test',
          timers: systemTimers,
          random: Math.random,
          perSecond: 10_000,
          burst: 10_000,
        })
      ),
    async kubectl(...args) {
      const { stdout } = await promisify(execFile)(kubectlPath, [...args], {
        env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
        timeout: patience(30_000),
        maxBuffer: 64 * 1024 * 1024,
      })
      return stdout
    },
    stop,
  }
}

async function untilReady(
  running: Running,
  server: string,
  token: string,
  caFile: string
): Promise<void> {
  const end = performance.now() + patience(60_000)
  let last: unknown
  while (performance.now() < end) {
    if (!isRunning(running.child)) break
    try {
      const transport = new Transport({
        connection: fixedConnection(server, {
          tls: { ca: readFileSync(caFile) },
          headers: { authorization: `Bearer ${token}` },
        }),
        userAgent: 'ssmd-test',
        timers: systemTimers,
        random: Math.random,
      })
      try {
        // Namespaces and roles are made by hooks after the server listens.
        await transport.request({
          method: 'GET',
          path: '/api/v1/namespaces/default',
          attempts: 1,
          timeoutMs: 2000,
        })
        return
      } finally {
        transport.close()
      }
    } catch (thrown) {
      last = thrown
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the API server is not ready: ${String(last)}\n${running.lastWords()}`)
}

/** Through etcd's JSON gateway: the current revision, then everything before it. */
async function compactEtcd(url: string): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`)
    return response.json() as Promise<{ header: { revision: string } }>
  }
  const { header } = await post('/v3/kv/range', { key: Buffer.from('/none').toString('base64') })
  await post('/v3/kv/compaction', { revision: header.revision, physical: true })
}

const kubeconfigOf = (server: string, ca: Buffer, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server, 'certificate-authority-data': ca.toString('base64') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin', namespace: 'default' } }],
    'current-context': 'test',
  })
