// `ssmd diff` and `ssmd commit`: what of the resources differs from the last commit, in words, and a commit of just that.

import { join } from 'node:path'
import { changeProblems } from '#crds/changes.ts'
import { SsmdError, usageError } from '#crds/errors.ts'
import type { Resource } from '#crds/kinds.ts'
import type { Resources } from '#crds/located.ts'
import { describeProblem, type Problem } from '#crds/problems.ts'
import { loadResources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { writeJson, writeLines } from '../output.ts'
import { costLines } from '../plan/shown.ts'
import { resourcesAtHead } from '../repository/at-head.ts'
import { compareResources, describeChange, type ResourceChange } from '../repository/compared.ts'
import { findExchanges } from '../repository/folder.ts'
import { Git } from '../repository/git.ts'
import { clean, plural } from '../text.ts'
import { checkAll } from '../validate/checks.ts'
import { secretsIn } from '../validate/secrets.ts'
import { costOfChange } from './plan.ts'

export type DiffFlags = {
  readonly path?: string
  /** Another folder of resources to compare with, instead of the last commit. */
  readonly against?: string
  readonly exitCode?: boolean
  readonly output: 'table' | 'json'
}

type Compared = {
  readonly git: Git
  readonly folder: string
  readonly before: Resources
  readonly resources: Resources
  readonly changes: readonly ResourceChange[]
  /** Of the files, and of what a cluster would refuse to change. */
  readonly problems: readonly Problem[]
  /** Files that differ, from the root of the repository: also those that hold no resource. */
  readonly files: readonly string[]
}

async function compared(path: string | undefined): Promise<Compared> {
  const folder = await findExchanges(path, process.cwd())
  const git = await Git.of(folder)
  const secrets: Problem[] = []
  const resources = await loadResources(folder, {
    inspect: (text, file) => secrets.push(...secretsIn(text, file)),
  })
  const before = await resourcesAtHead(git)
  return {
    git,
    folder,
    before,
    resources,
    changes: compareResources(listOf(before), listOf(resources)),
    problems: [...resources.problems, ...secrets, ...changeProblems(before, resources)],
    files: await git.changedFiles(),
  }
}

const listOf = ({ feeds, environments, archives }: Resources): Resource[] =>
  [...feeds, ...environments, ...archives].map(({ resource }) => resource)

export async function runDiff(flags: DiffFlags): Promise<void> {
  if (flags.against !== undefined) return diffAgainst(flags.against, flags)
  const { git, changes, files, folder, problems } = await compared(flags.path)
  if (flags.output === 'json') {
    await writeJson({ path: folder, changes, files, problems })
  } else {
    const shown = files.map((file) => git.shown(file, process.cwd()))
    await writeLines(linesOf(changes, shown, problems))
  }
  if (flags.exitCode && files.length > 0) process.exitCode = 1
}

/** Compares two folders, without git. */
async function diffAgainst(against: string, flags: DiffFlags): Promise<void> {
  const folder = await findExchanges(flags.path, process.cwd())
  const [before, after] = await Promise.all([loadResources(against), loadResources(folder)])
  const changes = compareResources(listOf(before), listOf(after))
  const problems = [...after.problems, ...changeProblems(before, after)]
  if (flags.output === 'json') await writeJson({ path: folder, against, changes, problems })
  else {
    const none = [`${folder} says the same as ${against}`]
    const said = changes.length === 0 ? none : changes.flatMap(changeLines)
    await writeLines([...said, ...problemLines(problems)].map(clean))
  }
  if (flags.exitCode && changes.length > 0) process.exitCode = 1
}

function linesOf(
  changes: readonly ResourceChange[],
  files: readonly string[],
  problems: readonly Problem[]
): string[] {
  if (files.length === 0) return ['nothing differs from the last commit']
  return [
    ...changes.flatMap(changeLines),
    ...(changes.length === 0 ? ['no resource says anything else than before'] : []),
    `${plural(files.length, 'file')}: ${files.join(', ')}`,
    ...problemLines(problems),
  ].map(clean)
}

const problemLines = (problems: readonly Problem[]): string[] =>
  problems.map((problem) => `problem: ${describeProblem(problem)}`)

/** One change of a resource, and its fields below. */
export function changeLines(change: ResourceChange): string[] {
  const { kind, name } = change
  switch (change.change) {
    case 'added':
      return [`+ ${kind} ${name}`]
    case 'removed':
      return [`- ${kind} ${name}`]
    case 'renamed':
      return [
        `~ ${kind} ${change.from} is now ${name}: the one is removed, the other added`,
        ...change.fields.map((field) => `    ${describeChange(field)}`),
      ]
    case 'changed':
      return [`~ ${kind} ${name}`, ...change.fields.map((field) => `    ${describeChange(field)}`)]
  }
}

export type CommitFlags = {
  readonly path?: string
  readonly message: string
  /** False with --no-validate. */
  readonly validate: boolean
  readonly dryRun?: boolean
  readonly output: 'table' | 'json'
}

export async function runCommit(flags: CommitFlags): Promise<void> {
  const { git, changes, files, folder, before, resources, problems } = await compared(flags.path)
  if (flags.message.trim() === '') throw usageError('the message is empty', 'write -m "…"')
  const unfinished = await git.unfinished()
  if (unfinished !== undefined) {
    throw new SsmdError('SSMD_E_USAGE', `a ${unfinished} is not finished in ${git.root}`, {
      hint: `finish it with git first: git ${unfinished} --continue, or --abort`,
    })
  }
  if (files.length === 0) {
    throw new SsmdError('SSMD_E_USAGE', `nothing in ${folder} differs from the last commit`)
  }
  const refused = flags.validate
    ? [...problems, ...checkAll(resources, utcDay(Date.now())).problems]
    : []
  const [first] = refused
  if (first !== undefined) {
    const count = new Set(refused).size
    const more = count > 1 ? ` (and ${count - 1} more)` : ''
    throw new SsmdError(first.code, `${describeProblem(first)}${more}`, {
      hint: 'nothing was committed; correct it, or commit as it is with --no-validate',
    })
  }
  const cost = await costOfChange(before, resources)
  const id = flags.dryRun ? undefined : await git.commit(files, flags.message)
  if (flags.output === 'json') {
    await writeJson({
      path: join(git.root, git.folder),
      changes,
      files,
      plan: cost,
      commit: id ?? null,
    })
    return
  }
  const shown = files.map((file) => git.shown(file, process.cwd()))
  await writeLines([
    ...linesOf(changes, shown, problems),
    ...costLines(cost),
    id === undefined ? 'would be committed' : `committed ${id}; push it with git push`,
  ])
}
