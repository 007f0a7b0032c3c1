// Packs the layers of a rootfs as an OCI archive: what `ctr images import`, `docker load`, `podman load` and `skopeo`
// read. Equal files give equal bytes; nothing in it tells when or where it was made.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Arch, Rootfs } from './layout.ts'
import { tarFolder } from './tar.ts'

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
  const layout = join(work, 'layout')
  const archive = join(work, 'archive')
  try {
    await mkdir(join(layout, 'blobs/sha256'), { recursive: true })
    const layers: Blob[] = []
    for (const layer of rootfs.layers) {
      const file = join(work, 'layer')
      await tarFolder(join(folder, layer), file)
      layers.push(await placeBlob(file, layout))
    }
    const config = await writeBlob(configOf(rootfs, arch, layers), work, layout)
    const manifest = await writeBlob(manifestOf(config, layers), work, layout)
    await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    await writeFile(
      join(layout, 'index.json'),
      JSON.stringify(indexOf(rootfs.name, arch, manifest))
    )
    await tarFolder(layout, archive)
    await rename(archive, out)
    return { digest: manifest.digest, bytes: (await stat(out)).size }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function writeBlob(value: unknown, work: string, layout: string): Promise<Blob> {
  const file = join(work, 'blob')
  await writeFile(file, JSON.stringify(value))
  return placeBlob(file, layout)
}

/** A blob's name is its digest. */
async function placeBlob(file: string, layout: string): Promise<Blob> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  const sum = hash.digest('hex')
  const { size } = await stat(file)
  await rename(file, join(layout, 'blobs/sha256', sum))
  return { digest: `sha256:${sum}`, size }
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
