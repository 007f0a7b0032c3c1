// From nothing to frames on a volume: helm install, git push, Ready with live figures, and what was sent is archived.

import { globSync } from 'node:fs'
import { unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { verifySent, verifySynthetic } from './archived.ts'
import { ARCHIVER, connectorOf, NATS } from './cluster-view.ts'
import type { ApiKey } from './exchange.ts'
import { gold, kalshi, kept, lab, made, writeResource } from './resources.ts'
import type { Chapter, World } from './world.ts'

const CHART = new URL('../../charts/ssmd', import.meta.url).pathname
export const PODS = 5

/** What the chart is given: images that lie on the node already. */
export const chartValues = (image: string, nats: string) => ({
  image: split(image),
  nats: { image: split(nats), storage: { size: '2Gi' } },
})
const split = (image: string) => {
  const at = image.lastIndexOf(':')
  return { repository: image.slice(0, at), tag: image.slice(at + 1) }
}

export const upgrade = async (world: World, image: string, ...more: string[]): Promise<void> => {
  await world.helm(
    ...['upgrade', '--install', 'ssmd', CHART, '--namespace', 'ssmd', '--timeout', '90s'],
    ...Object.entries(chartValues(image, world.images.nats)).flatMap(([key, value]) => [
      '--set-json',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...more
  )
}

const goldSecret = (key: ApiKey): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'gold', namespace: 'ssmd' },
    stringData: { apiKey: key.keyId, privateKey: key.privateKey },
  })

export async function applySecret(world: World, key: ApiKey): Promise<void> {
  const path = join(world.folder, 'secret.json')
  await writeFile(path, goldSecret(key), { mode: 0o600 })
  await world.view.kubectl('apply', '-f', path)
  await unlink(path)
}

export const install: Chapter = {
  title: 'from nothing to frames on a volume',
  async run(world) {
    const { step, view, exchange } = world
    await step('namespace that enforces Pod Security restricted', async () => {
      await view.kubectl('create', 'namespace', 'ssmd')
      await view.kubectl(
        ...['label', 'namespace', 'ssmd'],
        ...['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`)
      )
    })
    await step('helm install until the operator is Ready', async () => {
      await upgrade(world, world.images.now)
      await view.kubectl(
        'wait',
        '--for=condition=Available',
        '--timeout=60s',
        'deployment/ssmd-operator'
      )
    })
    await step('the exchange plays', () => exchange.start())
    await step('git push of three feeds, an environment and an archive', async () => {
      await applySecret(world, world.keys.first)
      for (const object of [gold(exchange), kalshi(), made(), lab(), kept()])
        await writeResource(world.checkout, object)
      await world.push('Declare what to capture')
    })
    await step('the first frame is archived', async () => {
      await until(90_000, 'frames of gold in its archive', async () => {
        const root = await world.archiveRoot().catch(() => 'nowhere')
        const files = globSync(join(root, 'gold', '*', '*.jsonl.gz'))
        return files.some((path) => !/connection/.test(path))
      })
    })
    await step('Feed, Environment and Archive are Ready', async () => {
      for (const feed of ['gold', 'kalshi', 'made']) await view.flows(feed)
      await view.ready('environment/lab')
      await view.ready('archive/kept')
    })
    await step('kubectl get feeds shows live figures', async () => {
      const rows = async () => (await view.kubectl('get', 'feeds')).trimEnd().split('\n')
      await until(60_000, 'figures of all feeds', async () =>
        (await rows()).slice(1).every((row) => /True +Captured +1\/1 +[1-9]/.test(row))
      )
      for (const row of await rows()) world.say(row)
    })
    await step('the pods are as the roles want them: one of each, as user 65532', async () => {
      await view.settled(PODS)
      for (const selector of [connectorOf('gold'), ARCHIVER, NATS]) {
        const { name } = await view.pod(selector)
        const log = await view.kubectl('logs', name, '--tail=200')
        assert.match(log, /"msg":"ready"|Server is ready/)
      }
    })
  },
}

export const exchangeRestarts: Chapter = {
  title: 'what was sent is what is archived',
  async run(world) {
    const { step, view, exchange } = world
    await step('the exchange goes away and comes back', async () => {
      await exchange.stop()
      await exchange.start()
      await view.flows('gold')
    })
    await step('every byte that it sent is archived', async () => {
      const verdict = await verifySent(await world.archiveRoot(), 'gold', exchange.journals(), true)
      assert.ok(verdict.frames > 200, `only ${verdict.frames} frames`)
      world.say(`${verdict.frames} frames of ${verdict.connections} connections, byte for byte`)
    })
    await step('every synthetic frame is the one that it must be', async () => {
      const frames = await verifySynthetic(await world.archiveRoot(), 'made')
      assert.ok(frames > 500, `only ${frames} frames`)
    })
  },
}
