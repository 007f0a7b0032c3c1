// What every chapter of the scenario may use.

import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { givenImages } from '../node/images.ts'
import { NODE_ADDRESS } from '../node/network.ts'
import { type NodeCluster, startNode } from '../node/node.ts'
import { DEFAULT_VOLUMES } from '../node/volumes.ts'
import { toolPath } from '../tools/tools.ts'
import { ClusterView } from './cluster-view.ts'
import { type ApiKey, Exchange, makeKey } from './exchange.ts'
import type { Step, Story } from './story.ts'

export type World = {
  readonly node: NodeCluster
  readonly view: ClusterView
  readonly exchange: Exchange
  /** The keys of feed `gold`: the one that it begins with, and the one it gets in its place. */
  readonly keys: { readonly first: ApiKey; readonly second: ApiKey }
  /** A checkout of the repository that declares what is captured. */
  readonly checkout: string
  /** Names of images on the node: this version, and the same bytes as a later one. */
  readonly images: { readonly now: string; readonly next: string; readonly nats: string }
  readonly folder: string
  helm(...args: readonly string[]): Promise<string>
  /** Commits all changes of the checkout, pushes, and applies what the repository holds. */
  push(message: string): Promise<void>
  /** The folder in which an Archive's data lie on the node. Default: that of `kept`. */
  archiveRoot(archive?: string): Promise<string>
  readonly step: Step
  /** A line of news below a step: figures that were measured. */
  say(text: string): void
  close(): Promise<void>
}

export type Chapter = {
  readonly title: string
  run(world: World): Promise<void>
}

const run = promisify(execFile)

/** Volumes beside the ordinary ones, of classes of their own: one that is soon full, one that nobody can write to. */
export const SMALL = 'small'
export const READ_ONLY = 'read-only'
const VOLUMES = [
  ...DEFAULT_VOLUMES,
  { name: 'small', storageClass: SMALL, size: '2Mi' },
  { name: 'read-only', storageClass: READ_ONLY, readOnly: true },
]

/** Starts the node with our images, and makes everything that chapters share. `rate`: of the exchange. */
export async function makeWorld(
  folder: string,
  { step, say }: Story,
  o: { readonly rate?: number } = {}
): Promise<World> {
  const images = givenImages()
  const node = await startNode({
    step,
    images: Object.values(images).map(({ file }) => file),
    volumes: VOLUMES,
  })
  const now = images.ssmd.name
  const next = `${now}-next`
  await step('the same image under a later version', () => node.tagImage(now, next))
  const view = new ClusterView((...args) => node.kubectl('--namespace', 'ssmd', ...args))
  const { checkout, push } = await makeRepository(folder)
  const keys = { first: makeKey('first-key'), second: makeKey('second-key') }
  const exchange = new Exchange({ folder, host: NODE_ADDRESS, keys: [keys.first], ...o })
  const helm = await toolPath('helm')
  return {
    ...{ node, view, exchange, keys, checkout, folder, step, say },
    images: { now, next, nats: images['nats-server'].name },
    helm: async (...args) => {
      const env = { ...process.env, KUBECONFIG: node.kubeconfig, HOME: folder }
      return (await run(helm, [...args], { env, timeout: 120_000 })).stdout
    },
    push: async (message) => {
      await push(message)
      await view.kubectl('apply', '--server-side', '--force-conflicts', '-R', '-f', checkout)
    },
    archiveRoot: async (archive = 'kept') => {
      const claim = await view.json<{ spec: { volumeName?: string } }>(
        ...['get', 'pvc', `archiver-${archive}`]
      )
      const root = node.volumes[claim.spec.volumeName ?? '']
      if (root === undefined) throw new Error(`the claim of archive ${archive} has no volume`)
      return root
    },
    close: async () => {
      await exchange.kill()
      await node.stop()
    },
  }
}

/** What a person would look at first where something went wrong. */
export async function explain({ view }: World): Promise<string> {
  const looks = [
    ['get', 'feeds,environments,archives,signals,pods,pvc,deployments', '-o', 'wide'],
    ['get', 'events', '--sort-by=.lastTimestamp'],
    ['logs', 'deployment/ssmd-operator', '--tail=40'],
    ['describe', 'feed', 'gold'],
  ]
  const texts: string[] = []
  for (const look of looks) {
    const text = await view.kubectl(...look).catch((error: unknown) => String(error))
    texts.push(`$ kubectl ${look.join(' ')}\n${text.split('\n').slice(-60).join('\n')}`)
  }
  return texts.join('\n')
}

/** A bare repository and a checkout of it; returns a function that commits and pushes everything in the checkout. */
export async function makeRepository(
  folder: string
): Promise<{ bare: string; checkout: string; push: (message: string) => Promise<void> }> {
  const bare = join(folder, 'feeds.git')
  const checkout = join(folder, 'checkout')
  const git = async (...args: readonly string[]) => {
    // No configuration of this computer's user: neither names nor hooks nor signing.
    const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
    await run('git', [...args], { env, timeout: 30_000 })
  }
  await mkdir(checkout, { recursive: true })
  await git('init', '-q', '--bare', '-b', 'main', bare)
  await git('init', '-q', '-b', 'main', checkout)
  await git('-C', checkout, 'config', 'user.name', 'ssmd')
  await git('-C', checkout, 'config', 'user.email', 'ssmd@example.invalid')
  await git('-C', checkout, 'remote', 'add', 'origin', bare)
  return {
    bare,
    checkout,
    push: async (message) => {
      await git('-C', checkout, 'add', '-A')
      await git('-C', checkout, 'commit', '-q', '-m', message)
      await git('-C', checkout, 'push', '-q', 'origin', 'main')
    },
  }
}
