// A cluster as the person's own kubeconfig reaches it: for commands that look and change nothing. What is missing and what may not be
// read are answers; a server that does not answer is an error within seconds.

import { SsmdError } from '#crds/errors.ts'
import { Client } from '../operator/kube/client.ts'
import { type Connection, loadConnection } from '../operator/kube/config.ts'
import { ApiError, isForbidden, isNotFound } from '../operator/kube/errors.ts'
import { type KubeObject, pathOf, type Resource } from '../operator/kube/objects.ts'
import { systemTimers } from '../operator/kube/timers.ts'
import { type Call, Transport } from '../operator/kube/transport.ts'
import { readVersion } from './commands/version.ts'

export type ClusterFlags = {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  /** @default that of the context */
  readonly namespace?: string | undefined
}

export type Refused = 'missing' | 'forbidden'

const ANSWER_MS = 5000
const PAGE = 500

export class Cluster {
  readonly client: Client
  readonly namespace: string
  readonly server: string

  constructor(connection: Connection, namespace: string | undefined) {
    this.namespace = namespace ?? connection.namespace
    this.server = connection.server
    this.client = new Client(
      new Transport({
        connection,
        userAgent: `ssmd/${readVersion()}`,
        timers: systemTimers,
        random: Math.random,
      })
    )
  }

  async ask<T>(
    path: string,
    call: Pick<Call, 'query' | 'signal' | 'timeoutMs' | 'read'> & { readonly post?: unknown } = {}
  ): Promise<T | Refused> {
    const { post, ...rest } = call
    try {
      const { body } = await this.client.transport.request({
        method: post === undefined ? 'GET' : 'POST',
        path,
        attempts: 1,
        timeoutMs: ANSWER_MS,
        ...(post === undefined ? {} : { body: post }),
        ...rest,
      })
      return body as T
    } catch (thrown) {
      if (isNotFound(thrown)) return 'missing'
      if (isForbidden(thrown)) return 'forbidden'
      throw inWords(thrown, this.server)
    }
  }

  /** All objects of a kind in the namespace, or everywhere with `namespace: undefined`. */
  async list<T extends KubeObject = KubeObject>(
    resource: Resource,
    options: {
      readonly namespace?: string | undefined
      readonly labelSelector?: string
      readonly fieldSelector?: string
      readonly signal?: AbortSignal | undefined
    } = { namespace: this.namespace }
  ): Promise<T[] | Refused> {
    const { namespace, signal, ...selectors } = options
    const found: T[] = []
    let next: string | undefined
    do {
      const page: { items: T[]; metadata: { continue?: string } } | Refused = await this.ask(
        pathOf(resource, { namespace }),
        { query: { ...selectors, limit: PAGE, continue: next }, signal }
      )
      if (typeof page === 'string') return page
      found.push(...page.items)
      next = page.metadata.continue || undefined
    } while (next !== undefined)
    return found
  }

  close(): void {
    this.client.transport.close()
  }
}

export async function openCluster(flags: ClusterFlags): Promise<Cluster> {
  return new Cluster(await loadConnection(flags), flags.namespace)
}

function inWords(thrown: unknown, server: string): unknown {
  if (!(thrown instanceof ApiError) || thrown.status !== 0) return thrown
  const cause = thrown.cause instanceof Error ? thrown.cause.message : thrown.reason
  return new SsmdError(
    'SSMD_E_KUBERNETES',
    `${server} does not answer: ${cause || thrown.reason}`,
    {
      hint: 'start the cluster, or choose another one with --context',
      cause: thrown,
    }
  )
}
