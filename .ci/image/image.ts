// Builds an image as an OCI archive, without a container engine and without a registry. The same sources and the same
// Debian packages give the same bytes.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Arch, hostArch } from './layout.ts'
import { packImage } from './oci.ts'
import { type Fetched, type What, writeRootfs } from './rootfs.ts'

export type ImageOptions = {
  readonly what: What
  /** Default: that of this machine. */
  readonly arch?: Arch
  /** The archive. */
  readonly out: string
  /** In place of the version of package.json, or of the program. */
  readonly tag?: string
  /** In place of what is fetched for this image. */
  readonly fetched?: Fetched
  readonly log: (line: string) => void
}

export type BuiltImage = {
  /** `ssmd.local/<what>:<tag>` */
  readonly name: string
  readonly file: string
  /** Of the manifest: what a container engine calls the image's digest. */
  readonly digest: string
  readonly bytes: number
}

export async function buildImage(options: ImageOptions): Promise<BuiltImage> {
  const { what, tag, fetched, log, arch = hostArch() } = options
  const file = resolve(options.out)
  await mkdir(dirname(file), { recursive: true })
  const folder = await mkdtemp(join(dirname(file), '.rootfs-'))
  try {
    const built = await writeRootfs({ what, arch, folder, log, ...(fetched && { fetched }) })
    const name = tag === undefined ? built.name : built.name.replace(/:[^:]*$/, `:${tag}`)
    log(`packing ${name} for ${arch}`)
    return { name, file, ...(await packImage({ ...built, name }, arch, folder, file)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
