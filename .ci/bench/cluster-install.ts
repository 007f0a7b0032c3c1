// From nothing: the chart until its operator is Ready, and resources until the first frame lies on the volume.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '#testing/deadline.ts'
import type { Client } from '../../operator/kube/client.ts'
import { isNotFound } from '../../operator/kube/errors.ts'
import { CLAIMS } from '../../operator/kube/objects.ts'
import { archive } from '../argocd/declared.ts'
import { upgrade } from '../scenario/install.ts'
import { gold } from '../scenario/resources.ts'
import type { World } from '../scenario/world.ts'
import { firstFramesOf } from './cluster-archived.ts'
import type { FigureList } from './cluster-figures.ts'

const TIMES = 3
const MS = 120_000

const secondsSince = (from: number) => (performance.now() - from) / 1000

export async function installs(world: World, add: FigureList): Promise<void> {
  const { view } = world
  const values: number[] = []
  for (let n = 0; n < TIMES; n++) {
    if (n > 0) {
      await world.helm(
        ...['uninstall', 'ssmd', '--namespace', 'ssmd', '--wait', '--timeout', '60s']
      )
      await view.kubectl(
        'delete',
        'crd',
        'feeds.ssmd.io',
        'environments.ssmd.io',
        'archives.ssmd.io'
      )
      await until(MS, 'no pod', async () => {
        return (await view.kubectl('get', 'pods', '-o', 'name')).trim() === ''
      })
      // The one that was uninstalled cannot always give it back; that its successor waits then is no first install's.
      await view.kubectl('delete', 'lease', 'ssmd-operator', '--ignore-not-found')
    }
    const from = performance.now()
    await upgrade(world, world.images.now)
    const available = ['wait', '--for=condition=Available', 'deployment/ssmd-operator']
    await view.kubectl(...available, '--timeout=90s')
    values.push(secondsSince(from))
    await view.kubectl('rollout', 'status', 'statefulset/ssmd-nats', '--timeout=90s')
  }
  add({ name: 'helm install → operator Ready', unit: 's', target: 15, values })
}

/** `gold`, and an Environment of this name that captures it, with its key. */
export const goldEnvironment = (name: string) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Environment',
  metadata: { name },
  spec: {
    feeds: ['gold'],
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxBytes: '64Mi' } },
    keys: {
      gold: {
        type: 'apiKey',
        fields: ['apiKey', 'privateKey'],
        source: { secret: { name: 'gold' } },
      },
    },
  },
})

export async function firstFrames(world: World, client: Client, add: FigureList): Promise<void> {
  const { view } = world
  const values: number[] = []
  for (let n = 1; n <= TIMES; n++) {
    const name = `first-${n}`
    const items = [gold(world.exchange), goldEnvironment(name), archive(name, name, ['gold'])]
    const file = join(world.folder, `${name}.json`)
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    const from = performance.now()
    await view.kubectl('apply', '-f', file)
    await until(MS, 'frames in the archive', async () => {
      const root = await rootOf(world, client, name)
      return root !== undefined && (firstFramesOf(root, 'gold')?.size ?? 0) > 0
    })
    values.push(secondsSince(from))
    await view.kubectl('delete', '-f', file, '--timeout=60s')
    await until(MS, 'no capture', async () => {
      const pods = await view.kubectl(
        ...['get', 'pods', '-l', 'app.kubernetes.io/managed-by=ssmd', '-o', 'name']
      )
      return pods.trim() === ''
    })
  }
  add({ name: 'Feed applied → first frame archived', unit: 's', target: 20, values })
}

/** As soon as its claim has a volume. Not by kubectl, whose start takes longer than what is waited for. */
async function rootOf(world: World, client: Client, archiveName: string) {
  try {
    const { spec } = await client.get(CLAIMS, `ssmd/archiver-${archiveName}`)
    const { volumeName } = spec as { readonly volumeName?: string }
    return world.node.volumes[volumeName ?? '']
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined
    throw thrown
  }
}
