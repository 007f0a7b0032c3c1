// The operator as a program: finds its API server, waits until it leads, reconciles, and stops in order on SIGTERM.

import { announceReady, type Role, runRole } from '#role/run.ts'
import { addControllers } from './controllers.ts'
import { loadConnection } from './kube/config.ts'
import type { LeaseTimes } from './kube/lease-machine.ts'
import { resourceMetrics } from './metrics.ts'
import { definitionsFit } from './preflight.ts'
import { HOST_ROOT } from './render/platform.ts'
import { Manager } from './runtime/manager.ts'

export type OperatorOptions = {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  /** Default: that of the kubeconfig's context, or of the pod. */
  readonly namespace?: string | undefined
  readonly allNamespaces?: boolean | undefined
  /** `host:port`; port 0 takes a free one. */
  readonly healthAddr?: string | undefined
  /** Image of the pods. */
  readonly image: string
  /** Names of Secrets with which nodes pull it, in each namespace that has resources. Default none. */
  readonly pullSecrets?: readonly string[] | undefined
  /** Shows what it would write, and writes nothing. */
  readonly readOnly?: boolean | undefined
  /** Default true: one replica reconciles, the others wait with warm caches. */
  readonly leaderElect?: boolean | undefined
  readonly leaseTimes?: LeaseTimes | undefined
  readonly version: string
}

const LEASE = 'ssmd-operator'

/** Runs until SIGTERM and ends the process: 0 after an orderly stop, 1 if it lost the lease or failed. */
export const runOperator = (options: OperatorOptions): Promise<void> =>
  runRole({ name: 'operator', healthAddr: options.healthAddr }, (role) => operate(options, role))

async function operate(options: OperatorOptions, role: Role): Promise<void> {
  const { log, health, metrics: registry, signal } = role
  const connection = await loadConnection(options)
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? connection.namespace)
  // The lease of a cluster-wide operator is in the operator's namespace.
  const home = options.namespace ?? connection.namespace
  const manager = new Manager({
    connection,
    log,
    registry,
    health,
    userAgent: `ssmd-operator/${options.version}`,
    name: 'ssmd-operator',
    hashAnnotation: 'ssmd.io/applied-hash',
    reportingController: 'ssmd.io/operator',
    readOnly: options.readOnly ?? false,
    precondition: (client) => definitionsFit(client, log),
    ...(options.leaderElect === false
      ? {}
      : {
          lease: {
            namespace: home,
            name: LEASE,
            ...(options.leaseTimes ? { times: options.leaseTimes } : {}),
          },
        }),
  })
  const { close, context } = addControllers({
    manager,
    log,
    namespace,
    image: options.image,
    pullSecrets: options.pullSecrets ?? [],
    hostRoot: HOST_ROOT,
    readOnly: options.readOnly ?? false,
  })
  resourceMetrics(registry, context)
  manager.task({
    name: 'news',
    when: 'always',
    run: async () => {
      const scope = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`
      announceReady(role, { server: connection.server, scope })
    },
  })
  try {
    await manager.run(signal)
  } finally {
    await close()
  }
}
