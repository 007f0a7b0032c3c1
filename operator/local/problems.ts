// What stands in the way of a resource on this computer, besides what its file says: pure checks of what cannot
// be done here.
import type { Environment } from '#crds/environment.gen.ts'
import { loopbackAddress } from './nats-config.ts'

export type LocalChoice = {
  /** Environments that can run here. */
  readonly environments: readonly Environment[]
  /** URL of the nats-server to start, or undefined where every environment uses one that is elsewhere. */
  readonly natsUrl: string | undefined
  readonly problems: readonly string[]
}

/**
 * One data folder has one nats-server. Environments that name different loopback addresses cannot all have theirs:
 * the one that runs goes on, else the first has it.
 */
export function chooseNats(
  environments: readonly Environment[],
  running: string | undefined
): LocalChoice {
  const local = environments.filter(({ spec }) => loopbackAddress(spec.transport.url) !== undefined)
  const same = (a: string, b: string) =>
    JSON.stringify(loopbackAddress(a)) === JSON.stringify(loopbackAddress(b))
  const goesOn = local.find(
    ({ spec }) => running !== undefined && same(spec.transport.url, running)
  )
  const natsUrl = (goesOn ?? local[0])?.spec.transport.url
  const problems: string[] = []
  const chosen = environments.filter((environment) => {
    const { url } = environment.spec.transport
    if (natsUrl === undefined || loopbackAddress(url) === undefined || same(url, natsUrl))
      return true
    problems.push(
      `Environment ${environment.metadata.name}: spec.transport.url is ${url}, but this data folder's nats-server is ${natsUrl} (use the same url, or run it apart with --env and another --data)`
    )
    return false
  })
  return { environments: chosen, natsUrl, problems }
}
