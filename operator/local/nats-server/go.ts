// Builds a tool from its pinned Go module. go.sum fixes every source, -trimpath and -buildvcs=false make the
// result depend on nothing of this machine.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { FindDeps, Make } from './find.ts'
import { placeWhole, withProgress } from './make.ts'
import type { Run } from './run.ts'
import type { ToolSpec } from './spec.ts'

export type GoDeps = Pick<FindDeps, 'env' | 'log' | 'output'> & {
  readonly run: Run
  /** Folders looked into behind PATH. Default: where Go's installer puts it, which a shell's PATH often misses. */
  readonly places?: readonly string[]
}

export const goBuild =
  (deps: GoDeps): Make =>
  async (spec, out) => {
    const go = findGo(deps.env, deps.places)
    if (go === undefined) {
      deps.log(`this computer has no Go to build ${spec.name} with`)
      return 'unavailable'
    }
    await placeWhole(spec, out, deps, async (temporary) => {
      const built = await withProgress(
        deps.log,
        `building ${spec.name} ${spec.version} with Go (once; ${spec.go.seconds} s on a fast machine, up to five times as long on a slow or busy one)`,
        deps.run(go, buildArgs(spec, temporary), { cwd: spec.go.module, env: goEnv(deps.env) })
      )
      if (built.code !== 0) {
        throw new SsmdError(
          'SSMD_E_TOOL_MISSING',
          `building ${spec.name} ${spec.version} with Go failed: ${lastLines(built.output)}`
        )
      }
    })
    return 'made'
  }

/** The go command, on PATH or where its installer puts it. */
export function findGo(
  env: NodeJS.ProcessEnv,
  places: readonly string[] = ['/usr/local/go/bin']
): string | undefined {
  return [...(env.PATH ?? '').split(delimiter), ...places]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'go'))
    .find((path) => existsSync(path))
}

function buildArgs(spec: ToolSpec, out: string): string[] {
  const ldflags = ['-s', '-w', spec.go.ldflags ?? ''].join(' ').trim()
  return [
    'build',
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=${ldflags}`,
    ...(spec.go.tags === undefined ? [] : [`-tags=${spec.go.tags}`]),
    `-o=${out}`,
    spec.go.package,
  ]
}

// The variables that go reads, and git and ssh, which it calls to fetch modules. Keys of exchanges are not passed on.
const NEEDED =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_.+|TZ|TMPDIR|TEMP|TMP|XDG_.+|GO[A-Z0-9]+|GIT_.+|SSH_.+|NETRC|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy)$/

/** The person's Go settings, but for those that would build something else than what is pinned. */
export function goEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...rest } = env
  const needed = Object.entries(rest).filter(([name]) => NEEDED.test(name))
  const home = env.HOME || homedir()
  return { ...Object.fromEntries(needed), HOME: home, CGO_ENABLED: '0', GOWORK: 'off' }
}

const lastLines = (output: string): string => output.trim().split('\n').slice(-5).join(' | ')
