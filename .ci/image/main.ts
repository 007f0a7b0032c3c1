// `npm run image`: the images as OCI archives in .image/, without a container engine.

import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { describeError, exitCodeOf, SsmdError } from '#crds/errors.ts'
import { TOOLS } from '../tools/specs.ts'
import { readManifest } from './app-layer.ts'
import { buildImage } from './image.ts'
import { type Arch, hostArch } from './layout.ts'
import { PAUSE_VERSION, type What } from './rootfs.ts'

const ROOT = join(import.meta.dirname, '../..')

const HELP = `npm run image [-- <options>]

Builds the image of ssmd as an OCI archive: .image/ssmd-<version>-<arch>.tar. One image for all roles
(ssmd operator, ssmd connector, ...); it runs as user 65532 on a read-only root and holds no shell.
Needs apt-get and dpkg-deb, for the C libraries, and GNU tar; no container engine. On other systems: docker build .

  --arch <amd64|arm64>   default: this machine's
  --nats                 also .image/nats-server-<version>-<arch>.tar, for a cluster without a registry; needs Go
  --pause                also .image/pause-1-<arch>.tar, the image that holds a pod's namespaces; needs Go
  --tag <tag>            in place of ssmd's version
  --help                 show this

Load it:
  ctr --namespace k8s.io images import .image/ssmd-<version>-<arch>.tar     containerd
  k3s ctr images import .image/ssmd-<version>-<arch>.tar                    k3s
  docker load -i .image/ssmd-<version>-<arch>.tar                           Docker 25 and later; podman load -i too
  skopeo copy oci-archive:.image/ssmd-<version>-<arch>.tar docker://registry.example.com/ssmd:<version>
`

type Options = { readonly arch: Arch; readonly what: readonly What[]; readonly tag?: string }

function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args)
  if (values.help) return 'help'
  const arch = values.arch ?? hostArch()
  if (arch !== 'amd64' && arch !== 'arm64') throw usage(`--arch ${arch}: expected amd64 or arm64`)
  if (values.tag !== undefined && !/^\w[\w.-]{0,127}$/.test(values.tag)) {
    throw usage(`--tag ${values.tag}: expected letters, digits, dots, dashes and underscores`)
  }
  const what: What[] = ['ssmd']
  if (values.nats) what.push('nats-server')
  if (values.pause) what.push('pause')
  return { arch, what, ...(values.tag === undefined ? {} : { tag: values.tag }) }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        arch: { type: 'string' },
        nats: { type: 'boolean' },
        pause: { type: 'boolean' },
        tag: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error))
  }
}

const usage = (message: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', message, { hint: 'npm run image -- --help' })

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  const { arch, tag } = options
  const start = performance.now()
  const log = (line: string) =>
    process.stderr.write(
      `${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}\n`
    )
  const versions: Readonly<Record<What, string>> = {
    ssmd: tag ?? (await readManifest(ROOT)).version,
    'nats-server': TOOLS['nats-server'].version,
    pause: PAUSE_VERSION,
  }
  for (const what of options.what) {
    const version = versions[what]
    const out = join(ROOT, '.image', `${what}-${version}-${arch}.tar`)
    const built = await buildImage({ what, arch, out, tag: version, log })
    const size = `${(built.bytes / 1e6).toFixed(1)} MB`
    console.log(`${built.name}\t${built.digest}\t${size}\t${relative(process.cwd(), built.file)}`)
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ssmd: ${describeError(error)}\n`)
  process.exitCode = exitCodeOf(error)
})
