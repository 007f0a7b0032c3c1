// One process at a time has a session open: two would write checkpoints that do not follow one another.

import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { withLock } from '../../../cli/launch/lock.mjs'

export type SessionLock = { readonly release: () => Promise<void> }

/** Throws SSMD_E_LOCKED; a process that ended does not hold it. */
export async function lockSession(folder: string): Promise<SessionLock> {
  const released = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const refuse = (pid: number | undefined): never => {
    throw new SsmdError(
      'SSMD_E_LOCKED',
      `the session ${folder} is open in process ${pid ?? 'unknown'}`,
      {
        hint: 'end that one, or begin a new session',
      }
    )
  }
  const work = (): Promise<void> => {
    held.resolve()
    return released.promise
  }
  const done = withLock(join(folder, 'lock'), work, { onWait: refuse })
  await Promise.race([held.promise, done])
  return {
    release: async () => {
      released.resolve()
      await done
    },
  }
}
