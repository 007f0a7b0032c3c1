// What a person changes: a version, an image, a Secret, a switch. Only what has a reason to restarts, and says why.

import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { gapCauses } from './archived.ts'
import { connectorOf, OPERATOR } from './cluster-view.ts'
import { applySecret, PODS, upgrade } from './install.ts'
import { gold, kalshi, lab, writeResource } from './resources.ts'
import type { Chapter, World } from './world.ts'

/** Runs `change`, waits for what it restarts, and fails if any other capture pod was restarted. */
async function restartsOnly(
  world: World,
  feeds: readonly string[],
  change: () => Promise<void>,
  seconds = 60
): Promise<void> {
  const { view } = world
  const before = await view.lives()
  await change()
  for (const feed of feeds) {
    await until(seconds * 1000, `a new connector of ${feed}`, async () =>
      (await view.pods(connectorOf(feed))).some(({ name, ready }) => ready && !(name in before))
    )
    await view.flows(feed)
  }
  await view.settled(PODS)
  const after = await view.lives()
  const gone = Object.keys(before).filter((name) => after[name] !== before[name])
  const expected = feeds.map((feed) => `connector-lab-${feed}`)
  assert.is(gone.length, feeds.length, `restarted: ${gone.join(', ')}`)
  for (const prefix of expected)
    assert.ok(
      gone.some((name) => name.startsWith(prefix)),
      `${prefix} is not among ${gone.join(', ')}`
    )
}

const today = (): string => new Date().toISOString().slice(0, 10)

/** How `gold` is declared from the new version on. */
export const goldNow = (world: World) => {
  const { endpoint, restEndpoint } = world.exchange
  const next = { name: 'v3', effectiveFrom: today(), endpoint, restEndpoint, authMethod: 'apiKey' }
  return gold({ endpoint, restEndpoint, versions: [{ ...next, maxSymbolsPerConnection: 50 }] })
}

export const newVersion: Chapter = {
  title: 'a new version of a Feed',
  async run(world) {
    const causes = async () => gapCauses(await world.archiveRoot(), 'gold')
    await world.step('only its connector rolls', async () => {
      const before = (await causes())['connector-stopped'] ?? 0
      await restartsOnly(world, ['gold'], async () => {
        await writeResource(world.checkout, goldNow(world))
        await world.push('Move gold to v3')
      })
      await until(60_000, 'the hole is recorded', async () => {
        const now = await causes().catch(() => ({}) as Record<string, number>)
        return (now['connector-stopped'] ?? 0) === before + 1
      })
    })
    await world.step('the pod says why', async () => {
      const { annotations } = await world.view.pod(connectorOf('gold'))
      assert.ok(annotations['ssmd.io/config-hash'])
      world.say(`gaps of gold by cause: ${JSON.stringify(await causes())}`)
    })
  },
}

export const operatorUpgrade: Chapter = {
  title: 'the operator is upgraded',
  async run(world) {
    const { view, step, images } = world
    await step('a new image restarts no capture pod', async () => {
      const before = await view.lives()
      const old = await view.pod(OPERATOR)
      await upgrade(world, images.next)
      await view.kubectl('rollout', 'status', 'deployment/ssmd-operator', '--timeout=90s')
      await until(30_000, 'the new operator alone', async () => {
        const pods = await view.pods(OPERATOR)
        return pods.length === 1 && pods[0]?.uid !== old.uid && pods[0]?.ready === true
      })
      assert.is((await view.pod(OPERATOR)).image, images.next)
      // It has passed over everything once it says what it would like to roll.
      for (const feed of ['gold', 'kalshi', 'made'])
        await view.becomes(`feed/${feed}`, 'RolloutPending', { status: 'True' })
      for (const feed of ['gold', 'kalshi', 'made']) await view.flows(feed)
      assert.equal(await view.lives(), before)
    })
    await step('asked for, one feed takes the new image', async () => {
      await restartsOnly(world, ['kalshi'], async () => {
        await view.kubectl('annotate', 'feed', 'kalshi', 'ssmd.io/rollout=1')
      })
      assert.is((await view.pod(connectorOf('kalshi'))).image, images.next)
    })
  },
}

export const suspend: Chapter = {
  title: 'the Environment is suspended and resumed',
  async run(world) {
    const { view, step } = world
    await step('suspended: no connector runs, and everything says so', async () => {
      await writeResource(world.checkout, lab({ suspend: true }))
      await world.push('Stop for a while')
      await until(60_000, 'connectors gone', async () => {
        const pods = await view.pods('app.kubernetes.io/component in (connector, simulator)')
        return pods.length === 0
      })
      await view.becomes('environment/lab', 'Paused', { status: 'True', reason: 'Suspended' })
      await view.becomes('feed/gold', 'Paused', { status: 'True', reason: 'Suspended' })
      assert.is((await view.pods('app.kubernetes.io/component=archiver')).length, 1)
    })
    await step('resumed: frames again', async () => {
      await writeResource(world.checkout, lab())
      await world.push('Go on')
      await view.settled(PODS)
      for (const feed of ['gold', 'kalshi', 'made']) await view.flows(feed)
    })
  },
}

export const secretRotation: Chapter = {
  title: 'a Secret is rotated',
  async run(world) {
    const { step, exchange, keys, view } = world
    await step('only the connector that uses it rolls, once', async () => {
      await exchange.accept(keys.second)
      const hash = (annotations: Readonly<Record<string, string>>) => ({
        config: annotations['ssmd.io/config-hash'],
        secret: annotations['ssmd.io/secret-hash-gold'],
      })
      const old = hash((await view.pod(connectorOf('gold'))).annotations)
      // Secrets are not watched, but read again every minute.
      await restartsOnly(world, ['gold'], () => applySecret(world, keys.second), 120)
      const now = hash((await view.pod(connectorOf('gold'))).annotations)
      assert.is(now.config, old.config)
      assert.is.not(now.secret, old.secret)
    })
    await step('the exchange revokes the old key: the new one is in use', async () => {
      await exchange.stop()
      exchange.acceptOnly(keys.second)
      await exchange.start()
      await view.flows('gold')
    })
  },
}

export const operatorAway: Chapter = {
  title: 'the operator is away while things change',
  async run(world) {
    const { view, step } = world
    await step('away: captures go on, edits wait', async () => {
      const before = await view.lives()
      await view.kubectl('scale', 'deployment/ssmd-operator', '--replicas=0')
      // One on its way out may still lead.
      await until(60_000, 'no operator', async () => {
        return (await view.kubectl('get', 'pods', '-l', OPERATOR, '-o', 'name')).trim() === ''
      })
      await writeResource(world.checkout, kalshi(['trade']))
      await world.push('Only trades of kalshi')
      await view.kubectl('delete', 'configmap', 'connector-lab-made')
      await new Promise((resolve) => setTimeout(resolve, 3000))
      assert.equal(await view.lives(), before)
    })
    await step('back: edits are followed, what was deleted is there again', async () => {
      await restartsOnly(world, ['kalshi'], async () => {
        await view.kubectl('scale', 'deployment/ssmd-operator', '--replicas=1')
      })
      await view.kubectl('get', 'configmap', 'connector-lab-made')
    })
    await step('an edit of a Deployment by hand is put right', async () => {
      await view.kubectl('scale', 'deployment/connector-lab-made', '--replicas=0')
      await until(60_000, 'one connector of made again', async () => {
        const pods = await view.pods(connectorOf('made'))
        return pods.length === 1 && pods[0]?.ready === true
      })
      await view.flows('made')
    })
  },
}
