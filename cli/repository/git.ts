// git, as far as the commands need it: what the last commit holds below a folder, and a commit of named files alone. The user's own git
// does it, so hooks, signatures, worktrees and submodules work as they do by hand.

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { SsmdError } from '#crds/errors.ts'

const run = promisify(execFile)
/** More than a repository of resources prints. */
const MAX_BYTES = 256 * 1024 * 1024

type Failure = Error & { readonly code?: number | string; readonly stderr?: string }

export class Git {
  /** The root of the working tree, absolute. */
  readonly root: string
  /** The folder of resources, relative to the root; empty if it is the root. */
  readonly folder: string

  private constructor(root: string, folder: string) {
    this.root = root
    this.folder = folder
  }

  /** The repository that a folder is in. Throws SSMD_E_NOT_FOUND if it is in none. */
  static async of(folder: string): Promise<Git> {
    const absolute = resolve(folder)
    try {
      const { stdout } = await run('git', ['rev-parse', '--show-toplevel'], { cwd: absolute })
      const root = stdout.replace(/\n$/, '')
      const { stdout: prefix } = await run('git', ['rev-parse', '--show-prefix'], { cwd: absolute })
      return new Git(root, prefix.trim().replace(/\/$/, ''))
    } catch (thrown) {
      const failure = thrown as Failure
      if (failure.code === 'ENOENT') {
        throw new SsmdError('SSMD_E_TOOL_MISSING', 'git is not installed', {
          hint: 'install git',
          cause: thrown,
        })
      }
      throw new SsmdError('SSMD_E_NOT_FOUND', `${folder} is in no git repository`, {
        hint: 'run git init in the folder above it',
        cause: thrown,
      })
    }
  }

  /** False in a repository without a commit. */
  async hasCommit(): Promise<boolean> {
    return this.#ask(['rev-parse', '--verify', '--quiet', 'HEAD']).then(
      () => true,
      () => false
    )
  }

  /** The files below the folder at the last commit, by their paths from the root, with their texts. */
  async filesAtHead(isWanted: (path: string) => boolean): Promise<Map<string, string>> {
    const files = new Map<string, string>()
    if (!(await this.hasCommit())) return files
    const listed = await this.#ask([
      'ls-tree',
      '-r',
      '-z',
      '--name-only',
      'HEAD',
      '--',
      this.#spec(),
    ])
    for (const path of listed.split('\0').filter((one) => one !== '' && isWanted(one))) {
      files.set(path, await this.#ask(['show', `HEAD:${path}`]))
    }
    return files
  }

  /** Files below the folder that differ from the last commit, untracked ones too; a renamed file is two. */
  async changedFiles(): Promise<string[]> {
    const status = await this.#ask([
      ...['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'],
      ...['--', this.#spec()],
    ])
    return status
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => entry.slice(3))
      .sort()
  }

  /** Those of these files, by their paths from the root, that differ from the last commit. */
  async changedIn(paths: readonly string[]): Promise<string[]> {
    const status = await this.#ask([
      ...['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--'],
      ...paths.map(literal),
    ])
    return status
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => entry.slice(3))
  }

  /** As `git push` does it by hand. */
  async push(): Promise<void> {
    await this.#ask(['push', '--quiet'])
  }

  /** What git is in the middle of, such as `merge`; undefined if nothing. */
  async unfinished(): Promise<string | undefined> {
    for (const [what, head] of [
      ['merge', 'MERGE_HEAD'],
      ['cherry-pick', 'CHERRY_PICK_HEAD'],
      ['revert', 'REVERT_HEAD'],
      ['rebase', 'REBASE_HEAD'],
    ] as const) {
      const isUnderWay = await this.#ask(['rev-parse', '--verify', '--quiet', head]).then(
        () => true,
        () => false
      )
      if (isUnderWay) return what
    }
    return undefined
  }

  /** Commits these files as they are in the working tree; whatever else is staged stays staged. Returns the short id. */
  async commit(files: readonly string[], message: string): Promise<string> {
    const scratch = await mkdtemp(join(tmpdir(), 'ssmd-index-'))
    const paths = ['--', ...files.map(literal)]
    // An index of its own holds the last commit and these files. `commit --only` refuses a file that was renamed before.
    const env = { ...process.env, GIT_INDEX_FILE: join(scratch, 'index') }
    try {
      if (await this.hasCommit()) await this.#ask(['read-tree', 'HEAD'], env)
      await this.#ask(['add', '--all', ...paths], env)
      await this.#ask(['commit', '--quiet', '-m', message], env)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
    await this.#ask(['reset', '--quiet', ...paths])
    return (await this.#ask(['rev-parse', '--short', 'HEAD'])).trim()
  }

  /** A path from the root as a person in `current` would write it. */
  shown(path: string, current: string): string {
    return relative(current, resolve(this.root, path))
  }

  #spec(): string {
    return this.folder === '' ? '.' : literal(this.folder)
  }

  async #ask(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
    try {
      const { stdout } = await run('git', [...args], { cwd: this.root, env, maxBuffer: MAX_BYTES })
      return stdout
    } catch (thrown) {
      const { stderr, message } = thrown as Failure
      const said = (stderr ?? '').trim() || message
      throw new SsmdError('SSMD_E_IO', `git ${args[0]}: ${said}`, { cause: thrown })
    }
  }
}

/** A file may be named like a pattern. */
const literal = (path: string): string => `:(top,literal)${path}`
