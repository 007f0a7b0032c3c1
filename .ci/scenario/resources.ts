// What the scenario declares, as a person would write it into a git repository: a folder for each kind, a file for each
// resource. Three feeds: `gold` dials an exchange outside of the cluster with a key of its own, `kalshi` is simulated by
// a pod of the Environment, `made` is the synthetic one, whose every frame can be computed.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'

export const SYNTHETIC = { seed: 11, symbols: 7, channels: ['trade', 'ticker', 'orderbook_delta'] }

const resource = (kind: string, name: string, spec: unknown) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind,
  metadata: { name },
  spec,
})

export type GoldOptions = {
  readonly endpoint: string
  readonly restEndpoint: string
  /** Further versions behind the first. */
  readonly versions?: readonly unknown[]
  readonly channels?: readonly string[]
}

export const gold = (o: GoldOptions) =>
  resource('Feed', 'gold', {
    displayName: 'Gold in 15 minutes',
    exchange: 'kalshi',
    versions: [
      {
        name: 'v2',
        effectiveFrom: '2025-01-01',
        endpoint: o.endpoint,
        restEndpoint: o.restEndpoint,
        authMethod: 'apiKey',
      },
      ...(o.versions ?? []),
    ],
    channels: o.channels ?? ['orderbook_delta', 'trade', 'ticker'],
    symbols: { include: ['KXGOLD15M-*'] },
  })

export const kalshi = (
  channels: readonly string[] = ['trade', 'ticker'],
  include: readonly string[] = ['KXGOLD15M-*']
) =>
  resource('Feed', 'kalshi', {
    exchange: 'kalshi',
    versions: [
      {
        name: 'v2',
        effectiveFrom: '2025-01-01',
        endpoint: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
        restEndpoint: 'https://external-api.kalshi.com/trade-api/v2',
        authMethod: 'apiKey',
      },
    ],
    channels,
    symbols: { include },
  })

export const made = (rate = 200) =>
  resource('Feed', 'made', {
    exchange: 'synthetic',
    versions: [
      {
        name: 'v1',
        effectiveFrom: '2025-01-01',
        endpoint: `synthetic://generator?rate=${rate}&symbols=${SYNTHETIC.symbols}&seed=${SYNTHETIC.seed}`,
      },
    ],
    channels: SYNTHETIC.channels,
  })

export const lab = (o: { suspend?: boolean; feeds?: readonly string[] } = {}) =>
  resource('Environment', 'lab', {
    feeds: o.feeds ?? ['gold', 'kalshi', 'made'],
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxAge: '24h', maxBytes: '256Mi' } },
    keys: {
      gold: {
        type: 'apiKey',
        fields: ['apiKey', 'privateKey'],
        source: { secret: { name: 'gold' } },
      },
    },
    simulator: { feeds: ['kalshi'], rate: 300 },
    ...(o.suspend === undefined ? {} : { suspend: o.suspend }),
  })

export const kept = (feeds: readonly string[] = ['gold', 'kalshi', 'made']) =>
  resource('Archive', 'kept', {
    environmentRef: { name: 'lab' },
    feeds,
    storage: { claim: { size: '1Gi' } },
  })

/** A feed, an Environment and an Archive beside the others, for a capture that is divided. */
export const pair = () => ({
  ...kalshi(['trade', 'orderbook_delta'], ['KX*']),
  metadata: { name: 'pair' },
})

export const halves = (shards: number) =>
  resource('Environment', 'halves', {
    feeds: ['pair'],
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxAge: '24h', maxBytes: '64Mi' } },
    connector: { shards },
    simulator: { feeds: ['pair'], rate: 100, markets: 12 },
  })

export const halvesKept = () =>
  resource('Archive', 'halves', {
    environmentRef: { name: 'halves' },
    feeds: ['pair'],
    storage: { claim: { size: '1Gi' } },
  })

/** Around the Feed that is shipped for Kraken: nothing of it needs an account. */
export const spot = () =>
  resource('Environment', 'spot', {
    feeds: ['kraken'],
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxAge: '24h', maxBytes: '64Mi' } },
    simulator: { feeds: ['kraken'], rate: 100 },
  })

export const spotKept = () =>
  resource('Archive', 'spot', {
    environmentRef: { name: 'spot' },
    feeds: ['kraken'],
    storage: { claim: { size: '1Gi' } },
  })

const FOLDERS: Readonly<Record<string, string>> = {
  Feed: 'feeds',
  Environment: 'environments',
  Archive: 'archives',
}

/** Where a resource lies below the folder of a repository. */
export const placeOf = ({ kind, metadata }: ReturnType<typeof resource>): string =>
  join(FOLDERS[kind] ?? kind, `${metadata.name}.yaml`)

export async function writeResource(
  folder: string,
  object: ReturnType<typeof resource>
): Promise<void> {
  const path = join(folder, placeOf(object))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, stringify(object))
}
