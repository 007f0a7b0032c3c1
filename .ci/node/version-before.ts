// The version before this one, as its users have it: its image, built from git by its own scripts, and its chart. Made
// outside, where packages can be installed, and kept, because a commit never changes. A variable carries the paths into
// the namespaces of a node.

import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { hostArch } from '../image/layout.ts'

/** Upgrades are tested from this commit. Each release moves it. */
export const REVISION = '64fc7e2641e917c2e92799eef46d6358c9a7475d'
export const VERSION_BEFORE_VARIABLE = 'SSMD_VERSION_BEFORE'

const TAG = 'before'
/** Installs the packages of that version, and compiles it: a minute on two idle cores. */
const BUILD_MS = 600_000

export type VersionBefore = {
  readonly image: { readonly name: string; readonly file: string }
  /** Folder of its chart. */
  readonly chart: string
}

/** A text says why it is not available: a test skips in a checkout without history, also in CI. */
export type Given = VersionBefore | string

/** Builds it below `folder`, or returns what an earlier call built there. */
export async function makeVersionBefore(
  root: string,
  folder: string,
  log: (line: string) => void
): Promise<Given> {
  const kept = join(folder, `before-${REVISION.slice(0, 12)}`)
  const made = {
    image: { name: `ssmd.local/ssmd:${TAG}`, file: join(kept, 'ssmd.tar') },
    chart: join(kept, 'chart'),
  }
  if (await stat(kept).catch(() => undefined)) return made
  const asked = run('git', ['-C', root, 'cat-file', '-e', `${REVISION}^{commit}`])
  // Without git, a checkout has no history either.
  const known = await asked.catch(() => undefined)
  if (known?.code !== 0) {
    return `the version before, commit ${REVISION}, is not in the history of this checkout (git fetch --unshallow)`
  }
  const work = await mkdtemp(join(tmpdir(), 'ssmd-before-'))
  try {
    log(`building the version before, ${REVISION.slice(0, 12)}: about a minute`)
    const sources = join(work, 'sources')
    const archive = join(work, 'sources.tar')
    await mkdir(sources)
    await must('git', ['-C', root, 'archive', '--output', archive, REVISION])
    await must('tar', ['-xf', archive, '-C', sources])
    await must('npm', ['run', 'image', '--', '--tag', TAG], sources)
    const result = join(work, 'kept')
    await mkdir(result)
    const image = join(sources, '.image', `ssmd-${TAG}-${hostArch()}.tar`)
    await cp(image, join(result, 'ssmd.tar'))
    await cp(join(sources, 'charts/ssmd'), join(result, 'chart'), { recursive: true })
    await keep(result, kept)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return made
}

/** All of it or nothing, also if the temporary folder is on another disk. */
async function keep(result: string, kept: string): Promise<void> {
  await mkdir(dirname(kept), { recursive: true })
  const beside = await mkdtemp(join(dirname(kept), '.before-'))
  try {
    await cp(result, join(beside, 'all'), { recursive: true })
    await rename(join(beside, 'all'), kept)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

async function must(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const where = cwd === undefined ? {} : { cwd }
  // Variables that npm sets for the scripts of this checkout would mislead those of the other.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  )
  const { code, output } = await run(program, args, { ...where, env, limitMs: BUILD_MS })
  if (code === 0) return
  const why = output.trim().slice(-1000)
  throw new SsmdError(
    'SSMD_E_INTERNAL',
    `building the version before: ${program} ${args.join(' ')} ended with ${code}: ${why}`
  )
}

/** What the runner made. */
export function givenVersionBefore(env: NodeJS.ProcessEnv = process.env): Given {
  const given = env[VERSION_BEFORE_VARIABLE]
  if (given !== undefined) return JSON.parse(given) as Given
  throw new SsmdError('SSMD_E_TOOL_MISSING', `${VERSION_BEFORE_VARIABLE} names no version`, {
    hint: 'npm run test:cluster makes it before it starts its tests',
  })
}
