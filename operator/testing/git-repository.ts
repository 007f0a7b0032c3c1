// A git repository as a person has it: a bare one that Argo CD reads, and a working copy from which commits are pushed. Made
// by the git program, with none of this computer's own settings.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { missingProgram } from '#testing/programs.ts'
import { run } from '../local/nats-server/run.ts'

/** By path in the repository: the text of a file, objects to be written as one, or undefined for one to be removed. */
export type Change = Readonly<Record<string, string | readonly object[] | undefined>>

export type Repository = {
  /** What an Application names as its repoURL. */
  readonly url: string
  /** Writes, commits and pushes; gives the commit. */
  push(message: string, change: Change): Promise<string>
  /** A commit that undoes the last one, pushed. */
  revert(): Promise<string>
  /** The commit that the branch is at. */
  head(): Promise<string>
}

export const BRANCH = 'main'
const LIMIT_MS = 60_000

export const missingGit = () => missingProgram('git')

/** `folder` is there already; the repository becomes `feeds.git` and `feeds` in it. */
export async function makeRepository(folder: string): Promise<Repository> {
  const bare = join(folder, 'feeds.git')
  const work = join(folder, 'feeds')
  const git = async (...args: string[]): Promise<string> => {
    const done = await run('git', args, { cwd: work, env: gitEnv(folder), limitMs: LIMIT_MS })
    if (done.code === 0) return done.output.trim()
    throw new SsmdError('SSMD_E_IO', `git ${args.join(' ')} failed: ${done.output.trim()}`)
  }
  await mkdir(work, { recursive: true })
  await git('init', '--quiet', '--bare', '--initial-branch', BRANCH, bare)
  await git('init', '--quiet', '--initial-branch', BRANCH)
  await git('remote', 'add', 'origin', bare)
  const head = () => git('rev-parse', 'HEAD')
  const publish = async () => {
    await git('push', '--quiet', 'origin', BRANCH)
    return head()
  }
  return {
    url: bare,
    head,
    async push(message, change) {
      await writeChange(work, change)
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '--message', message)
      return publish()
    },
    async revert() {
      await git('revert', '--no-edit', 'HEAD')
      return publish()
    },
  }
}

async function writeChange(work: string, change: Change): Promise<void> {
  for (const [path, content] of Object.entries(change)) {
    const file = join(work, path)
    if (content === undefined) {
      await rm(file)
      continue
    }
    await mkdir(dirname(file), { recursive: true })
    // JSON is YAML, and says exactly what a test means.
    const text =
      typeof content === 'string'
        ? content
        : content.map((object) => JSON.stringify(object, null, 2)).join('\n---\n')
    await writeFile(file, `${text}\n`)
  }
}

function gitEnv(home: string): NodeJS.ProcessEnv {
  const who = { name: 'a person', email: 'person@example.invalid' }
  return {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
  }
}
