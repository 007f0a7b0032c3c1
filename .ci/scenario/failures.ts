// What breaks: processes, pods, the kubelet, the node. Nothing is lost but what a gap names, and nothing comes twice: that
// is read from the archive at the end of the scenario.

import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { NODE_NAME } from '../node/node.ts'
import { gapCauses } from './archived.ts'
import { ARCHIVER, connectorOf, NATS } from './cluster-view.ts'
import { PODS } from './install.ts'
import type { Chapter, World } from './world.ts'

/** kill -9 of the container's process: the kubelet starts it again in the same pod. */
async function killContainer(world: World, selector: string): Promise<void> {
  const { view, node } = world
  const { name, uid, restarts } = await view.pod(selector)
  await node.killContainer({ namespace: 'ssmd', name })
  await until(90_000, `${name} runs again`, async () => {
    const now = await view.pod(selector).catch(() => undefined)
    return now !== undefined && now.uid === uid && now.restarts > restarts && now.ready
  })
}

const BY_FORCE = ['--grace-period=0', '--force']
/** As little grace as leaves the pod known until its processes have ended. */
const AT_ONCE = ['--grace-period=1']

/** The pod is deleted, its successor is another one. */
async function killPod(world: World, selector: string, how: readonly string[]): Promise<void> {
  const { view } = world
  const { name, uid } = await view.pod(selector)
  await view.kubectl('delete', 'pod', name, ...how, '--wait=false')
  await until(120_000, `a successor of ${name}`, async () => {
    const now = await view.pod(selector).catch(() => undefined)
    return now !== undefined && now.uid !== uid && now.ready
  })
}

export const kills: Chapter = {
  title: 'connector, archiver and NATS are killed',
  async run(world) {
    const { step, view } = world
    // Never by force for NATS: Kubernetes then starts the successor beside the one that still runs, on the same files, and
    // what the old one acknowledges from then on is lost (and found missing by its numbers).
    for (const [who, selector, how] of [
      ['connector', connectorOf('gold'), BY_FORCE],
      ['archiver', ARCHIVER, BY_FORCE],
      ['NATS', NATS, AT_ONCE],
    ] as const) {
      await step(`${who}: kill -9 of its process`, async () => {
        await killContainer(world, selector)
        await view.flows('gold')
      })
      await step(`${who}: its pod deleted at once`, async () => {
        await killPod(world, selector, how)
        await view.flows('gold')
      })
    }
    await step('the manifest knows who was lost', async () => {
      await until(60_000, 'gaps', async () => {
        const causes = await world.archiveRoot().then((root) => gapCauses(root, 'gold'))
        return (causes['connector-lost'] ?? 0) >= 1
      })
    })
  },
}

export const kubeletRestart: Chapter = {
  title: 'the kubelet is restarted',
  async run({ step, view, node }) {
    await step('pods go on as they were', async () => {
      const before = await view.lives()
      await node.restartKubelet()
      await view.becomes(`node/${NODE_NAME}`, 'Ready', { status: 'True' })
      await view.flows('gold')
      assert.equal(await view.lives(), before)
    })
  },
}

const DRAIN = [
  ...['drain', NODE_NAME, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=90s'],
]

export const drain: Chapter = {
  title: 'the node is drained',
  async run(world) {
    const { step, view } = world
    await step(
      'drained of its captures: nothing holds it up, and the Feed says what is missing',
      async () => {
        await view.kubectl(...DRAIN, '--pod-selector=app.kubernetes.io/managed-by=ssmd')
        const wants = { status: 'False', words: /cordon|unschedulable|node/i }
        const { reason, message } = await view.becomes('feed/gold', 'Ready', wants, 90)
        world.say(`${reason}: ${message}`)
      }
    )
    await step('drained of all, the operator and NATS too', async () => {
      await view.kubectl(...DRAIN)
    })
    await step('uncordoned: frames again', async () => {
      await view.kubectl('uncordon', NODE_NAME)
      await view.kubectl(
        'wait',
        '--for=condition=Available',
        '--timeout=90s',
        'deployment/ssmd-operator'
      )
      await view.settled(PODS, 120)
      for (const feed of ['gold', 'kalshi', 'made']) await view.flows(feed)
    })
  },
}
