// Writes the bundle of this checkout: `node cli/bundle/make.ts`, called by the first start of a command (cli/ssmd.mjs). The parts are run once,
// so that V8's code cache holds what commands compile. A bundle appears as a whole, by rename.

import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundleFolder } from '../launch/bundled.mjs'
import { COMMANDS, makeParts } from './parts.ts'

/** Longer than a machine under load needs. */
const LIMIT_MS = 60_000

type Input = readonly [path: string, changedMs: number, size: number]

/** Throws if it cannot be written, or if a module is not of the expected kind. */
export async function makeBundle(root: string, folder: string = bundleFolder(root)): Promise<void> {
  const { base, commands } = await makeParts(root)
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(`${folder}.`)
  try {
    await writeFile(join(fresh, 'base.js'), base.text)
    await writeFile(join(fresh, 'commands.js'), commands.text)
    const manifest = {
      commands: Object.values(COMMANDS).flat(),
      base: await inputsOf(root, base.inputs),
      rest: await inputsOf(root, commands.inputs),
    }
    await writeFile(join(fresh, 'bundle.json'), JSON.stringify(manifest))
    warm(root, fresh)
    await chmod(fresh, 0o755)
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Of packages the lock file stands for all: they change only with it. */
async function inputsOf(root: string, paths: readonly string[]): Promise<Input[]> {
  const own = paths.filter((path) => !path.startsWith('node_modules/'))
  return Promise.all(
    [...own, 'package-lock.json'].map(async (path) => {
      const { mtimeMs, size } = await stat(join(root, path))
      return [path, mtimeMs, size] as const
    })
  )
}

/** What it prints is of no use, and a folder that is not valid is as good. */
function warm(root: string, folder: string): void {
  const script = join(root, 'cli', 'bundle', 'warm.mjs')
  const { status } = spawnSync(process.execPath, [script, folder, root], {
    stdio: 'ignore',
    timeout: LIMIT_MS,
    env: { PATH: process.env.PATH },
  })
  if (status !== 0) throw new Error(`trying the bundle ended with ${status}`)
}

if (import.meta.main) await makeBundle(join(import.meta.dirname, '..', '..'))
