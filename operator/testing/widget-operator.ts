// A whole operator for Widgets as a process of its own, for tests that kill, stop and resume it. It reads its kubeconfig
// as the real one does. DIE_BEFORE_WRITE=n ends it by SIGKILL before its n-th write.

import { pino } from 'pino'
import { Registry } from 'prom-client'
import { slowly } from '#testing/deadline.ts'
import { loadConnection } from '../kube/config.ts'
import { Manager } from '../runtime/manager.ts'
import { addWidgets } from './widgets.ts'

const { env } = process
const name = env.OPERATOR_NAME ?? 'operator'
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const log = pino({ base: { name } })
const manager = new Manager({
  connection: await loadConnection({ kubeconfig: env.KUBECONFIG }),
  log,
  registry: new Registry(),
  userAgent: name,
  name: 'widget-operator',
  hashAnnotation: 'ssmd.test/applied-hash',
  reportingController: 'ssmd.test/operator',
  ...(env.LEASE_NAMESPACE
    ? {
        lease: {
          namespace: env.LEASE_NAMESPACE,
          name: 'widgets',
          identity: name,
          times: { durationMs: slowly(3000), renewDeadlineMs: slowly(2000), retryMs: 300 },
        },
      }
    : {}),
})
addWidgets(manager, env.NAMESPACE, { resyncMs: Number(env.RESYNC_MS ?? 600_000) })
let left = Number(env.DIE_BEFORE_WRITE ?? Number.POSITIVE_INFINITY)
manager.client.transport.guardWrites(() => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
})
manager.task({
  name: 'news',
  when: 'leading',
  async run() {
    log.info('leading now')
  },
})
try {
  await manager.run(stop.signal)
  process.exit(0)
} catch {
  process.exit(1)
}
