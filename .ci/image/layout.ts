// What all images have in common: processors, the one user, and where things lie in an image.

/** In the words of container images. */
export type Arch = 'amd64' | 'arm64'

export const NODE_ARCH: Readonly<Record<Arch, string>> = { amd64: 'x64', arm64: 'arm64' }

export const hostArch = (): Arch => (process.arch === 'arm64' ? 'arm64' : 'amd64')

/** Owns nothing, on any common node or image. The same number as in the pods that the operator makes. */
export const USER = 65532

/** The compiled sources, their packages, and code that V8 has compiled already. */
export const APP = 'app'

/** What an image says of itself to a container engine. */
export type ImageConfig = {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Env: readonly string[]
  readonly WorkingDir: string
  readonly Labels: Readonly<Record<string, string>>
}

/** Layers from the one that changes least to the one that changes most: folders below the folder of a rootfs. */
export type Rootfs = {
  readonly layers: readonly string[]
  readonly config: ImageConfig
  /** `<name>:<tag>` */
  readonly name: string
}
