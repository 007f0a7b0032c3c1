// Two operators as programs, of which one is killed or told to stop: how long until the other one has worked.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { until } from '#testing/deadline.ts'
import type { Client } from '../kube/client.ts'
import { DEPLOYMENTS } from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import type { TestCluster } from '../testing/cluster.ts'
import type { Add } from './edits.ts'
import { deploymentName, editOf, feedKey, NAMED_SPACE } from './load.ts'

const LIMIT_MS = 60_000

type Program = {
  readonly child: ChildProcess
  says(text: string): Promise<void>
}

export async function benchFailover(
  cluster: TestCluster,
  client: Client,
  command: readonly [string, ...string[]],
  objects: number,
  add: Add
): Promise<void> {
  let leader = startOperator(command, cluster)
  await leader.says('working')
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const standby = startOperator(command, cluster)
    await standby.says('ready')
    const key = `${NAMED_SPACE}/${deploymentName(0, objects)}`
    const before = await client.get(DEPLOYMENTS, key)
    const from = performance.now()
    leader.child.kill(signal)
    const value = editOf(Math.floor(from))
    await client.patch(FEEDS, feedKey(0, objects), { kind: 'merge', value })
    const what = `failover after ${signal}, until an edit is applied`
    await until(LIMIT_MS, what, async () => {
      const { metadata } = await client.get(DEPLOYMENTS, key)
      return metadata.generation !== before.metadata.generation
    })
    add(what, (performance.now() - from) / 1000, 's')
    leader = standby
  }
  const ended = once(leader.child, 'exit')
  leader.child.kill('SIGTERM')
  await ended
}

function startOperator(command: readonly [string, ...string[]], cluster: TestCluster): Program {
  const [program, ...args] = command
  const flags = ['operator', '--kubeconfig', cluster.kubeconfig, '--all-namespaces']
  const child = spawn(program, [...args, ...flags, '--image', 'ssmd.local/ssmd:bench'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.removeListener('exit', onExit))
  const said = new Set<unknown>()
  createInterface({ input: child.stdout }).on('line', (line) =>
    said.add((JSON.parse(line) as { msg?: string }).msg)
  )
  return {
    child,
    says: (text) => until(LIMIT_MS, `the operator says ${text}`, () => said.has(text)),
  }
}
