// The inside of `npm run bench -- cluster`: the world of the scenario, and on it each figure that the design names a target
// for. Targets are printed beside what was seen, and nothing fails over them: the computer is what it is.

import { mkdtemp } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeError, exitCodeOf } from '#crds/errors.ts'
import { clientOf } from '../argocd/prepare.ts'
import { startGitops } from '../scenario/argo.ts'
import { applySecret } from '../scenario/install.ts'
import { tellStory } from '../scenario/story.ts'
import { explain, makeWorld, type World } from '../scenario/world.ts'
import { type Figure, type FigureList, printFigures } from './cluster-figures.ts'
import { firstFrames, installs } from './cluster-install.ts'
import { kills, memory } from './cluster-lives.ts'
import { declareGold, pushes } from './cluster-push.ts'

class Stopped extends Error {}

/** Frames a second of the exchange: little, because the archive is read again and again. */
const RATE = 20

const write = (line: string) => void process.stdout.write(`${line}\n`)
const load = () =>
  `load ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`

async function measure(world: World, add: FigureList): Promise<void> {
  const { step, view } = world
  await view.kubectl('create', 'namespace', 'ssmd')
  await step('helm install, three times', () => installs(world, add))
  await world.exchange.start()
  await applySecret(world, world.keys.first)
  const client = await clientOf(world.node.kubeconfig)
  try {
    await step('a feed applied, three times', () => firstFrames(world, client, add))
    const gitops = await startGitops(world)
    try {
      await step('a feed from git', () => declareGold(world, gitops))
      await step('git push, three times each by webhook and refresh', () =>
        pushes(world, gitops, add)
      )
    } finally {
      await gitops.argo.stop()
    }
    await step('a connector killed, four times each way', () => kills(world, add))
    await step('idle', () => memory(world, add))
  } finally {
    client.transport.close()
  }
}

async function main(): Promise<void> {
  const ended = new AbortController()
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'message', 'disconnect'] as const) {
    process.on(event, () => ended.abort(new Stopped()))
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const story = tellStory(write, () => performance.now())
  let world: World | undefined
  const figures: Figure[] = []
  write(`a cluster of one node; ${load()}`)
  try {
    world = await makeWorld(folder, story, { rate: RATE })
    const stopped = new Promise<never>((_, reject) => {
      const stop = () => reject(ended.signal.reason as Error)
      if (ended.signal.aborted) stop()
      else ended.signal.addEventListener('abort', stop)
    })
    await Promise.race([measure(world, (figure) => figures.push(figure)), stopped])
  } catch (thrown) {
    if (world !== undefined && !(thrown instanceof Stopped)) write(await explain(world))
    throw thrown
  } finally {
    if (figures.length > 0) printFigures(write, figures, load())
    await world?.close()
    // Its folder goes with the enclosure: what was stopped halfway may still write.
  }
}

await main().catch((error: unknown) => {
  if (!(error instanceof Stopped)) process.stderr.write(`ssmd bench: ${describeError(error)}\n`)
  process.exitCode = error instanceof Stopped ? 130 : exitCodeOf(error)
})
// Whatever a measurement that was stopped still waits for.
process.exit()
