// What is live: the Environments of files, each with its feeds and how its NATS is reached.

import { join } from 'node:path'
import { feedsOf, isSimulated } from '#crds/environments.ts'
import { SsmdError } from '#crds/errors.ts'
import { describeProblem, loadResources } from '#crds/resources.ts'
import { KEYS_DIR } from '#role/keys.ts'

export type LiveFeedOf = {
  readonly name: string
  /** Null if the file does not hold the Feed: its frames are shown, and not read as market events. */
  readonly exchange: string | null
  readonly simulated: boolean
  /** The Feed, for exchanges that it alone describes. */
  readonly resource: unknown
}

export type LiveEnvironment = {
  readonly name: string
  readonly url: string
  readonly credentialsFile: string | undefined
  readonly feeds: readonly LiveFeedOf[]
}

export type LiveFilesOptions = {
  /** Each a file or a folder with an Environment, and with the Feeds that it names. */
  readonly files: readonly string[]
  /** Where Secrets are mounted. @default /etc/ssmd/keys */
  readonly keysDir?: string | undefined
  /** Of this program on NATS, instead of `transport.credentialsRef`. */
  readonly natsCredentials?: string | undefined
}

/** Throws SSMD_E_RESOURCE_INVALID for what is wrong in a file, and for one without an Environment. */
export async function readLiveEnvironments(options: LiveFilesOptions): Promise<LiveEnvironment[]> {
  const { files, keysDir = KEYS_DIR, natsCredentials } = options
  const all: LiveEnvironment[] = []
  for (const file of files) {
    const { environments, feeds, problems } = await loadResources(file)
    const [problem] = problems
    if (problem !== undefined) {
      throw new SsmdError(problem.code, describeProblem(problem), {
        hint: `ssmd validate ${file} shows all that is wrong`,
      })
    }
    if (environments.length === 0) {
      throw new SsmdError('SSMD_E_RESOURCE_INVALID', `${file}: no Environment is declared there`, {
        hint: 'give a file with an Environment, and with the Feeds that it names',
      })
    }
    for (const { resource: environment } of environments) {
      const { name } = environment.metadata
      if (all.some((other) => other.name === name)) {
        throw new SsmdError('SSMD_E_USAGE', `Environment ${name} is given twice`, {
          hint: 'give each Environment once',
        })
      }
      const { transport, suspend, simulator } = environment.spec
      if (suspend) continue
      const known = feedsOf(
        environment,
        feeds.map(({ resource }) => resource)
      )
      const declared = new Set(feeds.map(({ resource }) => resource.metadata.name))
      const unknown = environment.spec.feeds.filter((feed) => feed !== '*' && !declared.has(feed))
      all.push({
        name,
        url: transport.url,
        credentialsFile:
          natsCredentials ??
          (transport.credentialsRef && join(keysDir, transport.credentialsRef.name, 'nats.creds')),
        feeds: [
          ...known.map((feed) => ({
            name: feed.metadata.name,
            exchange: feed.spec.exchange,
            simulated: isSimulated(environment, feed),
            resource: feed,
          })),
          ...unknown.map((feed) => ({
            name: feed,
            exchange: null,
            simulated: simulator?.feeds.includes(feed) ?? false,
            resource: null,
          })),
        ].sort((a, b) => (a.name < b.name ? -1 : 1)),
      })
    }
  }
  return all
}
