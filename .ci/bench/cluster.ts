// The outside of `npm run bench -- cluster`: gets programs and images, for which a way out is needed, and runs
// cluster-enclosed.ts in namespaces of its own, as `npm run cluster -- --node` does.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describeError, exitCodeOf } from '#crds/errors.ts'
import { systemPath } from '#testing/programs.ts'
import { argoTools } from '../argocd/argocd.ts'
import { getTools } from '../cluster/outside.ts'
import { IMAGES_VARIABLE, makeImages } from '../node/images.ts'
import { enclose } from '../node/namespaces.ts'
import { installNodePrograms, whyNoNode } from '../node/requirements.ts'

const ROOT = join(import.meta.dirname, '../..')
const say = (line: string) => process.stderr.write(`${line}\n`)

/** The exit code. Where no node can run it says why. */
export async function benchCluster(): Promise<number> {
  await installNodePrograms(say)
  const why = await whyNoNode()
  if (why !== undefined) {
    say(`ssmd bench: ${describeError(why)}`)
    return exitCodeOf(why)
  }
  await getTools()
  await argoTools()
  const images = await makeImages(join(ROOT, '.image'), say)
  const place = await enclose(
    [process.execPath, join(import.meta.dirname, 'cluster-enclosed.ts')],
    {
      ...process.env,
      PATH: systemPath(process.env),
      [IMAGES_VARIABLE]: JSON.stringify(images),
    }
  )
  try {
    // A process group of its own: Ctrl-C in a terminal would else end the servers inside before they are stopped.
    const child = spawn(place.file, place.args, {
      env: place.env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
    const stop = () => {
      if (child.connected) child.send('stop')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    await place.leave()
  }
}
