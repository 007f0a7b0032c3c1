// The operator as a program: one process that reads where its API server is, waits for its turn to lead, works, and ends
// in order on SIGTERM. One log line with code and hint for whatever ends it otherwise.

import { pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { describeError, exitCodeOf, SsmdError, toSsmdError } from '#crds/errors.ts'
import { addControllers } from './controllers.ts'
import { loadConnection } from './kube/config.ts'
import type { LeaseTimes } from './kube/lease-machine.ts'
import { definitionsFit } from './preflight.ts'
import { Manager } from './runtime/manager.ts'

export type OperatorOptions = {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  /** Default: that of the kubeconfig's context, or of the pod. */
  readonly namespace?: string | undefined
  readonly allNamespaces?: boolean | undefined
  /** `host:port`; port 0 takes a free one. */
  readonly healthAddr?: string | undefined
  /** What the pods run. */
  readonly image: string
  /** Names of Secrets with which nodes pull it, in each namespace that has resources. Default none. */
  readonly pullSecrets?: readonly string[] | undefined
  /** Shows what it would write, and writes nothing. */
  readonly readOnly?: boolean | undefined
  /** Default true: only one of several works, the others wait with warm caches. */
  readonly leaderElect?: boolean | undefined
  readonly leaseTimes?: LeaseTimes | undefined
  readonly version: string
}

const LEASE = 'ssmd-operator'
const HOST_ROOT = '/var/lib/ssmd'

/** Runs until SIGTERM and ends the process: 0 after an orderly stop, 1 where the lease was lost or a fault ended it. */
export async function runOperator(options: OperatorOptions): Promise<void> {
  const log = pino(
    {
      level: process.env.SSMD_LOG_LEVEL ?? 'info',
      base: { role: 'operator', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 1, sync: true })
  )
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1)
    log.info({ signal }, 'stopping')
    stop.abort()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.stdout.on('error', () => {})
  const fail = (thrown: unknown): never => {
    const error = toSsmdError(thrown)
    const stack = error.code === 'SSMD_E_INTERNAL' ? (error.cause as Error)?.stack : undefined
    log.fatal({ code: error.code, hint: error.hint, stack }, error.message)
    if (process.stderr.isTTY) process.stderr.write(`ssmd operator: ${describeError(error)}\n`)
    process.exit(exitCodeOf(error))
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  try {
    await operate(options, log, stop.signal)
    log.info('stopped')
    process.exit(0)
  } catch (thrown) {
    fail(thrown)
  }
}

async function operate(
  options: OperatorOptions,
  log: pino.Logger,
  signal: AbortSignal
): Promise<void> {
  const connection = await loadConnection(options)
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? connection.namespace)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // The lease of a cluster-wide operator lies where the operator itself does.
  const home = options.namespace ?? connection.namespace
  const manager = new Manager({
    connection,
    log,
    registry,
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
    ...(options.healthAddr === undefined ? {} : { health: parseAddress(options.healthAddr) }),
  })
  const { close } = addControllers({
    manager,
    log,
    namespace,
    image: options.image,
    pullSecrets: options.pullSecrets ?? [],
    hostRoot: HOST_ROOT,
    readOnly: options.readOnly ?? false,
  })
  manager.task({
    name: 'news',
    when: 'always',
    run: async () => {
      const scope = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`
      const health = manager.healthAddress
      log.info({ server: connection.server, scope, ...(health ? { health } : {}) }, 'ready')
    },
  })
  try {
    await manager.run(signal)
  } finally {
    await close()
  }
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match?.[1] || port > 65_535)
    throw new SsmdError('SSMD_E_USAGE', `--health-addr ${text}: expected host:port`, {
      hint: 'for instance 0.0.0.0:8080',
    })
  return { host: match[1].replace(/^\[|\]$/g, ''), port }
}
