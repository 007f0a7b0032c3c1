// Problems of valid resources on this computer. Pure.
import type { Environment } from '#crds/environment.gen.ts'
import { loopbackAddress } from './nats-config.ts'

export type LocalChoice = {
  /** Environments that can run here. */
  readonly environments: readonly Environment[]
  /** URL of the nats-server to start; undefined if every environment uses a remote one. */
  readonly natsUrl: string | undefined
  readonly problems: readonly string[]
}

/**
 * One data folder has one nats-server. If environments name different loopback addresses, the running server stays; without
 * one, the first address is used.
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
