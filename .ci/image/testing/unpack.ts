// Reads an OCI archive as anybody else would: with tar, and by what the image specification says. Knows nothing of how
// ours are written.

import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../../operator/local/nats-server/run.ts'

export type Descriptor = {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly platform?: Readonly<Record<string, string>>
}

export type Entry = {
  readonly path: string
  /** As `ls -l` writes it. */
  readonly mode: string
  readonly owner: string
  readonly size: number
}

export type Unpacked = {
  readonly index: { readonly manifests: readonly Descriptor[] }
  readonly manifest: { readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  readonly config: {
    readonly architecture: string
    readonly os: string
    readonly config: Readonly<Record<string, unknown>>
    readonly rootfs: { readonly diff_ids: readonly string[] }
  }
  /** Where the blobs lie. */
  readonly layout: string
  readonly entries: readonly Entry[]
}

export async function unpackArchive(file: string, folder: string): Promise<Unpacked> {
  await mkdir(folder, { recursive: true })
  await tar('-xf', file, '-C', folder)
  const index = await json<Unpacked['index']>(join(folder, 'index.json'))
  const manifest = await json<Unpacked['manifest']>(blobOf(folder, index.manifests[0]?.digest))
  const config = await json<Unpacked['config']>(blobOf(folder, manifest.config.digest))
  const entries: Entry[] = []
  for (const { digest } of manifest.layers) {
    const listing = await tar('--numeric-owner', '-tvf', blobOf(folder, digest))
    entries.push(...listing.trimEnd().split('\n').map(readLine))
  }
  return { index, manifest, config, layout: folder, entries }
}

/** What a container would have as its root. */
export async function unpackRoot(image: Unpacked, root: string): Promise<void> {
  await mkdir(root, { recursive: true })
  for (const { digest } of image.manifest.layers) {
    await tar('-xpf', blobOf(image.layout, digest), '-C', root)
  }
}

/** What is wrong with a blob, or undefined. */
export async function blobProblem(layout: string, blob: Descriptor): Promise<string | undefined> {
  const path = blobOf(layout, blob.digest)
  const digest = `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`
  if (digest !== blob.digest) return `${blob.digest} has the digest ${digest}`
  const { size } = await stat(path)
  return size === blob.size ? undefined : `${blob.digest} has ${size} bytes, not ${blob.size}`
}

const blobOf = (layout: string, digest = ''): string =>
  join(layout, 'blobs', digest.replace(':', '/'))

const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T

async function tar(...args: string[]): Promise<string> {
  const done = await run('tar', args, { env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } })
  if (done.code !== 0) throw new Error(`tar ${args.join(' ')}: ${done.output}`)
  return done.output
}

function readLine(line: string): Entry {
  const [mode = '', owner = '', size = '', _day, _time, ...path] = line.split(/\s+/)
  return { mode, owner, size: Number(size), path: path.join(' ').replace(/\/$/, '') }
}
