// Where the API server is and how we prove who we are: from a kubeconfig file, or from the pod we run in.
// @kubernetes/client-node reads both (files, tokens, exec plugins); it takes 0.5 s to load, so it is loaded
// here, when asked for, and nowhere else.

import { existsSync, readFileSync } from 'node:fs'
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
  /** `fresh`: the ones we had were refused, read everything again. */
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
  const file =
    options.kubeconfig ??
    (inPod ? undefined : (env.KUBECONFIG?.split(':')[0] ?? join(homedir(), '.kube', 'config')))
  if (file !== undefined && !existsSync(file)) {
    throw new SsmdError('SSMD_E_KUBERNETES', `no kubeconfig at ${file}`, {
      hint: 'give --kubeconfig, set KUBECONFIG, or run in a pod with a service account',
    })
  }
  const { KubeConfig: Config } = await import('@kubernetes/client-node')
  const read = (): KubeConfig => {
    const config = new Config()
    try {
      if (file === undefined) config.loadFromCluster()
      else config.loadFromFile(file)
    } catch (cause) {
      throw new SsmdError('SSMD_E_KUBERNETES', `cannot read ${file ?? account}: ${String(cause)}`, {
        cause,
      })
    }
    if (options.context !== undefined) config.setCurrentContext(options.context)
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
    namespace:
      (file === undefined
        ? readIfThere(join(account, 'namespace'))
        : config.getContextObject(config.currentContext)?.namespace) || 'default',
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
