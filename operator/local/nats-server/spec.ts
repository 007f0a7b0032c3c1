// The nats-server that `ssmd up` starts, and how any real program is described: its version, and where it can come from.

export type ToolSpec = {
  readonly name: string
  readonly version: string
  /** The variable that names the tool's path and goes before everything else. */
  readonly variable: string
  readonly versionArgs: readonly string[]
  readonly go: {
    /** Folder with go.mod and go.sum. */
    readonly module: string
    readonly package: string
    /** The module whose version it has, if the package is our own wrapper. */
    readonly of?: string
    readonly ldflags?: string
    /** Build tags: what of the program is left out. */
    readonly tags?: string
    /** How long a first build takes on a fast machine; five times that was seen on two cores under load. */
    readonly seconds: number
  }
  /** Left out where the project publishes no sha256 of its programs: then only Go makes it. */
  readonly release?: Release
  /** The only system that it is for, in Go's word. */
  readonly os?: 'linux'
}

export type Release = {
  readonly base: string
  /** The file of a platform, in Go's words (`linux`, `amd64`); undefined where none is published. */
  readonly file: (os: string, arch: string) => string | undefined
  /** The file that publishes its sha256: lines of `<sha256>  <file>`, or the bare sum. */
  readonly sums: (file: string) => string
  /** Path of the program inside a .tar.gz or .zip; without it the file is the program itself. */
  readonly member?: (os: string, arch: string) => string
}

const NATS = '2.15.2'

export const NATS_SERVER = {
  name: 'nats-server',
  version: NATS,
  variable: 'SSMD_NATS_SERVER',
  versionArgs: ['--version'],
  go: {
    module: import.meta.dirname,
    package: 'github.com/nats-io/nats-server/v2',
    seconds: 15,
  },
  release: {
    base: `https://github.com/nats-io/nats-server/releases/download/v${NATS}/`,
    file: (os, arch) => `nats-server-v${NATS}-${os}-${arch}.tar.gz`,
    sums: () => 'SHA256SUMS',
    member: (os, arch) => `nats-server-v${NATS}-${os}-${arch}/nats-server`,
  },
} as const satisfies ToolSpec
