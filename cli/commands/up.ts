// `ssmd up`: the local runtime with a face: a live table on a terminal, plain lines elsewhere. Ctrl-C stops it
// in order and ends with 0; a second one hurries.
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SsmdError } from '#crds/errors.ts'
import { LocalRuntime } from '../../operator/local/runtime.ts'
import { createFace, type Face } from '../live/face.ts'
import { flush, type Output, outliveOutput } from '../output.ts'

export type UpOptions = {
  readonly path: string
  readonly data: string
  readonly environments: readonly string[]
  readonly output: Output
}

// npm and its wrappers forward a Ctrl-C that the terminal has delivered already: a second one by a person comes later.
const SECOND_MS = 700
// This long after the second Ctrl-C, exit without waiting: remaining programs notice our end and stop.
const LEAVE_MS = 5000
// More than an orderly stop takes (every grace of every program): then act as after another Ctrl-C.
const STOP_LIMIT_MS = 180_000
// A file that never answers (a pipe, a dead network disk) keeps Node from ending. Others have answered by then.
const FILES_MS = 1000

export async function runUp(options: UpOptions): Promise<void> {
  const natsServer = await natsServerOfThisComputer()
  let face: Face | undefined
  const runtime = new LocalRuntime({
    ...options,
    current: process.cwd(),
    program: {
      execPath: process.execPath,
      // main.js where this file is compiled.
      entry: fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url)),
    },
    env: process.env,
    natsServer,
    nowMs: () => Date.now(),
    onEvent: (event) => face?.tell(event),
    onChange: () => face?.touch(),
  })
  face = createFace(() => runtime.snapshot(), options.output)
  const interrupted = listenForEnd(runtime, () => face?.close())
  try {
    await runtime.start()
    await interrupted
    await runtime.stop()
  } catch (thrown) {
    face.close()
    throw thrown
  }
  face.finish()
  await leaveHungFiles()
}

/** The code that finds or builds nats-server is left out of the image, because a container lacks Go and a cache. */
async function natsServerOfThisComputer() {
  if (!existsSync(new URL('../../operator/local/nats-server', import.meta.url))) {
    throw new SsmdError(
      'SSMD_E_USAGE',
      'ssmd up is not for containers: it runs a NATS of its own, which this image does not hold',
      { hint: 'on a computer, run npm start in a clone of ssmd; on a cluster, install charts/ssmd' }
    )
  }
  const [{ locate }, { NATS_SERVER }, { withLock }] = await Promise.all([
    import('../../operator/local/nats-server/locate.ts'),
    import('../../operator/local/nats-server/spec.ts'),
    import('../launch/lock.mjs'),
  ])
  return async (log: (line: string) => void) =>
    (await locate(NATS_SERVER, { log, lock: withLock })).path
}

/** A thread that waits for a file cannot be ended, and `process.exit` waits for it: only a signal ends such a process. */
async function leaveHungFiles(): Promise<void> {
  const isWaiting = () => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))
  for (let waited = 0; isWaiting(); waited += 50) {
    if (waited >= FILES_MS) {
      await flush()
      endBySignal()
    }
    await sleep(50)
  }
}

/** As an interrupt ends a program that does not listen for it. */
function endBySignal(): void {
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}

/** Resolves when a signal asks us to stop, or when the reader of our output is gone. `leave` releases the terminal. */
function listenForEnd(runtime: LocalRuntime, leave: () => void): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const hurry = () => {
      runtime.hurry()
      setTimeout(() => {
        leave()
        endBySignal()
      }, LEAVE_MS).unref()
    }
    const end = () => {
      if (first === undefined) setTimeout(hurry, STOP_LIMIT_MS).unref()
      first ??= performance.now()
      runtime.interrupt()
      resolve()
    }
    process.on('SIGINT', () => {
      if (first !== undefined && performance.now() - first > SECOND_MS) hurry()
      end()
    })
    process.on('SIGTERM', end)
    process.on('SIGHUP', end)
    // Stopping in order matters more than the quick end of other commands.
    outliveOutput(end)
  })
}
