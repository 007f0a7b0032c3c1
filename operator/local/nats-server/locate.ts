// Where a real program is, built or fetched first if it is missing: with this computer's Go, network and cache.
// This folder is left out of the image: in a cluster, NATS is a pod.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { type FindDeps, type FoundTool, findTool } from './find.ts'
import { goBuild } from './go.ts'
import { downloadRelease } from './release.ts'
import { run } from './run.ts'
import type { ToolSpec } from './spec.ts'

/** A busy machine may take long to load a large program. */
const VERSION_MS = 60_000

export type LocateOptions = Pick<FindDeps, 'lock'> & {
  /** Takes a line on what takes long. Default: standard error. */
  readonly log?: (line: string) => void
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv
}

/** The program and where it came from; SSMD_E_TOOL_MISSING says what to install. */
export async function locate(spec: ToolSpec, options: LocateOptions): Promise<FoundTool> {
  const env = options.env ?? process.env
  const log = options.log ?? ((line: string) => process.stderr.write(`ssmd: ${line}\n`))
  const output: FindDeps['output'] = async (file, args) =>
    (await run(file, args, { limitMs: VERSION_MS, env: { PATH: env.PATH, HOME: env.HOME } })).output
  const { platform, arch } = process
  return findTool(spec, {
    env,
    log,
    output,
    lock: options.lock,
    cache: cacheFolder(env),
    build: goBuild({ env, log, output, run }),
    download: downloadRelease({ log, output, run, platform, arch }),
  })
}

/** Where built and fetched programs are kept. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'ssmd', 'tools')
