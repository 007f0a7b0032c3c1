// Puts a program into the cache atomically: builds it under a temporary name, checks its version, and renames it. Readers of
// the cache see the previous content or the new one.

import { randomBytes } from 'node:crypto'
import { chmod, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { type FindDeps, versionFits, versionOf } from './find.ts'
import type { ToolSpec } from './spec.ts'

/** What a killed process left is removed after this long: no build takes an hour. */
const LEFTOVER_MS = 3_600_000

export async function placeWhole(
  spec: ToolSpec,
  out: string,
  deps: Pick<FindDeps, 'output'>,
  write: (temporary: string) => Promise<void>
): Promise<void> {
  await removeLeftovers(out)
  const temporary = `${out}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await write(temporary)
    await chmod(temporary, 0o755)
    const version = await versionOf(spec, temporary, deps)
    if (version === undefined || !versionFits(version, spec.version)) {
      throw new SsmdError(
        'SSMD_E_TOOL_MISSING',
        `${spec.name} was to be ${spec.version}, but ${version ? `says ${version}` : 'does not run here'}`
      )
    }
    await rename(temporary, out)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function removeLeftovers(out: string): Promise<void> {
  const folder = dirname(out)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(out)}.`) || !name.endsWith('.tmp')) continue
    const path = join(folder, name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > LEFTOVER_MS) await rm(path, { force: true, recursive: true })
  }
}

/** Announces a long step: at its start, every five seconds, and at its end. */
export async function withProgress<T>(
  log: (line: string) => void,
  what: string,
  work: Promise<T>
): Promise<T> {
  const start = performance.now()
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`
  log(`${what} …`)
  const timer = setInterval(() => log(`${what} … ${seconds()}`), 5_000)
  try {
    const value = await work
    log(`${what}: done in ${seconds()}`)
    return value
  } finally {
    clearInterval(timer)
  }
}
