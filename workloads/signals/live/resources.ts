// What a runner takes from its resources: the Signal, its Environment and its Feeds, which must fit together.

import { randomBytes } from 'node:crypto'
import { streamWantOf } from '#bus/stream-config.ts'
import { hashOf } from '#crds/canonical.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import { newConnectionId } from '#wire/connection-id.ts'
import type { RunnerOptions } from './runner.ts'

export type Resources = {
  readonly signal: Signal
  readonly environment: Environment
  readonly feeds: readonly Feed[]
}

type Given = Pick<
  RunnerOptions,
  'environment' | 'name' | 'mode' | 'source' | 'params' | 'programKey' | 'feeds' | 'isWanted'
> &
  Pick<RunnerOptions, 'streams' | 'replicas' | 'newConnection'>

export function runnerOptions(resources: Resources): Given {
  const { signal, environment, feeds } = resources
  const { source, params = {}, mode, symbols } = signal.spec
  const texts = Object.entries(params).map(([name, value]) => [name, String(value)] as const)
  return {
    environment: environment.metadata.name,
    name: signal.metadata.name,
    mode,
    source,
    params: Object.fromEntries(texts),
    programKey: hashOf({ source, params }),
    feeds: feeds.map((feed) => ({
      name: feed.metadata.name,
      exchange: feed.spec.exchange,
      resource: feed,
    })),
    isWanted: symbols === undefined ? undefined : remembered(symbolFilter(symbols, []).matches),
    streams: feeds.map(({ metadata }) => streamWantOf(environment, metadata.name)),
    replicas: replicasOf(resources),
    newConnection: () => newConnectionId(Date.now(), randomBytes),
  }
}

export const replicasOf = ({ environment }: Resources): number =>
  environment.spec.transport.stream.replicas

/** Asked for each event: an answer is looked up. Names come and go, so they are forgotten when there are many. */
function remembered(matches: (symbol: string) => boolean): (symbol: string) => boolean {
  const answers = new Map<string, boolean>()
  return (symbol) => {
    const known = answers.get(symbol)
    if (known !== undefined) return known
    if (answers.size > 200_000) answers.clear()
    const answer = matches(symbol)
    answers.set(symbol, answer)
    return answer
  }
}

/** The Feeds of the signal, in its order. */
export function feedsOf(signal: Signal, environment: Environment, given: readonly Feed[]): Feed[] {
  const { environmentRef, feeds } = signal.spec
  const { name } = signal.metadata
  if (environmentRef.name !== environment.metadata.name) {
    throw new SsmdError(
      'SSMD_E_REFERENCE',
      `Signal ${name} is of Environment ${environmentRef.name}, not ${environment.metadata.name}`,
      { hint: 'give the Environment that spec.environmentRef names' }
    )
  }
  return feeds.map((feed) => {
    const found = given.find(({ metadata }) => metadata.name === feed)
    if (found !== undefined) return found
    throw new SsmdError(
      'SSMD_E_REFERENCE',
      `Signal ${name} reads feed ${feed}, which was not given`,
      {
        hint: 'give the file of each Feed of spec.feeds with --feed',
      }
    )
  })
}
