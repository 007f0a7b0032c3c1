// The address of the API server and our credentials: from a kubeconfig file, or from the pod that we run in.
// @kubernetes/client-node reads kubeconfig files (tokens, certificates, exec plugins); it takes 0.5 s and 80 MB to
// load, so it is loaded here, when there is such a file, and nowhere else.

import { existsSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { SsmdError } from '#crds/errors.ts'

export type Credentials = {
  readonly tls: {
    readonly ca?: string | Buffer
    readonly cert?: string | Buffer
    readonly key?: string | Buffer
    readonly servername?: string
    readonly rejectUnauthorized?: boolean
  }
  readonly headers: Readonly<Record<string, string>>
}

/** A server, and credentials that may change while we run. */
export type Connection = {
  readonly server: string
  /** The namespace of the context, or of our pod. */
  readonly namespace: string
  /** `fresh`: the server refused the previous credentials, so read everything again. */
  credentials(options: { readonly fresh: boolean }): Promise<Credentials>
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

export type ConnectionOptions = {
  /** A kubeconfig file; without it the pod's service account, else $KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly serviceAccount?: string
}

/** Finds and reads the configuration; an error says which places were looked at. */
export async function loadConnection(options: ConnectionOptions = {}): Promise<Connection> {
  const env = options.env ?? process.env
  const account = options.serviceAccount ?? SERVICE_ACCOUNT
  const inPod = env.KUBERNETES_SERVICE_HOST !== undefined && existsSync(join(account, 'token'))
  if (options.kubeconfig === undefined && inPod) return podConnection(env, account)
  const file =
    options.kubeconfig ?? env.KUBECONFIG?.split(':')[0] ?? join(homedir(), '.kube', 'config')
  if (!existsSync(file)) {
    throw new SsmdError('SSMD_E_KUBERNETES', `no kubeconfig at ${file}`, {
      hint: 'give --kubeconfig, set KUBECONFIG, or run in a pod with a service account',
    })
  }
  return fileConnection(file, options.context)
}

/**
 * The pod's own service account: two small files, read again when they are asked for, because the kubelet renews the
 * token. Without client-node, which would be a third of the operator's memory.
 */
function podConnection(env: NodeJS.ProcessEnv, account: string): Connection {
  const host = env.KUBERNETES_SERVICE_HOST ?? ''
  const port = env.KUBERNETES_SERVICE_PORT ?? '443'
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: readIfThere(join(account, 'namespace')) || 'default',
    credentials: async () => ({
      tls: { ca: readFileSync(join(account, 'ca.crt')) },
      headers: { authorization: `Bearer ${readFileSync(join(account, 'token'), 'utf8').trim()}` },
    }),
  }
}

async function fileConnection(file: string, context: string | undefined): Promise<Connection> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node')
  const read = (): KubeConfig => {
    const config = new Config()
    try {
      config.loadFromFile(file)
    } catch (cause) {
      throw new SsmdError('SSMD_E_KUBERNETES', `cannot read ${file}: ${String(cause)}`, { cause })
    }
    if (context !== undefined) config.setCurrentContext(context)
    return config
  }
  let config = read()
  const cluster = config.getCurrentCluster()
  if (!cluster) {
    throw new SsmdError(
      'SSMD_E_KUBERNETES',
      `${file}: context ${JSON.stringify(config.currentContext)} names no cluster`,
      { hint: 'choose one with `kubectl config use-context`' }
    )
  }
  if (cluster.proxyUrl) {
    throw new SsmdError('SSMD_E_KUBERNETES', `${file}: proxy-url is not supported`, {
      hint: 'give the operator a direct route to the API server',
    })
  }
  return {
    server: cluster.server,
    namespace: config.getContextObject(config.currentContext)?.namespace || 'default',
    async credentials({ fresh }) {
      if (fresh) config = read()
      return credentialsOf(config)
    },
  }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] & Record<string, unknown> = {}
  await config.applyToHTTPSOptions(options)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {}))
    headers[name.toLowerCase()] = String(value)
  if (typeof options.auth === 'string')
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`
  const tls: Record<string, unknown> = {}
  for (const name of ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'])
    if (options[name] !== undefined) tls[name] = options[name]
  return { tls, headers }
}

/** A connection with fixed credentials, for tests and tools. */
export function fixedConnection(
  server: string,
  credentials: Partial<Credentials> = {},
  namespace = 'default'
): Connection {
  const fixed = { tls: credentials.tls ?? {}, headers: credentials.headers ?? {} }
  return { server, namespace, credentials: async () => fixed }
}
