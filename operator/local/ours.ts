// The resources that use the nats-server of this folder. Pure.
import type { Declared } from '../desired.ts'
import { loopbackAddress } from './nats-config.ts'

/** A NATS of this computer is run by us, whatever the Environment says of credentials. */
export const isOurs = (url: string): boolean => loopbackAddress(url) !== undefined

/** What of it uses this folder's NATS. */
export function withOurs({ feeds, environments, archives, signals }: Declared): Declared {
  const ours = environments.filter(({ spec }) => isOurs(spec.transport.url))
  const isOf = (name: string) => ours.some(({ metadata }) => metadata.name === name)
  return {
    feeds,
    environments: ours,
    archives: archives.filter(({ spec }) => isOf(spec.environmentRef.name)),
    signals: signals.filter(({ spec }) => isOf(spec.environmentRef.name)),
  }
}
