// What `ssmd validate` and `ssmd commit` ask of resources: the rules that the operator holds too, and those that are for authors, because a
// cluster may already run what breaks them. Pure.

import type { Resources } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { byPlace } from '#crds/problems.ts'
import { checkResources } from '../../operator/policies.ts'
import { addressProblems } from './addresses.ts'
import { dateProblems } from './dates.ts'
import { folderProblems } from './folders.ts'
import { sizeNotes, sizeProblems } from './sizes.ts'

export type Checked = {
  readonly problems: readonly Problem[]
  /** Notes, which block nothing. */
  readonly notes: readonly Problem[]
}

/** On the UTC day `date` (YYYY-MM-DD); with the problems of parsing. */
export const checkAll = (resources: Resources, date: string): Checked => ({
  problems: [
    ...resources.problems,
    ...checkResources(resources, date),
    ...addressProblems(resources),
    ...dateProblems(resources, date),
    ...folderProblems(resources),
    ...sizeProblems(resources),
  ].sort(byPlace),
  notes: [...resources.notes, ...sizeNotes(resources)].sort(byPlace),
})
