// test: limit 300s
// What only time shows: a minute of churn with connections cut under way leaves no connection more than there were, and an API
// server with another certificate authority is spoken to again as soon as the pod's file says so.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { loadConnection } from '../kube/config.ts'
import { isConflict, isNotFound } from '../kube/errors.ts'
import { CONFIG_MAPS, DEPLOYMENTS } from '../kube/objects.ts'
import { systemTimers } from '../kube/timers.ts'
import { Transport } from '../kube/transport.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { missingTools, type TestCluster } from '../testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  isSettled,
  type KindsCluster,
  startKinds,
} from '../testing/kinds.ts'
import { startOperatorProgram } from '../testing/program.ts'
import { startTcpProxy } from '../testing/tcp-proxy.ts'

const MS = 60_000
const CHURN_MS = 60_000
const test = suite('what only time shows')
let kinds: KindsCluster<TestCluster>

test.before(async () => {
  kinds = await startKinds()
})
test.after(async () => {
  await kinds?.stop()
})

test('a minute of churn, with connections cut every ten seconds, holds the number of open sockets flat (undici#5381)', async () => {
  const space = await kinds.space()
  const { client, cluster } = kinds
  const wire = await startTcpProxy(cluster)
  const names = Array.from({ length: 20 }, (_, i) => `f${i}`)
  for (const name of names) await declare(client, feed(space, name))
  await declare(client, environment(space, 'prod', ['*']))
  const operator = startOperatorProgram({
    folder: cluster.folder,
    server: `https://127.0.0.1:${wire.port}`,
    ca: cluster.ca,
    token: space.token,
    namespace: space.name,
  })
  try {
    const last = `${space.name}/${names.at(-1)}`
    const isMade = async () =>
      condition(await client.get(FEEDS, last), 'Ready') === 'False Starting'
    await until(MS, 'all is made', isMade)
    const open: number[] = []
    const descriptors: number[] = []
    const end = performance.now() + CHURN_MS
    let cutAt = performance.now() + 10_000
    for (let i = 1; performance.now() < end; i++) {
      const connector = { linger: `${(i % 90) + 1}ms` }
      await declare(client, environment(space, 'prod', ['*'], { connector }))
      for (const name of names.slice(0, 3)) {
        const key = `${space.name}/connector-prod-${name}`
        await client
          .get(CONFIG_MAPS, key)
          .then(({ metadata }) => client.delete(CONFIG_MAPS, key, { uid: metadata.uid ?? '' }))
          .catch((thrown) => {
            // It is being made again at this moment.
            if (!isNotFound(thrown) && !isConflict(thrown)) throw thrown
          })
      }
      if (performance.now() > cutAt) {
        wire.cut()
        cutAt += 10_000
      }
      await waitOut(500, 'the next look')
      open.push(wire.open)
      descriptors.push((await descriptorsOf(operator.child.pid ?? 0)) ?? 0)
    }
    const third = Math.floor(open.length / 3)
    const most = (values: readonly number[]) => Math.max(...values)
    // Nine watches, the lease, and at most 32 calls at a time.
    assert.ok(most(open) <= 9 + 1 + 32, `${most(open)} connections`)
    assert.ok(
      most(open.slice(-third)) <= most(open.slice(0, third)) + 3,
      `${most(open.slice(0, third))} connections at first, ${most(open.slice(-third))} at last`
    )
    console.log(
      `  connections: ${most(open.slice(0, third))} at first, ${most(open.slice(-third))} at last; files ${descriptors[0]} to ${descriptors.at(-1)}`
    )
    const wanted = await client.get(FEEDS, last)
    await until(MS, 'it is at rest', async () => isSettled(wanted) && isMade())
    assert.is(operator.child.exitCode, null)
    const { items } = await client.list(DEPLOYMENTS, { namespace: space.name })
    assert.is(items.length, names.length)
  } finally {
    await operator.kill()
    await wire.close()
  }
})

async function descriptorsOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const size = /^FDSize:\s+(\d+)/m.exec(text)?.[1]
  return size === undefined ? undefined : Number(size)
}

test('an API server that comes back with another certificate authority is spoken to again, by the file of the pod', async () => {
  const { cluster } = kinds
  const account = join(cluster.folder, 'account')
  mkdirSync(account)
  writeFileSync(join(account, 'token'), cluster.token)
  writeFileSync(join(account, 'namespace'), 'default')
  writeFileSync(join(account, 'ca.crt'), cluster.ca)
  const env = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(cluster.port),
  }
  const transport = new Transport({
    connection: await loadConnection({ env, serviceAccount: account }),
    userAgent: 'test',
    timers: systemTimers,
    random: Math.random,
  })
  const ask = () =>
    transport.request({ method: 'GET', path: '/version', attempts: 1 }).then(
      () => true,
      () => false
    )
  try {
    assert.ok(await ask())
    await cluster.stopApiServer()
    rmSync(join(cluster.folder, 'certs'), { recursive: true })
    await cluster.startApiServer()
    assert.not(await ask(), 'whom it does not know it does not trust')
    writeFileSync(
      join(account, 'ca.crt'),
      await readFile(join(cluster.folder, 'certs/apiserver.crt'))
    )
    // Credentials are read again after half a minute.
    await until(40_000, 'it is trusted', ask)
    assert.ok(transport.openSockets <= 1, `${transport.openSockets} sockets`)
  } finally {
    transport.close()
  }
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
