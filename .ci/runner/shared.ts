// What several test files share: started for the first of them, ended after the last. One file alone starts its own.

import { describeError } from '#crds/errors.ts'

export type Shared = {
  /** Tells a test file where it is. */
  readonly env: NodeJS.ProcessEnv
  stop(): Promise<void>
}
export type StartShared = () => Promise<Shared>

export type Lazy = {
  /** Starts it if it does not run; nothing if each file has to start its own. */
  env(): Promise<NodeJS.ProcessEnv>
  /** One file has ended. */
  leave(): Promise<void>
  stop(): Promise<void>
}

export function lazilyShared(
  start: StartShared | undefined,
  files: number,
  write: (line: string) => void
): Lazy {
  let left = files
  let started: Promise<Shared | undefined> | undefined
  const orSay = async (get: StartShared) =>
    get().catch((error: unknown) => {
      write(`no API server for all tests, each starts its own: ${describeError(error)}`)
      return undefined
    })
  const stop = async () => {
    const running = started
    started = undefined
    await (await running)?.stop()
  }
  return {
    async env() {
      if (start === undefined || files < 2) return {}
      started ??= orSay(start)
      return (await started)?.env ?? {}
    },
    async leave() {
      if (--left === 0) await stop()
    },
    stop,
  }
}
