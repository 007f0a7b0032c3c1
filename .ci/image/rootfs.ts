// Writes what an image holds into a folder, a subfolder for each layer, and says how it is started. The Dockerfile runs
// this very file in its build stage, so both ways to an image have the same files.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeError, exitCodeOf } from '#crds/errors.ts'
import { TOOLS } from '../tools/specs.ts'
import { installPackages, type Manifest, readManifest, writeAppLayer } from './app-layer.ts'
import { writeCompiledCode } from './compiled-code.ts'
import { type DebianFiles, debianFiles } from './debian.ts'
import { emptyFolder } from './files.ts'
import { type Arch, hostArch, type ImageConfig, NODE_ARCH, type Rootfs, USER } from './layout.ts'
import { DEBIAN_PACKAGES, writeNodeLayer } from './node-layer.ts'
import { writeNats, writePause } from './static.ts'

const ROOT = join(import.meta.dirname, '../..')

export const PAUSE_VERSION = '1'

export type What = 'ssmd' | 'nats-server' | 'pause'

export type RootfsOptions = {
  readonly what: What
  readonly arch: Arch
  /** Emptied first. */
  readonly folder: string
  /** In place of what is fetched for this image. */
  readonly fetched?: Fetched
  readonly log: (line: string) => void
}

/** What the image of ssmd is made of beside this repository. */
export type Fetched = {
  /** A node_modules. */
  readonly packages: string
  readonly debian: DebianFiles
}

/** Into `folder`, which is the caller's to remove. */
export async function fetchParts(
  arch: Arch,
  folder: string,
  log: (line: string) => void
): Promise<Fetched> {
  log('installing the packages for run time (npm ci), fetching the C libraries')
  const packages = await installPackages(ROOT, arch, join(folder, 'npm'))
  return { packages, debian: await debianFiles(DEBIAN_PACKAGES, arch, join(folder, 'debian')) }
}

export async function writeRootfs(options: RootfsOptions): Promise<Rootfs> {
  await emptyFolder(options.folder)
  const work = await mkdtemp(join(tmpdir(), 'ssmd-image-'))
  try {
    if (options.what === 'ssmd') return await ssmdRootfs(options, work)
    return await staticRootfs(options, options.what, work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function ssmdRootfs(options: RootfsOptions, work: string): Promise<Rootfs> {
  const { arch, folder, log } = options
  const manifest = await readManifest(ROOT)
  const { packages, debian } = options.fetched ?? (await fetchParts(arch, work, log))
  log('compiling the sources')
  const node = join(packages, `node-linux-${NODE_ARCH[arch]}`)
  await writeNodeLayer({ node, arch, debian, to: join(folder, 'node') })
  await writeAppLayer(ROOT, packages, join(folder, 'app'))
  await writeCompiledCode(join(node, 'bin/node'), arch, join(folder, 'app'), log)
  return {
    name: `ssmd.local/${manifest.name}:${manifest.version}`,
    layers: SSMD_LAYERS,
    config: ssmdConfig(manifest),
  }
}

export const SSMD_LAYERS = ['node', 'app'] as const

export const ssmdConfig = ({ name, version, description, license }: Manifest): ImageConfig =>
  configOf('/usr/bin/ssmd', { title: name, version, description, licenses: license }, MEMORY)

async function staticRootfs(
  { arch, folder, log }: RootfsOptions,
  what: 'nats-server' | 'pause',
  work: string
): Promise<Rootfs> {
  const layer = join(folder, 'program')
  if (what === 'pause') {
    await writePause(arch, layer, work, log)
    const labels = {
      title: 'pause',
      version: PAUSE_VERSION,
      description: "Holds a pod's namespaces",
      licenses: 'MIT',
    }
    return {
      name: `ssmd.local/pause:${PAUSE_VERSION}`,
      layers: ['program'],
      config: configOf('/pause', labels),
    }
  }
  await writeNats(arch, layer, work, log)
  const { version } = TOOLS['nats-server']
  return {
    name: `ssmd.local/nats-server:${version}`,
    layers: ['program'],
    config: configOf('/usr/bin/nats-server', {
      title: 'nats-server',
      version,
      description: 'NATS, for clusters without a registry',
      licenses: 'Apache-2.0',
    }),
  }
}

/**
 * A young generation of 4 MB and two malloc arenas: 10 to 20 MB less for each process, and no less throughput. As
 * variables, so that whoever runs a pod can see and replace them.
 */
const MEMORY = ['NODE_OPTIONS=--max-semi-space-size=4', 'MALLOC_ARENA_MAX=2'] as const

const configOf = (
  program: string,
  labels: Readonly<Record<string, string>>,
  env: readonly string[] = []
): ImageConfig => ({
  User: `${USER}:${USER}`,
  Entrypoint: [program],
  Env: ['PATH=/usr/bin', ...env],
  WorkingDir: '/',
  Labels: Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value])
  ),
})

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { arch: { type: 'string' }, out: { type: 'string' } } })
  const arch = values.arch === 'arm64' || values.arch === 'amd64' ? values.arch : hostArch()
  const log = (line: string) => process.stderr.write(`${line}\n`)
  await writeRootfs({ what: 'ssmd', arch, folder: values.out ?? 'rootfs', log })
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`ssmd: ${describeError(error)}\n`)
    process.exitCode = exitCodeOf(error)
  })
}
