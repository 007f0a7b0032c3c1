// The images of one static program each: NATS for a cluster without a way out, and the one that holds a pod's
// namespaces. Go makes the same bytes for every processor from the same sources.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { findGo, goEnv } from '../../operator/local/nats-server/go.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { TOOLS } from '../tools/specs.ts'
import { locateTool } from '../tools/tools.ts'
import { readElf } from './elf.ts'
import { putProgram } from './files.ts'
import { type Arch, hostArch } from './layout.ts'

type Module = { readonly folder: string; readonly package: string }

const PAUSE: Module = { folder: join(import.meta.dirname, 'pause'), package: '.' }

type Log = (line: string) => void

export async function writeNats(arch: Arch, to: string, work: string, log: Log): Promise<void> {
  const spec = TOOLS['nats-server']
  const program =
    arch === hostArch() && process.platform === 'linux'
      ? await hostNats(log)
      : await goProgram({ folder: spec.go.module, package: spec.go.package }, arch, work, log)
  await putStatic(program, arch, join(to, 'usr/bin/nats-server'))
}

export async function writePause(arch: Arch, to: string, work: string, log: Log): Promise<void> {
  await putStatic(await goProgram(PAUSE, arch, work, log), arch, join(to, 'pause'))
}

/** The one that tests and `npm start` use; the image says its version, so it has to be the pinned one. */
async function hostNats(log: Log): Promise<string> {
  const { version } = TOOLS['nats-server']
  const found = await locateTool('nats-server', { log })
  if (found.version === version) return found.path
  throw new SsmdError(
    'SSMD_E_TOOL_MISSING',
    `the image is of nats-server ${version}, ${found.path} is ${found.version}`,
    {
      hint: `unset ${TOOLS['nats-server'].variable}`,
    }
  )
}

async function goProgram(module: Module, arch: Arch, work: string, log: Log): Promise<string> {
  const go = findGo(process.env)
  if (go === undefined) {
    throw new SsmdError(
      'SSMD_E_TOOL_MISSING',
      `there is no Go to build ${module.folder} for ${arch}`,
      {
        hint: 'install Go (https://go.dev/dl) and try again',
      }
    )
  }
  log(`building ${module.package} for ${arch} with Go`)
  const out = join(work, 'program')
  const done = await run(
    go,
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags=-s -w',
      `-o=${out}`,
      module.package,
    ],
    { cwd: module.folder, env: { ...goEnv(process.env), GOOS: 'linux', GOARCH: arch } }
  )
  if (done.code === 0) return out
  const why = done.output.trim().split('\n').slice(-5).join(' | ')
  throw new SsmdError(
    'SSMD_E_TOOL_MISSING',
    `building ${module.package} for ${arch} with Go failed: ${why}`
  )
}

/** An image without a C library cannot run a program that needs one. */
async function putStatic(program: string, arch: Arch, to: string): Promise<void> {
  const { machine, loader } = readElf(await readFile(program), program)
  if (machine !== arch || loader !== undefined) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `${program} is no static program for ${arch}`, {
      hint: 'unset the variable that names it, and ssmd builds its own',
    })
  }
  await putProgram(program, to)
}
