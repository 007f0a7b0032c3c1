// Finds a tool in a fixed order: variable, PATH in a fitting version, cache, Go build, official release.
// What it returns is executable and, but for the variable's (a person's own choice), of a version that fits.

import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { describeError, SsmdError, toSsmdError } from '#crds/errors.ts'
import type { ToolSpec } from './spec.ts'

export type Origin = 'variable' | 'path' | 'cache' | 'built' | 'downloaded'

export type FoundTool = {
  readonly name: string
  readonly path: string
  readonly version: string
  readonly origin: Origin
}

/** Makes the tool's program at `out`, which does not exist yet; `undefined` when this way is not open here. */
export type Make = (spec: ToolSpec, out: string) => Promise<'made' | 'unavailable'>

/** Runs the work while no other process holds `path`; `onWait` is called once if another does. */
export type Lock = <T>(
  path: string,
  work: () => Promise<T>,
  options: { readonly onWait: () => void }
) => Promise<T>

export type FindDeps = {
  readonly env: NodeJS.ProcessEnv
  /** `${XDG_CACHE_HOME:-~/.cache}/ssmd/tools`. */
  readonly cache: string
  readonly log: (line: string) => void
  /** What `<file> <args>` prints, or a rejection when it cannot be run. */
  readonly output: (file: string, args: readonly string[]) => Promise<string>
  /** Saves double work; what it guards is correct without it. */
  readonly lock: Lock
  readonly build: Make
  readonly download: Make
}

export async function findTool(spec: ToolSpec, deps: FindDeps): Promise<FoundTool> {
  return (
    (await fromVariable(spec, deps)) ??
    (await fromPath(spec, deps)) ??
    (await fromCache(spec, deps)) ??
    (await make(spec, deps))
  )
}

/** Same major and minor version, and no older than the pinned one: `2.15.9` fits `2.15.2`, `2.16.0` does not. */
export function versionFits(found: string, pinned: string): boolean {
  const [major, minor, patch = 0] = found.split('.').map(Number)
  const [wantMajor, wantMinor, wantPatch = 0] = pinned.split('.').map(Number)
  return major === wantMajor && minor === wantMinor && patch >= wantPatch
}

async function fromVariable(spec: ToolSpec, deps: FindDeps): Promise<FoundTool | undefined> {
  const value = deps.env[spec.variable]
  if (!value) return undefined
  const path = resolve(value)
  const version = (await isProgram(path)) ? await versionOf(spec, path, deps) : undefined
  if (version === undefined) {
    throw new SsmdError(
      'SSMD_E_TOOL_MISSING',
      `${spec.variable} names ${value}, which cannot be run as ${spec.name}`,
      { hint: `set it to ${spec.name} ${spec.version}, or unset it and ssmd gets its own` }
    )
  }
  return { name: spec.name, path, version, origin: 'variable' }
}

async function fromPath(spec: ToolSpec, deps: FindDeps): Promise<FoundTool | undefined> {
  for (const folder of (deps.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue
    const path = join(folder, spec.name)
    if (!(await isProgram(path))) continue
    const version = await versionOf(spec, path, deps)
    if (version !== undefined && versionFits(version, spec.version)) {
      return { name: spec.name, path, version, origin: 'path' }
    }
  }
  return undefined
}

async function fromCache(spec: ToolSpec, deps: FindDeps): Promise<FoundTool | undefined> {
  const path = cachePath(spec, deps)
  if (!(await isProgram(path))) return undefined
  return { name: spec.name, path, version: spec.version, origin: 'cache' }
}

/** Into the cache, by Go or else from the release. One process does it; others wait and use what it made. */
async function make(spec: ToolSpec, deps: FindDeps): Promise<FoundTool> {
  const path = cachePath(spec, deps)
  await mkdir(deps.cache, { recursive: true }).catch((error: unknown) => {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `cannot make the folder ${deps.cache} for tools`, {
      hint: 'set XDG_CACHE_HOME to a folder that can be written',
      cause: error,
    })
  })
  return deps.lock(
    join(deps.cache, `.${spec.name}-${spec.version}.lock`),
    async () => (await fromCache(spec, deps)) ?? (await makeAt(path, spec, deps)),
    { onWait: () => deps.log(`waiting: another process is getting ${spec.name} ${spec.version}`) }
  )
}

async function makeAt(path: string, spec: ToolSpec, deps: FindDeps): Promise<FoundTool> {
  const failures: SsmdError[] = []
  const ways = [
    { origin: 'built', make: deps.build },
    { origin: 'downloaded', make: deps.download },
  ] as const
  for (const way of ways) {
    try {
      if ((await way.make(spec, path)) === 'unavailable') continue
      return { name: spec.name, path, version: spec.version, origin: way.origin }
    } catch (error) {
      const failure = toSsmdError(error)
      failures.push(failure)
      deps.log(describeError(failure))
    }
  }
  const why = failures.map((failure) => failure.message).join('; ')
  throw new SsmdError(
    'SSMD_E_TOOL_MISSING',
    `${spec.name} ${spec.version} is neither on PATH nor in ${deps.cache}, and getting it failed: ${why || 'no way to get it here'}`,
    {
      hint: `install Go (https://go.dev/dl) and try again, or install ${spec.name} ${spec.version} and set ${spec.variable} to its path`,
      cause: failures[0],
    }
  )
}

const cachePath = (spec: ToolSpec, deps: FindDeps): string =>
  join(deps.cache, `${spec.name}-${spec.version}`)

/** The version that the program says it has; `undefined` when it does not run or says none. */
export async function versionOf(
  spec: ToolSpec,
  path: string,
  deps: Pick<FindDeps, 'output'>
): Promise<string | undefined> {
  const said = await deps.output(path, spec.versionArgs).catch(() => '')
  return /(\d+\.\d+\.\d+)/.exec(said)?.[1]
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
