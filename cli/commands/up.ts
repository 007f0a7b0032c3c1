// `ssmd up`: the local runtime with a face: a live table on a terminal, plain lines elsewhere. Ctrl-C stops it
// in order and ends with 0; a second one hurries.
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toolPath } from '#tools'
import { LocalRuntime } from '../../operator/local/runtime.ts'
import { createFace, type Face } from '../live/face.ts'
import { type Output, outliveOutput } from '../output.ts'

export type UpOptions = {
  readonly path: string
  readonly data: string
  readonly environments: readonly string[]
  readonly output: Output
}

// npm and wrappers of theirs pass on a Ctrl-C that the terminal has delivered already: one of a person comes later.
const SECOND_MS = 700
// With this much hurry asked for, what still hangs is left to end by itself: it notices that we are gone.
const LEAVE_MS = 5000

export async function runUp(options: UpOptions): Promise<void> {
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
    natsServer: (say) => toolPath('nats-server', { log: say }),
    nowMs: () => Date.now(),
    onEvent: (event) => face?.tell(event),
    onChange: () => face?.touch(),
  })
  face = createFace(() => runtime.snapshot(), options.output)
  const interrupted = listenForEnd(runtime)
  try {
    await runtime.start()
    await interrupted
    await runtime.stop()
  } catch (thrown) {
    face.close()
    throw thrown
  }
  face.finish()
}

/** Resolves when the end is asked for, by a signal or because nobody reads any more. */
function listenForEnd(runtime: LocalRuntime): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const end = () => {
      first ??= performance.now()
      runtime.interrupt()
      resolve()
    }
    process.on('SIGINT', () => {
      if (first !== undefined && performance.now() - first > SECOND_MS) {
        runtime.hurry()
        setTimeout(() => process.exit(1), LEAVE_MS).unref()
      }
      end()
    })
    process.on('SIGTERM', end)
    process.on('SIGHUP', end)
    // Stopping in order matters more than the quick end of other commands.
    outliveOutput(end)
  })
}
