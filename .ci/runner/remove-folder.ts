// Removes a test's temporary folder, whatever the test left in it: one that was killed leaves what it had mounted.

import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describeError } from '#crds/errors.ts'
import { parseMounts } from '../node/teardown.ts'

/** Returns what was still mounted there, and why the folder could not be removed if that is so: it never throws. */
export async function removeFolder(folder: string): Promise<string[]> {
  const problems: string[] = []
  // The last mount first: one may lie inside or above another.
  for (const point of (await mountsBelow(folder)).reverse()) {
    problems.push(`mount ${point}`)
    // Lazily: a process that cannot be ended while it waits for the disk may still hold it.
    await promisify(execFile)('umount', ['--lazy', point]).catch((error: unknown) =>
      problems.push(`${point} cannot be unmounted: ${describeError(error)}`)
    )
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
    problems.push(`${folder} cannot be removed: ${describeError(error)}`)
  )
  return problems
}

async function mountsBelow(folder: string): Promise<string[]> {
  // Other systems than Linux have no such list, and our tests mount nothing there.
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return parseMounts(mountinfo)
    .map(({ point }) => point)
    .filter((point) => point.startsWith(`${folder}/`))
}
