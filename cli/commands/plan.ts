// `ssmd plan`: what the resources come to a day and in the end, by the archive's own figures, and what the change since the last commit
// costs.

import { resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Resources } from '#crds/located.ts'
import { loadResources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { layoutOf, storageFolder } from '../../operator/local/layout.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { readFigures } from '../plan/figures.ts'
import { type Cost, costOf, type Declared, type Figures, planOf } from '../plan/plan.ts'
import { costLines, planLines } from '../plan/shown.ts'
import { resourcesAtHead } from '../repository/at-head.ts'
import { findExchanges } from '../repository/folder.ts'
import { Git } from '../repository/git.ts'

export type PlanFlags = {
  readonly data: string
  /** Folders of archives to take figures from, beside those that are declared. */
  readonly archive?: readonly string[]
  /** Another folder of resources to compare with, instead of the last commit. */
  readonly against?: string
  readonly output: Output
}

export async function runPlan(path: string | undefined, flags: PlanFlags): Promise<void> {
  const folder = await findExchanges(path, process.cwd())
  const resources = await loadResources(folder)
  const figures = await figuresFor(resources, flags)
  const day = utcDay(Date.now())
  const plan = planOf(declaredOf(resources), day, figures)
  const { against } = flags
  const before = against === undefined ? await headOf(folder) : await loadResources(against)
  const cost = before && costOf(planOf(declaredOf(before), day, figures), plan)
  if (flags.output === 'json') {
    await writeJson({ path: folder, ...plan, change: cost ?? null })
    return
  }
  const changed = cost === undefined ? [] : costLines(cost)
  await writeLines([
    ...planLines(plan, terminalWidth()),
    ...(changed.length > 0
      ? ['', against === undefined ? 'since the last commit:' : `against ${against}:`, ...changed]
      : []),
  ])
}

/** The cost of what differs from the last commit, for `ssmd commit`. */
export async function costOfChange(before: Resources, after: Resources): Promise<Cost> {
  const day = utcDay(Date.now())
  const figures = await figuresFor(after, { data: './data' })
  return costOf(planOf(declaredOf(before), day, figures), planOf(declaredOf(after), day, figures))
}

const declaredOf = ({ feeds, environments, archives }: Resources): Declared => ({
  feeds: feeds.map(({ resource }) => resource),
  environments: environments.map(({ resource }) => resource),
  archives: archives.map(({ resource }) => resource),
})

/** From every archive of this computer: the data folder, what is declared, and what is named. */
async function figuresFor(
  { archives }: Resources,
  { data, archive = [] }: Pick<PlanFlags, 'data' | 'archive'>
): Promise<Figures> {
  const layout = layoutOf(data)
  const declared = archives.flatMap(({ resource: { spec } }) =>
    spec.storage.path === undefined ? [] : [storageFolder(layout, spec.storage.path, process.cwd())]
  )
  const named = archive.map((one) => resolve(one))
  const folders = [...new Set([...declared, ...named, layout.data])]
  return readFigures(folders, utcDay(Date.now()))
}

/** The resources of the last commit; undefined outside of git, and without it. */
async function headOf(folder: string): Promise<Resources | undefined> {
  try {
    return await resourcesAtHead(await Git.of(folder))
  } catch (thrown) {
    const codes = ['SSMD_E_NOT_FOUND', 'SSMD_E_TOOL_MISSING']
    if (thrown instanceof SsmdError && codes.includes(thrown.code)) return undefined
    throw thrown
  }
}
