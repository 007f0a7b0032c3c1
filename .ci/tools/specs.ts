// Which real servers and programs ssmd needs, in which version, and where each can come from.
// A new tool is an entry here and a Go module beside, whose go.mod and go.sum pin every source it is built of.

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
    readonly ldflags?: string
    /** About how long a first build takes, for the person who waits. */
    readonly seconds: number
  }
  readonly release: Release
}

export type Release = {
  readonly base: string
  /** The file of a platform, in Go's words (`linux`, `amd64`). */
  readonly file: (os: string, arch: string) => string
  /** The file that publishes its sha256: lines of `<sha256>  <file>`, or the bare sum. */
  readonly sums: (file: string) => string
  /** Path of the program inside a .tar.gz; without it the file is the program itself. */
  readonly member?: (os: string, arch: string) => string
}

const NATS = '2.15.2'

export const TOOLS = {
  'nats-server': {
    name: 'nats-server',
    version: NATS,
    variable: 'SSMD_NATS_SERVER',
    versionArgs: ['--version'],
    go: {
      module: `${import.meta.dirname}/nats-server`,
      package: 'github.com/nats-io/nats-server/v2',
      seconds: 15,
    },
    release: {
      base: `https://github.com/nats-io/nats-server/releases/download/v${NATS}/`,
      file: (os, arch) => `nats-server-v${NATS}-${os}-${arch}.tar.gz`,
      sums: () => 'SHA256SUMS',
      member: (os, arch) => `nats-server-v${NATS}-${os}-${arch}/nats-server`,
    },
  },
} as const satisfies Record<string, ToolSpec>

export type ToolName = keyof typeof TOOLS
