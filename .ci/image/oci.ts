// Packs the layers of a rootfs as an OCI archive: what `ctr images import`, `docker load`, `podman load` and `skopeo`
// read. Equal files give equal bytes; nothing in it tells when or where it was made.

import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Arch, Rootfs } from './layout.ts'
import { readPieces, TAR_END, tarFile, tarFolder } from './tar.ts'

const TYPE = 'application/vnd.oci.image'

type Blob = { readonly digest: string; readonly size: number }

export type Packed = { readonly digest: string; readonly bytes: number }

/** Writes `out` as a whole or not at all. `folder` holds the layers of `rootfs`; the digest is the manifest's. */
export async function packImage(
  rootfs: Rootfs,
  arch: Arch,
  folder: string,
  out: string
): Promise<Packed> {
  const work = await mkdtemp(join(dirname(out), '.pack-'))
  try {
    const layers: (Blob & { file: string })[] = []
    for (const layer of rootfs.layers) {
      const file = join(work, `layer-${layers.length}`)
      layers.push({ ...(await writeHashed(tarFolder(join(folder, layer)), file)), file })
    }
    const config = json(configOf(rootfs, arch, layers))
    const manifest = json(manifestOf(blobOf(config), layers))
    const index = json(indexOf(rootfs.name, arch, blobOf(manifest)))
    const archive = join(work, 'archive')
    await pipeline(archiveOf(index, [config, manifest], layers), createWriteStream(archive))
    await rename(archive, out)
    return { digest: blobOf(manifest).digest, bytes: (await stat(out)).size }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const configOf = (rootfs: Rootfs, architecture: Arch, layers: readonly Blob[]) => ({
  architecture,
  os: 'linux',
  config: rootfs.config,
  rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  history: rootfs.layers.map((layer) => ({ created_by: `ssmd image: ${layer}` })),
})

const manifestOf = (config: Blob, layers: readonly Blob[]) => ({
  schemaVersion: 2,
  mediaType: `${TYPE}.manifest.v1+json`,
  config: { mediaType: `${TYPE}.config.v1+json`, ...config },
  layers: layers.map(({ digest, size }) => ({ mediaType: `${TYPE}.layer.v1.tar`, digest, size })),
})

const indexOf = (name: string, architecture: Arch, manifest: Blob) => ({
  schemaVersion: 2,
  mediaType: `${TYPE}.index.v1+json`,
  manifests: [
    {
      mediaType: `${TYPE}.manifest.v1+json`,
      ...manifest,
      annotations: {
        // containerd takes the whole name from the one, everybody else the tag from the other.
        'io.containerd.image.name': name,
        'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
      },
      platform: { architecture, os: 'linux' },
    },
  ],
})

async function* archiveOf(
  index: Buffer,
  small: readonly Buffer[],
  layers: readonly (Blob & { file: string })[]
): AsyncGenerator<Uint8Array> {
  const whole = (name: string, bytes: Buffer) => tarFile(name, bytes.length, [bytes])
  yield* whole('oci-layout', json({ imageLayoutVersion: '1.0.0' }))
  yield* whole('index.json', index)
  for (const blob of small) yield* whole(blobPath(blobOf(blob).digest), blob)
  for (const { digest, size, file } of layers) {
    yield* tarFile(blobPath(digest), size, readPieces(file))
  }
  yield TAR_END
}

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const digestOf = (hash: Hash): string => `sha256:${hash.digest('hex')}`
const blobOf = (bytes: Buffer): Blob => ({
  digest: digestOf(createHash('sha256').update(bytes)),
  size: bytes.length,
})

async function writeHashed(pieces: AsyncIterable<Uint8Array>, file: string): Promise<Blob> {
  const hash = createHash('sha256')
  let size = 0
  const hashed = async function* () {
    for await (const piece of pieces) {
      hash.update(piece)
      size += piece.length
      yield piece
    }
  }
  await pipeline(hashed, createWriteStream(file))
  return { digest: digestOf(hash), size }
}
