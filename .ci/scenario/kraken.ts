// Kraken from YAML to the archive: the Feed that is shipped, with the simulator of its exchange, in an Environment and an Archive
// of its own, which the chapter deletes in the end.

import { copyFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { history } from '#events/history.ts'
import { EVENT_NAMES } from '#market/event.ts'
import { checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { PODS } from './install.ts'
import { placeOf, spot, spotKept, writeResource } from './resources.ts'
import type { Chapter } from './world.ts'

const SHIPPED = new URL('../../exchanges/feeds/kraken.yaml', import.meta.url).pathname
const PLACE = join('feeds', 'kraken.yaml')

/** How many events of each kind a reader of the archive sees. */
async function eventsOf(path: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for await (const batch of history({ roots: [{ path }] })) {
    batch.each(({ kind }) => {
      const name = EVENT_NAMES[kind]!
      counts[name] = (counts[name] ?? 0) + 1
    })
  }
  return counts
}

export const kraken: Chapter = {
  title: 'Kraken, without an account',
  async run(world) {
    const { view, step } = world
    // A connector, a simulator, an archiver.
    await step('the Feed that is shipped, an environment and an archive: it flows', async () => {
      for (const object of [spot(), spotKept()]) await writeResource(world.checkout, object)
      await copyFile(SHIPPED, join(world.checkout, PLACE))
      await world.push('Capture Kraken')
      await view.settled(PODS + 3, 120)
      await view.flows('kraken')
      await view.ready('environment/spot')
      await view.ready('archive/spot')
    })
    await step('books, trades and quotes are archived, whole and understood', async () => {
      let events: Readonly<Record<string, number>> = {}
      await until(90_000, 'events of every kind', async () => {
        const root = await world.archiveRoot('spot')
        // Between two manifests it has problems for a moment.
        const { problems, gaps } = checkArchive(root, 'kraken')
        if (problems.length > 0) return false
        // A wrong checksum of a book would be one.
        assert.equal(gaps, [])
        events = await eventsOf(root)
        const { trade = 0, quote = 0, bookSnapshot = 0, bookChange = 0, instrument = 0 } = events
        return Math.min(trade, quote, bookSnapshot, instrument) > 0 && bookChange > 100
      })
      assert.is(events.unknown, undefined, 'every frame is understood')
      world.say(JSON.stringify(events))
    })
    await step('it is deleted again', async () => {
      for (const object of [spot(), spotKept()]) {
        await unlink(join(world.checkout, placeOf(object)))
        await view.kubectl('delete', object.kind.toLowerCase(), object.metadata.name)
      }
      await unlink(join(world.checkout, PLACE))
      await view.kubectl('delete', 'feed', 'kraken')
      await world.push('Give Kraken up')
      await view.settled(PODS)
      await view.kubectl('delete', 'pvc', 'archiver-spot')
    })
  },
}
