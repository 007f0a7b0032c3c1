// A feed with two shards, from YAML to the archive, and with one again: in an Environment and an Archive of its own, which the
// chapter deletes in the end.

import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { shardOfSlot } from '#wire/shards.ts'
import { connectorOf } from './cluster-view.ts'
import { PODS } from './install.ts'
import { halves, halvesKept, pair, placeOf, writeResource } from './resources.ts'
import type { Chapter, World } from './world.ts'

/** Of the archive so far: the shards that each connection with frames was of, and the gaps by cause. */
async function archived(world: World) {
  const root = await world.archiveRoot('halves')
  const { connections, gaps, problems } = checkArchive(root, 'pair')
  const shards = new Set<string>()
  for (const records of connections.values()) {
    const opened = records.find(({ event }) => event?.kind === 'open')?.event
    if (records.some(({ frame }) => frame !== null)) shards.add(`of ${opened?.shards}`)
  }
  return { gaps, problems, shards, connections: connections.size }
}

export const shards: Chapter = {
  title: 'a feed with two shards',
  async run(world) {
    const { view, step } = world
    // Two connectors, a simulator, an archiver.
    await step('two shards: a connector for each, and the feed shows both', async () => {
      for (const object of [pair(), halves(2), halvesKept()])
        await writeResource(world.checkout, object)
      await world.push('Capture pair with two connectors')
      await view.settled(PODS + 4, 120)
      await view.flows('pair')
      const { status } = await view.json<{ status: { connected: string } }>('get', 'feed/pair')
      assert.is(status.connected, '2/2')
    })
    await step('both are archived', async () => {
      await until(60_000, 'two connections of two shards', async () => {
        const { connections, shards: found } = await archived(world).catch(() => NONE)
        return connections === 2 && found.has('of 2')
      })
    })
    await step('one shard: the other is gone, what it had is a named gap that ends', async () => {
      await writeResource(world.checkout, halves(1))
      const before = await view.lives()
      await world.push('One connector is enough')
      await until(120_000, 'one new connector', async () => {
        const pods = await view.pods(connectorOf('pair'))
        return pods.length === 1 && pods.every(({ name, ready }) => ready && !(name in before))
      })
      let gaps: Archived['gaps'] = []
      // Between two manifests it has problems for a moment.
      await until(60_000, 'the gap is recorded and over', async () => {
        const found = await archived(world).catch(() => NONE)
        gaps = found.gaps
        const isOver = gaps.length === 2 && gaps.every(({ to }) => to !== null)
        return isOver && found.problems.length === 0
      })
      assert.equal(gaps.map(({ cause }) => cause).sort(), ['connector-stopped', 'resharded'])
      const moved = gaps.find(({ cause }) => cause === 'resharded')
      assert.match(moved?.detail ?? '', 'shard 1 of 2, went to shard 0 of 1')
      assert.is(shardOfSlot(moved?.shard ?? 0), 1)
    })
    await step('it is deleted again', async () => {
      for (const object of [pair(), halves(1), halvesKept()]) {
        await unlink(join(world.checkout, placeOf(object)))
        await view.kubectl('delete', object.kind.toLowerCase(), object.metadata.name)
      }
      await world.push('Give pair up')
      await view.settled(PODS)
      await view.kubectl('delete', 'pvc', 'archiver-halves')
    })
  },
}

type Archived = Awaited<ReturnType<typeof archived>>

const NONE: Archived = { gaps: [], problems: [], shards: new Set<string>(), connections: 0 }
