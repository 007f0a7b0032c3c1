// Where the real servers are: `toolPath` for the programs of .ci, and `npm run tools` for a person who asks. Tests of
// other rooms ask through #testing/tools.ts. Versions and sources stand in specs.ts and files.ts.

import { describeError, exitCodeOf, SsmdError } from '#crds/errors.ts'
import { withLock } from '../../cli/launch/lock.mjs'
import { type FoundTool, type Origin, versionFits } from '../../operator/local/nats-server/find.ts'
import { type LocateOptions, locate } from '../../operator/local/nats-server/locate.ts'
import type { ToolSpec } from '../../operator/local/nats-server/spec.ts'
import { FILES, type FilesName } from './files.ts'
import { filesOfModule } from './module-files.ts'
import { TOOLS, type ToolName } from './specs.ts'

export type ToolOptions = Omit<LocateOptions, 'lock'>

/** The path of a program or of a folder of files, got first if it is missing; SSMD_E_TOOL_MISSING says what to install. */
export async function toolPath(
  name: ToolName | FilesName,
  options: ToolOptions = {}
): Promise<string> {
  if (isFiles(name)) return filesOfModule(FILES[name], options.env ?? process.env)
  return (await locateTool(name, options)).path
}

/** A program, with where it came from. */
export const locateTool = (name: ToolName, options: ToolOptions = {}): Promise<FoundTool> =>
  locate(TOOLS[name], { ...options, lock: withLock })

export const isTool = (name: string): name is ToolName => Object.hasOwn(TOOLS, name)
export const isFiles = (name: string): name is FilesName => Object.hasOwn(FILES, name)

const FROM: Readonly<Record<Origin, string>> = {
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
  const unknown = args.find((name) => !isTool(name))
  if (unknown !== undefined) throw unknownTool(unknown)
  return args.length > 0 ? (args as ToolName[]) : [...DEFAULT]
}

const unknownTool = (name: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', `no tool is called ${name}`, {
    hint: `npm run tools -- --all, or one of: ${Object.keys(TOOLS).join(', ')}`,
  })

const HELP = `npm run tools                 ${DEFAULT.join(', ')}: what npm start needs
npm run tools -- --all        every real server of the tests and of npm run cluster, built if it is missing
npm run tools -- etcd helm    these
npm run tools -- --path etcd  only its path, for a script

Tools: ${Object.keys(TOOLS).join(', ')}`

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(HELP)
    return
  }
  if (args[0] === '--path') {
    console.log(await onlyPath(args[1]))
    return
  }
  for (const name of chosenTools(args)) {
    const spec = TOOLS[name]
    const found = await locateTool(spec.name)
    const from =
      found.origin === 'variable' ? `${FROM.variable} ${spec.variable}` : FROM[found.origin]
    const differs = versionFits(found.version, spec.version) ? '' : ` (pinned: ${spec.version})`
    console.log(`${found.name} ${found.version}${differs}\t${from}\t${found.path}`)
  }
}

async function onlyPath(name = ''): Promise<string> {
  if (isTool(name) || isFiles(name)) return toolPath(name)
  throw unknownTool(name)
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`ssmd: ${describeError(error)}\n`)
    process.exitCode = exitCodeOf(error)
  })
}
