// Checks where the connections of a day lead: the files of its Feeds, and that exchange and Feed of each connection are those
// that its `open` event names.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { parse } from 'yaml'
import { hashOf } from '#crds/canonical.ts'
import { readRegular } from '#crds/regular-file.ts'
import type { Manifest } from '../format/manifest.ts'
import type { Problem } from '../format/problem.ts'
import type { ConnectionEvents } from './connection-events.ts'

/** No Feed is so large: a frame of the stream carried it. */
const MAX_BYTES = 64 * 1024 * 1024

/** What the files of Feeds hold, as a hash, by `day/name`. */
export type FeedHashes = Map<string, string>

/** Reads the files of Feeds of a day. */
export async function checkFeedFiles(
  folder: string,
  manifest: Manifest,
  hashes: FeedHashes
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { name, bytes, sha256 } of manifest.feeds ?? []) {
    const tell = (what: string): void => {
      problems.push({ file: name, where: '', what })
    }
    try {
      const found = await readRegular(join(folder, name), MAX_BYTES)
      if (found.length !== bytes) tell(`has ${found.length} bytes, the manifest says ${bytes}`)
      if (createHash('sha256').update(found).digest('hex') !== sha256) {
        tell('its sha256 is not that of the manifest')
      }
      hashes.set(`${manifest.day}/${name}`, hashOf(parse(found.toString('utf8'))))
    } catch (thrown) {
      tell(`cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
  return problems
}

/** Compares the connections of all manifests with their `open` events. */
export function checkOrigins(
  feed: string,
  told: ConnectionEvents,
  manifests: readonly Manifest[],
  hashes: FeedHashes
): Problem[] {
  const problems: Problem[] = []
  for (const { day, exchange: common, connections } of manifests) {
    const tell = (what: string): void => {
      const file = `${feed}/${day}/manifest.json`
      if (problems.length < 1000) problems.push({ file, where: 'connections', what })
    }
    for (const { id, exchange = common, feed: name } of connections) {
      const open = told.connections.get(id)
      // A manifest of an older ssmd names none.
      if (open?.exchange && exchange !== undefined && exchange !== open.exchange) {
        tell(`says that connection ${id} leads to ${exchange}, its open event ${open.exchange}`)
      }
      if (!open?.feed || common === undefined) continue
      if (name === undefined) tell(`connection ${id} tells of a Feed, and no file is named`)
      else if (hashes.get(`${day}/${name}`) !== open.feed) {
        tell(`${name} is not the Feed that connection ${id} tells of`)
      }
    }
  }
  return problems
}
