// The resources that `ssmd up` runs: read from a file or folder. A resource that an edit broke keeps its last valid version,
// and its problem is described.

import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import { noResources } from '#crds/located.ts'
import { describeProblem, loadResources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import type { Declared } from '../desired.ts'
import { checkResources } from '../policies.ts'
import { type Held, takeEdit } from './held.ts'

export type EditedResourcesOptions = {
  readonly path: string
  /** Names of the Environments to run; empty: all. */
  readonly environments: readonly string[]
  nowMs(): number
}

const resumed = (environment: Environment): Environment => ({
  ...environment,
  spec: { ...environment.spec, suspend: false },
})

const NOTHING: Held = {
  resources: noResources(),
  problems: [],
  kept: [],
}

export class EditedResources {
  readonly #options: EditedResourcesOptions
  #held: Held | undefined
  #date = ''

  constructor(options: EditedResourcesOptions) {
    this.#options = options
  }

  /** UTC day of the last reading: it decides which version of a feed is in force. */
  get date(): string {
    return this.#date
  }

  isToday(): boolean {
    return this.#date === this.#today()
  }

  /** Reads the files; throws only if the path does not exist. */
  async read(): Promise<void> {
    const loaded = await loadResources(this.#options.path)
    this.#date = this.#today()
    this.#held = takeEdit(this.#held?.resources, loaded, (resources) =>
      checkResources(resources, this.#date)
    )
  }

  /** What is to run. */
  declared(): Declared {
    const { feeds, environments, archives } = (this.#held ?? NOTHING).resources
    const only = this.#options.environments
    return {
      feeds: feeds.map(({ resource }) => resource),
      environments: environments
        .map(({ resource }) => resource)
        .filter(({ metadata }) => only.length === 0 || only.includes(metadata.name))
        // A named Environment runs even if it is suspended.
        .map((one) => (only.length > 0 && one.spec.suspend ? resumed(one) : one)),
      archives: archives.map(({ resource }) => resource),
    }
  }

  describeProblems(): string[] {
    const { problems, kept } = this.#held ?? NOTHING
    return problems.map((problem) => {
      const goesOn = kept.includes(`${problem.kind} ${problem.name}`)
      return describeProblem(problem) + (goesOn ? ' (what ran before continues)' : '')
    })
  }

  /** `1 feed, 1 environment, 2 archives`. */
  count(): string {
    const count = (list: readonly unknown[], word: string) =>
      `${list.length} ${word}${list.length === 1 ? '' : 's'}`
    const { feeds, environments, archives } = (this.#held ?? NOTHING).resources
    return [
      count(feeds, 'feed'),
      count(environments, 'environment'),
      count(archives, 'archive'),
    ].join(', ')
  }

  /** At the start there must be a resource to run; later an empty folder is allowed. */
  refuseNothing(): void {
    const { path, environments } = this.#options
    const { resources, problems } = this.#held ?? NOTHING
    const names = resources.environments.map(({ resource }) => resource.metadata.name)
    const unknown = environments.find((name) => !names.includes(name))
    if (names.length > 0 && unknown === undefined) return
    const first = problems[0]
    if (first) {
      throw new SsmdError(first.code, `nothing can run: ${describeProblem(first)}`, {
        hint: `ssmd validate ${path} shows all that is wrong`,
      })
    }
    if (unknown !== undefined) {
      throw new SsmdError('SSMD_E_NOT_FOUND', `${path}: there is no Environment ${unknown}`, {
        hint: names.length > 0 ? `there is: ${names.join(', ')}` : 'declare it there',
      })
    }
    throw new SsmdError('SSMD_E_NOT_FOUND', `${path}: no Environment is declared there`, {
      hint: 'an Environment says which feeds run here; exchanges/environments/local.yaml is an example',
    })
  }

  #today(): string {
    return utcDay(this.#options.nowMs())
  }
}
