// `ssmd validate`: what is wrong in resource files, one line each with its place, and how many there are.

import { stat } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { describeProblem, loadResources, type Problem } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { checkResources } from '../../operator/policies.ts'
import { type Output, writeJson, writeLines } from '../output.ts'
import { clean, plural } from '../text.ts'

export type ValidateOptions = { readonly path: string; readonly output: Output }

export async function runValidate(options: ValidateOptions): Promise<void> {
  const { path } = options
  const resources = await loadResources(path)
  const date = utcDay(Date.now())
  const found: Problem[] = [...resources.problems, ...checkResources(resources, date)]
  // One file alone cannot hold what it refers to.
  const isFile = !(await stat(path)).isDirectory()
  const problems = isFile ? found.filter(({ code }) => code !== 'SSMD_E_REFERENCE') : found
  const { feeds, environments, archives, notes } = resources
  const counts = {
    feeds: feeds.length,
    environments: environments.length,
    archives: archives.length,
  }
  if (problems.length === 0 && feeds.length + environments.length + archives.length === 0) {
    const passed = notes.map(describeProblem).join('; ')
    throw new SsmdError('SSMD_E_NOT_FOUND', `${path}: no resources found`, {
      hint: passed || 'give a file, or a folder with *.yaml files below it',
    })
  }
  if (options.output === 'json') {
    await writeJson({ path, valid: problems.length === 0, counts, problems, notes })
  } else {
    const what = [
      plural(counts.feeds, 'feed'),
      plural(counts.environments, 'environment'),
      plural(counts.archives, 'archive'),
    ].join(', ')
    await writeLines([
      ...problems.map((problem) => clean(describeProblem(problem))),
      ...notes.map((note) => clean(`note: ${describeProblem(note)}`)),
      problems.length === 0
        ? `${path}: ${what}: all valid`
        : `${path}: ${what}: ${plural(problems.length, 'problem')}`,
    ])
  }
  if (problems.length > 0) process.exitCode = 3
}
