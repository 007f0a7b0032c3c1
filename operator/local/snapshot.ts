// The state of `ssmd up` at one moment, as plain data for the live table, the plain lines and tests.

import type { Report } from '#bus/report.ts'
import { feedsOf, isSimulated } from '#crds/environments.ts'
import { versionInForce } from '#crds/versions.ts'
import type { Declared } from '../desired.ts'
import type { LocalDeployment } from './deployment.ts'
import type { UpEvent } from './events.ts'
import { type Layout, shownPath, storageFolder } from './layout.ts'
import type { ProcessState } from './supervised.ts'

export type Phase = 'starting' | 'running' | 'stopping' | 'stopped'

/** One thing that start or stop does, with how long it took. */
export type Step = {
  readonly name: string
  readonly detail: string
  readonly beganAt: number
  /** Null while it continues. */
  readonly endedAt: number | null
}

export type ProcessSnapshot = {
  readonly name: string
  readonly component: string
  readonly environment: string
  /** Null for an archiver: it has several. */
  readonly feed: string | null
  readonly archive: string | null
  readonly state: ProcessState
  readonly trouble: string
}

/** A feed that an environment captures. */
export type FeedSnapshot = {
  readonly feed: string
  readonly environment: string
  readonly simulated: boolean
  /** Empty if it is captured, else why not: `suspended`, `not in force`. */
  readonly idle: string
  /** Archives that keep it. */
  readonly archives: readonly string[]
}

export type Snapshot = {
  readonly at: number
  readonly startedAt: number
  readonly phase: Phase
  readonly hurried: boolean
  /** All programs were ready at the same time: the start is over. */
  readonly settled: boolean
  readonly path: string
  readonly data: string
  /** Folders of the archives that run, as a person would write them. */
  readonly roots: readonly string[]
  readonly logs: string
  readonly nats: {
    readonly url: string
    readonly state: ProcessState
    /** The streams that it cannot write, why, and what happens next; empty if it is healthy. */
    readonly trouble: string
  } | null
  /** The data API and its page; null until it is started. */
  readonly page: {
    /** Empty until it answers. */
    readonly url: string
    /** Why it does not run; empty if it does. */
    readonly trouble: string
  } | null
  readonly steps: readonly Step[]
  readonly feeds: readonly FeedSnapshot[]
  readonly processes: readonly ProcessSnapshot[]
  readonly reports: readonly Report[]
  readonly problems: readonly string[]
  readonly events: readonly UpEvent[]
}

/** Folders of the archives of Environments that run, as a person in the folder `current` would write them. */
export function archiveRoots(declared: Declared, layout: Layout, current: string): string[] {
  const running = declared.environments.filter(({ spec }) => !spec.suspend)
  const names = new Set(running.map(({ metadata }) => metadata.name))
  const folders = declared.archives.flatMap(({ spec }) =>
    names.has(spec.environmentRef.name) && spec.storage.path !== undefined
      ? [storageFolder(layout, spec.storage.path, current)]
      : []
  )
  return [...new Set(folders)].sort().map((folder) => shownPath(folder, current))
}

/** The feeds of every environment, with what keeps some of them from being captured. */
export function describeFeeds(declared: Declared, date: string): FeedSnapshot[] {
  return declared.environments.flatMap((environment) =>
    feedsOf(environment, declared.feeds).map((feed) => ({
      feed: feed.metadata.name,
      environment: environment.metadata.name,
      simulated: isSimulated(environment, feed),
      idle: environment.spec.suspend
        ? 'suspended'
        : versionInForce(feed, date) === undefined
          ? 'not in force'
          : '',
      archives: declared.archives
        .filter(
          ({ spec }) =>
            spec.environmentRef.name === environment.metadata.name &&
            spec.feeds.includes(feed.metadata.name)
        )
        .map(({ metadata }) => metadata.name),
    }))
  )
}

export const describeProcess = (deployment: LocalDeployment): ProcessSnapshot => ({
  name: deployment.name,
  component: deployment.component,
  environment: deployment.label('ssmd.io/environment') ?? '',
  feed: deployment.label('ssmd.io/feed') ?? null,
  archive: deployment.label('ssmd.io/archive') ?? null,
  state: deployment.state,
  trouble: deployment.trouble,
})
