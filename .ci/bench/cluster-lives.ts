// A connector that is lost, and what the pods hold of the memory when little happens.

import { setTimeout as sleep } from 'node:timers/promises'
import { ARCHIVER, connectorOf, NATS, OPERATOR } from '../scenario/cluster-view.ts'
import type { World } from '../scenario/world.ts'
import { connectionsNow, nextConnection } from './cluster-archived.ts'
import type { FigureList } from './cluster-figures.ts'
import { ARCHIVE } from './cluster-push.ts'

const TIMES = 4
const IDLE_MS = 30_000
const LOOKS = 5

/** Between the loss and the first data frame that the next connection received, as the archive has it. */
export async function kills(world: World, add: FigureList): Promise<void> {
  const { view, node } = world
  const root = await world.archiveRoot(ARCHIVE)
  const lost = async (lose: (pod: string) => Promise<number>): Promise<number> => {
    const known = await connectionsNow(root, 'gold')
    const { name } = await view.pod(connectorOf('gold'))
    const at = await lose(name)
    const again = await nextConnection(root, 'gold', known)
    await view.flows('gold')
    const started = await startOf(world)
    world.say(
      `frames ${seconds(again - at)} after the loss; its container started ${seconds(started.container - at)}, its program spoke ${seconds(started.program - at)}`
    )
    return (again - at) / 1000
  }
  const killed: number[] = []
  const deleted: number[] = []
  // By turns: a pod whose container ends twice is kept waiting by the kubelet, and that is not ours to measure.
  for (let n = 0; n < TIMES; n++) {
    killed.push(
      await lost(async (name) => {
        await node.killContainer({ namespace: 'ssmd', name })
        return Date.now()
      })
    )
    deleted.push(
      await lost(async (name) => {
        const at = Date.now()
        const now = ['--grace-period=0', '--force', '--wait=false']
        await view.kubectl('delete', 'pod', name, ...now)
        return at
      })
    )
  }
  const target = 5
  add({ name: 'connector kill -9 → next frame received', unit: 's', target, values: killed })
  add({
    name: 'its pod deleted by force → next frame received',
    unit: 's',
    target,
    values: deleted,
  })
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** When the connector's container was started, to the second, and when its program wrote its first line. */
async function startOf({ view }: World): Promise<{ container: number; program: number }> {
  const { name } = await view.pod(connectorOf('gold'))
  const path = '{.status.containerStatuses[0].state.running.startedAt}'
  const container = await view.kubectl('get', 'pod', name, '-o', `jsonpath=${path}`)
  const line = await view.kubectl('logs', name, '--timestamps', '--limit-bytes=100')
  return { container: Date.parse(container), program: Date.parse(line.split(' ')[0] ?? '') }
}

export async function memory({ view, node }: World, add: FigureList): Promise<void> {
  await sleep(IDLE_MS)
  const parts = [
    { name: 'operator', selector: OPERATOR, target: 100 },
    { name: 'connector', selector: connectorOf('gold'), target: 120 },
    { name: 'archiver', selector: ARCHIVER, target: 100 },
    { name: 'NATS', selector: NATS },
  ]
  const seen = new Map<string, number[]>(parts.map(({ name }) => [name, []]))
  for (let n = 0; n < LOOKS; n++) {
    for (const { name, selector } of parts) {
      const pod = await view.pod(selector)
      const { resident } = await node.memory({ namespace: 'ssmd', name: pod.name })
      seen.get(name)?.push(resident / 1e6)
    }
    await sleep(2_000)
  }
  for (const { name, target } of parts) {
    const bound = target === undefined ? {} : { target }
    add({ name: `memory of the ${name}`, unit: 'MB', values: seen.get(name) ?? [], ...bound })
  }
}
