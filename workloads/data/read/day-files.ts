// The files of a day that a caller can fetch: those that its manifest names, up to what is committed, and the manifest itself.

import type { FileHandle } from 'node:fs/promises'
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { dayFolder, MANIFEST_FILE, type Manifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { openRegular } from '#crds/regular-file.ts'
import { nearestName } from '../model/nearest.ts'
import type { QueryContext } from '../model/query.ts'
import { Holdings } from './holdings.ts'

export type DayFile = {
  readonly name: string
  readonly kind: 'manifest' | 'segment' | 'index' | 'feed'
  /** How much of it is committed; null: all of it. */
  readonly bytes: number | null
  /** Of those bytes; null where the manifest has none. */
  readonly sha256: string | null
  /** True if it never changes again. */
  readonly sealed: boolean
  /** Tells one state of the file from all others. */
  readonly tag: string
}

export type OpenDayFile = DayFile & { readonly handle: FileHandle }

type Scope = Pick<QueryContext, 'roots' | 'grant' | 'manifests'>

/** What the manifest names; of an index it has no checksum, so that of its segment and its length tell it apart. */
export function filesOf({ segments, feeds = [] }: Manifest): DayFile[] {
  return [
    ...feeds.map(
      ({ name, bytes, sha256 }): DayFile => ({
        name,
        kind: 'feed',
        bytes,
        sha256,
        sealed: true,
        tag: sha256,
      })
    ),
    ...segments.flatMap(({ name, bytes, sha256, sealed, indexBytes }): DayFile[] => [
      { name, kind: 'segment', bytes, sha256, sealed, tag: sha256 },
      {
        name: name.replace(/jsonl\.gz$/, 'index.jsonl'),
        kind: 'index',
        bytes: indexBytes,
        sha256: null,
        sealed,
        tag: `${sha256}-${indexBytes}`,
      },
    ]),
  ]
}

/** Opens a file of a day; what is removed or replaced later is still read whole. Throws SSMD_E_NOT_FOUND. */
export async function openDayFile(
  scope: Scope,
  feed: string,
  day: string,
  name: string
): Promise<OpenDayFile> {
  const { root, own, manifest } = await new Holdings(scope).day(feed, day)
  const folder = dayFolder(root.path, own, day)
  if (name === MANIFEST_FILE) return openManifest(root.path, folder)
  const files = filesOf(manifest)
  const file = files.find((one) => one.name === name)
  if (file === undefined)
    throw notThere(feed, day, name, [MANIFEST_FILE, ...files.map((one) => one.name)])
  return { ...file, handle: await openInside(root.path, join(folder, name)) }
}

/** It is replaced as a whole, so what is open does not change; it ends with the checksum of its own text. */
async function openManifest(root: string, folder: string): Promise<OpenDayFile> {
  const handle = await openInside(root, join(folder, MANIFEST_FILE))
  const { size } = await handle.stat()
  const end = Buffer.alloc(Math.min(size, 100))
  await handle.read(end, 0, end.length, size - end.length)
  const tag =
    /"sha256": "([0-9a-f]{64})"\n\}\n$/.exec(end.toString('latin1'))?.[1] ?? `size-${size}`
  return {
    name: MANIFEST_FILE,
    kind: 'manifest',
    bytes: size,
    sha256: null,
    sealed: false,
    tag,
    handle,
  }
}

/** A link may lead to another disk of the archive, but not out of it. */
async function openInside(root: string, path: string): Promise<FileHandle> {
  const [real, top] = await Promise.all([realpath(path), realpath(root)])
  if (!real.startsWith(top.endsWith(sep) ? top : top + sep)) {
    throw new SsmdError('SSMD_E_NOT_FOUND', 'the day has no such file')
  }
  return openRegular(real)
}

function notThere(feed: string, day: string, name: string, names: readonly string[]): SsmdError {
  const near = nearestName(name, names)
  return new SsmdError(
    'SSMD_E_NOT_FOUND',
    `${feed} ${day} has no file ${JSON.stringify(name.slice(0, 80))}`,
    {
      hint: near === undefined ? `see /v1/datasets/${feed}/${day}` : `did you mean ${near}?`,
    }
  )
}
