// Where the pod of a signal may connect to. A signal is a program that a stranger or a model may have written: without sinks its
// pod reaches name servers and NATS alone. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'
import type { NetworkPolicy } from '../render/objects.ts'

/** The second is that of name servers in pods of clusters that run them without privileges. */
const DNS_PORTS = [53, 5353]
const NATS_PORT = 4222

export function egressOf(
  signal: Signal,
  environment: Environment
): NonNullable<NetworkPolicy['spec']['egress']> {
  // The port of a Service says nothing of the port of its pods, so that sinks cannot be told by their ports.
  if ((signal.spec.sinks ?? []).length > 0) return [{}]
  const dns = DNS_PORTS.flatMap((port) =>
    (['UDP', 'TCP'] as const).map((protocol) => ({ port, protocol }))
  )
  return [{ ports: dns }, { ports: [{ port: portOf(environment), protocol: 'TCP' }] }]
}

function portOf({ spec }: Environment): number {
  const url = URL.parse(spec.transport.url)
  return url === null || url.port === '' ? NATS_PORT : Number(url.port)
}
