// Files that a program needs beside itself and does not carry: taken from the Go module it is built of, in the pinned
// version and checked by go.sum, and kept beside the tools as a folder that is there as a whole or not at all.

import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { withLock } from '../../cli/launch/lock.mjs'
import { findGo, goEnv } from '../../operator/local/nats-server/go.ts'
import { cacheFolder } from '../../operator/local/nats-server/locate.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import type { ToolSpec } from '../../operator/local/nats-server/spec.ts'

export type ModuleFiles = {
  /** Of the folder in the cache; has the version in it. */
  readonly name: string
  /** For a message. */
  readonly what: string
  /** Whose go.mod and go.sum pin the module. */
  readonly spec: { readonly go: Pick<ToolSpec['go'], 'module'> }
  readonly module: string
  /** From a path in the module to one in the folder. */
  readonly paths: Readonly<Record<string, string>>
  /** Those of the folder's paths that are to be run: in a module no file is executable. */
  readonly programs?: readonly string[]
}

/** The folder; SSMD_E_TOOL_MISSING where it is not here yet and there is no Go. */
export async function filesOfModule(wanted: ModuleFiles, env: NodeJS.ProcessEnv): Promise<string> {
  const cache = cacheFolder(env)
  const folder = join(cache, wanted.name)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  return withLock(`${join(cache, `.${wanted.name}`)}.lock`, async () => {
    if (existsSync(folder)) return folder
    const temporary = `${folder}.${process.pid}.tmp`
    await rm(temporary, { recursive: true, force: true })
    const from = await moduleFolder(wanted, env)
    for (const [path, to] of Object.entries(wanted.paths)) {
      await cp(join(from, path), join(temporary, to), { recursive: true })
    }
    for (const path of wanted.programs ?? []) await chmod(join(temporary, path), 0o755)
    await rename(temporary, folder)
    return folder
  })
}

async function moduleFolder(wanted: ModuleFiles, env: NodeJS.ProcessEnv): Promise<string> {
  const go = findGo(env)
  const hint = 'install Go (https://go.dev/dl) and try again'
  if (go === undefined) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `${wanted.what} come from a Go module`, { hint })
  }
  const done = await run(go, ['mod', 'download', '-json', wanted.module], {
    cwd: wanted.spec.go.module,
    env: goEnv(env),
    limitMs: 300_000,
  })
  const found = done.code === 0 ? /"Dir": "([^"]+)"/.exec(done.output)?.[1] : undefined
  if (found === undefined) {
    const why = done.output.trim().slice(-300)
    throw new SsmdError('SSMD_E_TOOL_MISSING', `getting ${wanted.what} failed: ${why}`, { hint })
  }
  return found
}
