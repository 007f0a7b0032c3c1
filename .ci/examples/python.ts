// The Python that runs examples: a virtual environment with the packages of docs/examples/requirements.txt, made once for each
// version of that file and kept in the user's cache.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from '../../cli/launch/lock.mjs'
import { cacheFolder } from '../../operator/local/nats-server/locate.ts'

const REQUIREMENTS = new URL('../../docs/examples/requirements.txt', import.meta.url)
const LIMIT_MS = 600_000

export type Python = { readonly python: string } | { readonly missing: string }

/** The program, or why there is none: no venv module, or a package index that cannot be reached. */
export async function examplePython(): Promise<Python> {
  const requirements = readFileSync(REQUIREMENTS)
  const key = createHash('sha256').update(requirements).digest('hex').slice(0, 12)
  const folder = join(dirname(cacheFolder(process.env)), `python-${key}`)
  const python = join(folder, 'bin', 'python')
  const done = join(folder, 'installed')
  return withLock(`${folder}.lock`, async (): Promise<Python> => {
    if (existsSync(done)) return { python }
    rmSync(folder, { recursive: true, force: true })
    process.stdout.write(`installing the Python packages of the examples into ${folder} (once) …\n`)
    const requirementsFile = REQUIREMENTS.pathname
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
    try {
      await run('python3', ['-m', 'venv', folder])
      await run(python, [...pip, '--only-binary=:all:', '--retries=1', '-r', requirementsFile])
    } catch (thrown) {
      rmSync(folder, { recursive: true, force: true })
      const { stderr = '', message } = thrown as Error & { stderr?: string }
      return { missing: (stderr || message).trim().split('\n').at(-1) ?? 'pip failed' }
    }
    writeFileSync(done, '')
    return { python }
  })
}

const run = (file: string, args: readonly string[]) =>
  promisify(execFile)(file, args, { timeout: LIMIT_MS })
