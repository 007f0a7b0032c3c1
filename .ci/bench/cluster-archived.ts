// What is on the volume at the moment, for the cluster's bench: connections, and when each received its first data frame.

import { setTimeout as sleep } from 'node:timers/promises'
import { checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'

const WAIT_MS = 120_000
const LOOK_MS = 100

/** When each connection's first data frame was received, in milliseconds. An archive between two writes gives undefined. */
export function firstFramesOf(root: string, feed: string): Map<string, number> | undefined {
  try {
    const first = new Map<string, number>()
    for (const [connection, records] of checkArchive(root, feed).connections) {
      const record = records.find(({ frame, group }) => frame !== null && group !== 'control')
      if (record !== undefined) first.set(connection, Date.parse(record.recv))
    }
    return first
  } catch {
    return undefined
  }
}

/** Waits for a connection that was not there before, and gives when its first data frame was received. */
export async function nextConnection(
  root: string,
  feed: string,
  before: ReadonlyMap<string, number>
): Promise<number> {
  let at: number | undefined
  await until(WAIT_MS, `frames of another connection of ${feed} in its archive`, async () => {
    // Reading is work for the same processors that are measured.
    await sleep(LOOK_MS)
    const found = [...(firstFramesOf(root, feed) ?? [])].find(([name]) => !before.has(name))
    at = found?.[1]
    return at !== undefined
  })
  return at ?? Number.NaN
}

/** Those that are there now. */
export async function connectionsNow(root: string, feed: string): Promise<Map<string, number>> {
  let found: Map<string, number> | undefined
  await until(WAIT_MS, `an archive of ${feed} that can be read`, () => {
    found = firstFramesOf(root, feed)
    return found !== undefined
  })
  return found ?? new Map()
}
