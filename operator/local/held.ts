// The resources in force after an edit, pure: an invalid resource keeps its last valid version, a deleted one is gone, and
// every problem is reported. An edit of one file never changes the resources of another.

import { canonical } from '#crds/canonical.ts'
import type { Resource } from '#crds/kinds.ts'
import { allOf } from '#crds/located.ts'
import type { Located, Problem, Resources } from '#crds/resources.ts'

export type Held = {
  /** What runs. */
  readonly resources: Resources
  /** Problems of the files. */
  readonly problems: readonly Problem[]
  /** Resources that run in their last valid version, such as `Feed kalshi`. */
  readonly kept: readonly string[]
}

type Any = Located<Resource>
type Check = (resources: Resources) => readonly Problem[]

/** `check` applies the rules between resources. */
export function takeEdit(previous: Resources | undefined, loaded: Resources, check: Check): Held {
  const filled = withUnreadable(previous, loaded)
  const found = check(filled)
  const before = previous === undefined ? [] : check(previous)
  const settle = <T extends Any>(now: readonly T[], old: readonly T[] | undefined): T[] =>
    now.flatMap((item) => {
      const own = found.filter((problem) => blocks(problem) && isAbout(problem, item))
      if (own.length === 0) return [item]
      const good = old?.find((candidate) => nameOf(candidate) === nameOf(item))
      // An environment with one feed that cannot run still runs the others.
      if (good === undefined) return item.resource.kind === 'Environment' ? [item] : []
      return own.every((problem) => before.some((known) => isSame(problem, known)))
        ? [item]
        : [good]
    })
  const resources: Resources = {
    feeds: settle(filled.feeds, previous?.feeds),
    environments: settle(filled.environments, previous?.environments),
    archives: settle(filled.archives, previous?.archives),
    signals: settle(filled.signals, previous?.signals),
    problems: [],
    notes: [],
  }
  return {
    resources,
    problems: [...loaded.problems, ...found],
    kept: allOf(resources)
      .filter((item) => !isWritten(item, loaded))
      .map(nameOf),
  }
}

/** Adds previous resources that are missing now because they, or their file, cannot be read. */
function withUnreadable(previous: Resources | undefined, loaded: Resources): Resources {
  if (previous === undefined || loaded.problems.length === 0) return loaded
  const fill = <T extends Any>(now: readonly T[], old: readonly T[]): T[] => [
    ...now,
    ...old.filter(
      (item) =>
        !now.some((candidate) => nameOf(candidate) === nameOf(item)) &&
        loaded.problems.some((problem) => explains(problem, item))
    ),
  ]
  return {
    feeds: fill(loaded.feeds, previous.feeds),
    environments: fill(loaded.environments, previous.environments),
    archives: fill(loaded.archives, previous.archives),
    signals: fill(loaded.signals, previous.signals),
    problems: loaded.problems,
    notes: loaded.notes,
  }
}

const nameOf = ({ resource }: Any): string => `${resource.kind} ${resource.metadata.name}`

const isWritten = (item: Any, loaded: Resources): boolean =>
  allOf(loaded).some(
    (written) =>
      nameOf(written) === nameOf(item) && canonical(written.resource) === canonical(item.resource)
  )

const isAbout = (problem: Problem, item: Any): boolean =>
  problem.kind === item.resource.kind && problem.name === item.resource.metadata.name

/** Whether this is why the resource is missing: the problem is about it, or about its file as a whole. */
const explains = (problem: Problem, item: Any): boolean =>
  isAbout(problem, item) ||
  (problem.file === item.file && (problem.kind === '' || problem.name === ''))

/** A reference to a missing resource is left out; any other problem makes a resource invalid. */
const blocks = (problem: Problem): boolean => problem.code !== 'SSMD_E_REFERENCE'

const isSame = (a: Problem, b: Problem): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  a.code === b.code &&
  a.field === b.field &&
  a.message === b.message
