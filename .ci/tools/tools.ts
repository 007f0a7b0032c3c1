// Where the real servers are: `toolPath` for whoever starts one, and `npm run tools` for a person who asks.
// Versions and sources stand in specs.ts, the order in which they are tried in find.ts.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { describeError, exitCodeOf, SsmdError } from '#crds/errors.ts'
import { type FindDeps, type FoundTool, findTool, type Source, versionFits } from './find.ts'
import { goBuild } from './go.ts'
import { downloadRelease } from './release.ts'
import { run } from './run.ts'
import { TOOLS, type ToolName, type ToolSpec } from './specs.ts'

export type { ToolName } from './specs.ts'

/** For a program to say its version: a busy machine may take long to load a large one. */
const VERSION_MS = 60_000

export type ToolOptions = {
  /** Takes a line on what takes long. Default: standard error. */
  readonly log?: (line: string) => void
  readonly env?: NodeJS.ProcessEnv
}

/** The path of a tool, built or fetched first where it is not here yet; SSMD_E_TOOL_MISSING says what to install. */
export async function toolPath(name: ToolName, options: ToolOptions = {}): Promise<string> {
  return (await locateTool(name, options)).path
}

/** The same, with where it came from. */
export async function locateTool(name: ToolName, options: ToolOptions = {}): Promise<FoundTool> {
  return findTool(TOOLS[name], findDeps(options))
}

/** Where tools are kept. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'ssmd', 'tools')

function findDeps(options: ToolOptions): FindDeps {
  const env = options.env ?? process.env
  const log = options.log ?? ((line: string) => process.stderr.write(`ssmd: ${line}\n`))
  const output: FindDeps['output'] = async (file, args) =>
    (await run(file, args, { limitMs: VERSION_MS, env: { PATH: env.PATH, HOME: env.HOME } })).output
  const { platform, arch } = process
  return {
    env,
    log,
    output,
    cache: cacheFolder(env),
    build: goBuild({ env, log, output, run }),
    download: downloadRelease({ log, output, run, platform, arch }),
  }
}

const FROM: Readonly<Record<Source, string>> = {
  variable: 'from the variable',
  path: 'from PATH',
  cache: 'from the cache',
  built: 'built with Go',
  downloaded: 'official release',
}

/** All that `npm start` needs; the other tools are for tests and `npm run cluster`. */
const DEFAULT: readonly ToolName[] = ['nats-server']

/** Tools by name: those asked for, all of this system with `--all`. A name that is none is an error before anything is built. */
export function chosenTools(
  args: readonly string[],
  platform: string = process.platform
): ToolName[] {
  const all = Object.keys(TOOLS) as ToolName[]
  const isFor = (spec: ToolSpec) => spec.os === undefined || spec.os === platform
  if (args.includes('--all')) return all.filter((name) => isFor(TOOLS[name]))
  const unknown = args.find((name) => !Object.hasOwn(TOOLS, name))
  if (unknown !== undefined) {
    throw new SsmdError('SSMD_E_USAGE', `no tool is called ${unknown}`, {
      hint: `npm run tools -- --all, or one of: ${all.join(', ')}`,
    })
  }
  return args.length > 0 ? (args as ToolName[]) : [...DEFAULT]
}

const HELP = `npm run tools                 ${DEFAULT.join(', ')}: what npm start needs
npm run tools -- --all        every real server of the tests and of npm run cluster, built where it is not here yet
npm run tools -- etcd helm    these

Tools: ${Object.keys(TOOLS).join(', ')}`

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(HELP)
    return
  }
  for (const name of chosenTools(args)) {
    const spec = TOOLS[name]
    const found = await locateTool(spec.name)
    const from =
      found.source === 'variable' ? `${FROM.variable} ${spec.variable}` : FROM[found.source]
    const differs = versionFits(found.version, spec.version) ? '' : ` (pinned: ${spec.version})`
    console.log(`${found.name} ${found.version}${differs}\t${from}\t${found.path}`)
  }
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`ssmd: ${describeError(error)}\n`)
    process.exitCode = exitCodeOf(error)
  })
}
