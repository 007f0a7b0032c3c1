// The inside of `npm run cluster -- --node`: a node, the chart, and exchanges/ as they are on a cluster. Started by
// outside.ts in the node's namespaces; ends in order when that one says so, when it is gone, or on a signal.

import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { describeError, exitCodeOf, SsmdError } from '#crds/errors.ts'
import { FOLDERS } from '../../cli/repository/folder.ts'
import type { TestCluster } from '../../operator/testing/cluster.ts'
import { givenImages } from '../node/images.ts'
import { mustRun } from '../node/must-run.ts'
import { type NodeCluster, startNode } from '../node/node.ts'
import { toolPath } from '../tools/tools.ts'

/** What outside.ts is told when all is there. */
export type Ready = {
  readonly kubeconfig: string
  readonly bin: string
  /** Where the volumes lie, seen from outside too. */
  readonly volumes: string
}

const ROOT = join(import.meta.dirname, '../..')
const NAMESPACE = 'ssmd'
const NATS_URL = 'nats://ssmd-nats:4222'

const say = (line: string) => process.stderr.write(`${line}\n`)

export type Release = {
  /** Its folder. Default: that of this checkout. */
  readonly chart?: string | undefined
  /** Name of the image of ssmd. Default: that of this checkout. */
  readonly ssmd?: string | undefined
}

/** Installs or upgrades the chart as a user does, with images that the node has. */
export async function installChart(cluster: TestCluster, release: Release = {}): Promise<void> {
  const images = givenImages()
  const chart = release.chart ?? join(ROOT, 'charts/ssmd')
  const [nats = '', natsTag = ''] = images['nats-server'].name.split(':')
  const [ssmd = '', tag = ''] = (release.ssmd ?? images.ssmd.name).split(':')
  const home = join(cluster.folder, 'helm')
  await mustRun(
    await toolPath('helm'),
    [
      ...['upgrade', '--install', 'ssmd', chart, '--namespace', NAMESPACE],
      ...['--create-namespace', '--wait', '--timeout', '55s'],
      ...['--set', `image.repository=${ssmd},image.tag=${tag}`],
      ...['--set', `nats.image.repository=${nats},nats.image.tag=${natsTag}`],
    ],
    { env: { ...process.env, KUBECONFIG: cluster.kubeconfig, HOME: home } }
  )
  await cluster.kubectl('config', 'set-context', '--current', '--namespace', NAMESPACE)
}

/** Applies exchanges/, whose files are a laptop's: here NATS is the chart's, and an archive gets a volume of its own. */
export async function applyToNode(cluster: TestCluster): Promise<void> {
  const folder = join(cluster.folder, 'exchanges')
  await mkdir(folder)
  for (const kind of Object.values(FOLDERS)) {
    for (const name of await readdir(join(ROOT, 'exchanges', kind))) {
      if (!/\.ya?ml$/.test(name)) continue
      const resource = forNode(parse(await readFile(join(ROOT, 'exchanges', kind, name), 'utf8')))
      const file = join(folder, `${kind}-${basename(name).replace(/\.ya?ml$/, '.json')}`)
      await writeFile(file, JSON.stringify(resource, null, 2))
    }
  }
  await cluster.kubectl('apply', '--server-side', '--namespace', NAMESPACE, '-f', folder)
}

type Resource = { readonly kind: string; readonly spec: Readonly<Record<string, unknown>> }

function forNode(resource: Resource): Resource {
  const { kind, spec } = resource
  if (kind === 'Environment') {
    // Keys of a laptop come from its shell; the simulator asks for none.
    const { keys: _, ...rest } = spec
    const transport = { ...(spec.transport as object), url: NATS_URL }
    return { ...resource, spec: { ...rest, transport } }
  }
  if (kind === 'Archive') {
    return { ...resource, spec: { ...spec, storage: { claim: { size: '10Gi' } } } }
  }
  return resource
}

class Stopped extends Error {}

async function main(): Promise<void> {
  const ended = new AbortController()
  const stopped = new Promise<undefined>((resolve) => {
    ended.signal.addEventListener('abort', () => resolve(undefined))
  })
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'message', 'disconnect'] as const) {
    process.on(event, () => ended.abort(new Stopped()))
  }
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    // A signal waits for the step at hand, so that nothing is left half made.
    ended.signal.throwIfAborted()
    const begun = performance.now()
    const result = await work()
    say(`  ${what.padEnd(42)} ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    return result
  }
  const images = givenImages()
  const node = await startNode({
    images: Object.values(images).map(({ file }) => file),
    step,
    signal: ended.signal,
  })
  try {
    await step('the chart: kinds, operator, NATS', () => installChart(node))
    await step('exchanges/', () => applyToNode(node))
    // Whoever looks around in there wants to upgrade the release too.
    await symlink(await toolPath('helm'), join(node.bin, 'helm'))
    process.send?.(readyOf(node))
    const failure = await Promise.race([node.failed, stopped])
    if (failure !== undefined) {
      throw new SsmdError('SSMD_E_INTERNAL', `a program of the node ended by itself: ${failure}`)
    }
  } finally {
    await node.stop()
  }
}

function readyOf(node: NodeCluster): Ready {
  const { kubeconfig, bin } = node
  return { kubeconfig, bin, volumes: join(bin, '../volumes') }
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    if (error instanceof Stopped) return
    say(`ssmd: ${describeError(error)}`)
    process.exitCode = exitCodeOf(error)
  })
  process.disconnect?.()
}
