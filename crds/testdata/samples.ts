// Resources that must be taken, and resources that must be refused at a certain field. Whatever judges resources
// (our validators, an API server) is held to the same list.

import type { Kind } from '../kinds.ts'
import { parsePath } from '../paths.ts'
import { LEAST } from './least.ts'

type Fields = Readonly<Record<string, unknown>>

export type Sample = {
  readonly kind: Kind
  /** The field that is set, and to what; undefined takes it away. */
  readonly set: string
  readonly to: unknown
  /** The field that is refused, where it is another one. */
  readonly field?: string
  /** An API server drops unknown fields without a word; we refuse them. */
  readonly isPruned?: true
}

const ENV = { env: { apiKey: 'A', privateKey: 'B' } }
const KEY = { type: 'apiKey', fields: ['apiKey', 'privateKey'], source: ENV }
const VERSION = { name: 'v3', effectiveFrom: '2025-06-01', endpoint: 'wss://x.test/ws' }

const feed = (set: string, to: unknown): Sample => ({ kind: 'Feed', set, to })
const environment = (set: string, to: unknown): Sample => ({ kind: 'Environment', set, to })
const archive = (set: string, to: unknown): Sample => ({ kind: 'Archive', set, to })
const signal = (set: string, to: unknown): Sample => ({ kind: 'Signal', set, to })

const HOOK = { name: 'hook', type: 'webhook', url: 'https://x.test/hook' }
const NTFY = { name: 'phone', type: 'ntfy', url: 'https://x.test', topic: 'fires' }
const SLACK = { name: 'chat', type: 'slack', secretRef: { name: 'chat', key: 'url' } }
const MAIL = {
  name: 'mail',
  type: 'email',
  to: ['a@x.test'],
  from: 'ssmd@x.test',
  secretRef: { name: 'mail', key: 'smtp.url' },
}
/** A Signal with this sink, which is refused at the field. */
const sink = (one: Fields, field: string): Sample => ({
  ...signal('spec.sinks', [one]),
  field: `spec.sinks[0]${field}`,
})
const without = (one: Fields, field: string): Fields =>
  Object.fromEntries(Object.entries(one).filter(([name]) => name !== field))

/** What a feed of exchange generic needs. */
const DESCRIBED = {
  exchange: 'generic',
  versions: [{ name: 'v1', effectiveFrom: '2025-01-01', endpoint: 'wss://x.test/ws' }],
  channels: ['trades'],
  messageTypes: [{ name: 't', type: 'a[0].b', scope: 'c+d[1]', sequence: 'n' }],
}
const TRADE = { price: 'data[].p', size: 'data[].q', buy: ['B'], sell: ['S'] }
const described = (more: Fields): Sample => feed('spec', { ...DESCRIBED, ...more })
const typed = (more: Fields): Sample => described({ messageTypes: [{ name: 't', ...more }] })

export const TAKEN: readonly Sample[] = [
  described({}),
  described({ subscribe: ['SUB {symbol}', { op: 'sub', args: [{ s: '{symbols}' }, 1, null] }] }),
  described({ unsubscribe: ['x'], ping: { message: { op: 'ping' }, interval: '20s' } }),
  described({ silence: '90s', symbolsPerMessage: 10 }),
  described({ schema: { name: 'ticks:v1', source: '{}' } }),
  described({
    symbols: { include: ['*'], discover: { path: '/v1/s?a=b', list: 'data', name: 'id' } },
  }),
  typed({ kind: 'error', type: '[0]', match: 'x.{symbol}', reason: 'msg', code: 'c', id: 'i' }),
  typed({ time: 'data[].t', timeUnit: 'us', trade: TRADE }),
  typed({ quote: { bid: 'b', askSize: 'data.a' } }),
  feed('spec.displayName', 'Kalshi, the exchange'),
  feed('spec.state', 'deprecated'),
  feed('spec.versions[1]', VERSION),
  feed('spec.versions[0].effectiveTo', '2025-01-01'),
  feed('spec.versions[0].effectiveFrom', '2024-02-29'),
  feed('spec.versions[0].rateLimitPerSecond', 100_000),
  feed('spec.symbols', { include: ['KXGOLD15M-*', 'A'], exclude: ['A?'] }),
  feed('spec.messageTypes', [{ name: 't', group: 'trades', symbol: 'msg.a', sequence: 'seq' }]),
  feed('spec.calendar', { timezone: 'America/New_York', openTime: '09:30', closeTime: '16:00' }),
  feed('spec.captureLocations', [{ site: 'nyc', type: 'onPrem', clock: 'ptp' }]),
  environment('spec.feeds', ['*']),
  environment('spec.transport.stream', { maxAge: '3d', maxBytes: '1024', replicas: 3 }),
  environment('spec.transport.credentialsRef', { name: 'nats.creds' }),
  environment('spec.keys', { kalshi: KEY }),
  environment('spec.keys', { kalshi: { ...KEY, source: { secret: { name: 'kalshi' } } } }),
  environment('spec.connector.resources', { requests: { cpu: '500m', memory: '256Mi' } }),
  environment('spec.connector.resources', { limits: { cpu: 2 } }),
  environment('spec.connector.linger', '0ms'),
  environment('spec.connector.lingerMax', '20ms'),
  environment('spec.connector.rollout', { policy: 'Manual' }),
  environment('spec.connector.rollout', {
    policy: 'Window',
    window: { start: '22:00', end: '02:00' },
  }),
  environment('spec.simulator', { feeds: [] }),
  environment('spec.simulator', { feeds: ['kalshi'], speed: 'max', seed: 0, replay: ['x.jsonl'] }),
  environment('spec.simulator', { feeds: ['kalshi'], speed: '0.25' }),
  environment('spec.simulator', { feeds: ['kalshi'], faults: [{ kind: 'cut', every: '30s' }] }),
  environment('spec.schedule', { timezone: 'UTC', dayStart: '00:00', dayEnd: '23:59' }),
  environment('spec.suspend', true),
  archive('spec.storage', { claim: { size: '100Gi', storageClassName: 'fast' } }),
  archive('spec.storage', { claim: { name: 'existing' } }),
  archive('spec.storage.path', '/data/..hidden/x'),
  archive('spec.commitInterval', '10ms'),
  archive('spec.commitInterval', '30s'),
  archive('spec.retention', { days: 30 }),
  archive('spec.compression.level', 9),
  archive('spec.types', ['trade']),
  archive('spec.resources', {}),
  archive('spec.resources', { requests: { cpu: '500m', memory: '256Mi' }, limits: { cpu: 2 } }),
  feed('metadata.name', 'signals'),
  signal('spec.suspend', true),
  signal('spec.mode', 'fast'),
  signal('spec.source', 'é'.repeat(32_768)),
  signal('spec.params', { threshold: 0.5, name: 'x', on: true, n: 3 }),
  signal('spec.symbols', ['KXINXD-*', 'BTC/USD']),
  signal('spec.sinks', [HOOK, NTFY, SLACK, MAIL]),
  signal('spec.sinks', [
    { ...HOOK, secretRef: SLACK.secretRef, rateLimit: { fires: 5, per: '1m' } },
  ]),
  signal('spec.resources', { limits: { cpu: 1, memory: '512Mi' } }),
]

export const REFUSED: readonly Sample[] = [
  { ...described({ messageTypes: undefined }), field: 'spec.messageTypes' },
  { ...described({ messageTypes: [] }), field: 'spec.messageTypes' },
  { ...feed('spec.silence', '60s'), field: 'spec.exchange' },
  { ...described({ ping: { message: 'ping' } }), field: 'spec.ping.interval' },
  { ...feed('spec.schema', { name: 'ticks:v1', source: '{}' }), field: 'spec.schema' },
  { ...described({ schema: { name: 'ticks', source: '{}' } }), field: 'spec.schema.name' },
  { ...described({ schema: { name: 'ticks:v1' } }), field: 'spec.schema.source' },
  { ...described({ subscribe: 'x' }), field: 'spec.subscribe' },
  { ...typed({ kind: 'trade' }), field: 'spec.messageTypes[0].kind' },
  { ...typed({ type: 'a..b' }), field: 'spec.messageTypes[0].type' },
  { ...typed({ type: 'a[x]' }), field: 'spec.messageTypes[0].type' },
  { ...typed({ timeUnit: 'minutes' }), field: 'spec.messageTypes[0].timeUnit' },
  { ...typed({ trade: { price: 'p' } }), field: 'spec.messageTypes[0].trade.size' },
  { ...typed({ trade: { ...TRADE, side: '' } }), field: 'spec.messageTypes[0].trade.side' },
  { ...typed({ trade: { ...TRADE, buy: [] } }), field: 'spec.messageTypes[0].trade.buy' },
  { ...typed({ quote: {} }), field: 'spec.messageTypes[0].quote' },
  {
    ...environment('spec.connector.resources', { limits: { cpu: -1 } }),
    field: 'spec.connector.resources.limits.cpu',
  },
  { ...archive('spec.resources', { limits: { cpu: -1 } }), field: 'spec.resources.limits.cpu' },
  { ...archive('spec.resources', { limits: { cpu: true } }), field: 'spec.resources.limits.cpu' },
  {
    ...archive('spec.resources', { requests: { memory: '1 Gi' } }),
    field: 'spec.resources.requests.memory',
  },
  archive('spec.resources', '1Gi'),
  { ...archive('spec.resources.limit', {}), isPruned: true },
  feed('metadata.name', 'Kalshi'),
  feed('metadata.name', 'a'.repeat(41)),
  feed('metadata.name', 'a.b'),
  feed('spec', undefined),
  feed('spec.exchange', 'kalshy'),
  feed('spec.exchange', undefined),
  feed('spec.exchange', 7),
  feed('spec.displayName', ''),
  feed('spec.displayName', 'x'.repeat(101)),
  feed('spec.type', 'multicast'),
  feed('spec.state', true),
  feed('spec.versions', []),
  feed('spec.versions', {}),
  { ...feed('spec.versions[1]', { ...VERSION, name: 'v2' }), field: 'spec.versions[1]' },
  {
    ...feed('spec.versions[1]', { ...VERSION, effectiveFrom: '2025-01-01' }),
    field: 'spec.versions',
  },
  feed('spec.versions[0].effectiveFrom', '2025-02-30'),
  feed('spec.versions[0].effectiveFrom', '25-02-03'),
  feed('spec.versions[0].effectiveFrom', 20_250_101),
  feed('spec.versions[0].effectiveTo', '2024-12-31'),
  feed('spec.versions[0].endpoint', 'http://x.test'),
  feed('spec.versions[0].endpoint', 'wss://x test'),
  { ...feed('spec.versions[0].endpoint', 'synthetic://generator'), field: 'spec.versions' },
  { ...feed('spec.exchange', 'synthetic'), field: 'spec.versions' },
  feed('spec.versions[0].restEndpoint', 'ftp://x.test'),
  feed('spec.versions[0].protocol', 'fix'),
  feed('spec.versions[0].authMethod', 'oauth'),
  feed('spec.versions[0].rateLimitPerSecond', 0),
  feed('spec.versions[0].rateLimitPerSecond', 1.5),
  feed('spec.versions[0].maxSymbolsPerConnection', 2 ** 40),
  { ...feed('spec.versions[0].enpoint', 'x'), isPruned: true },
  { ...feed('spec.surprise', 1), isPruned: true },
  feed('spec.channels', []),
  feed('spec.channels', 'trade'),
  { ...feed('spec.channels', ['trade', 'trade']), field: 'spec.channels[1]' },
  { ...feed('spec.channels', ['a b']), field: 'spec.channels[0]' },
  { ...feed('spec.symbols', {}), field: 'spec.symbols.include' },
  feed('spec.symbols.include', []),
  { ...feed('spec.symbols.include', ['']), field: 'spec.symbols.include[0]' },
  { ...feed('spec.symbols.include', ['a,b']), field: 'spec.symbols.include[0]' },
  {
    ...feed('spec.symbols', { include: ['A'], exclude: ['B', 'B'] }),
    field: 'spec.symbols.exclude[1]',
  },
  {
    ...feed('spec.symbols', { include: ['A'], discover: { interval: '0s' } }),
    field: 'spec.symbols.discover.interval',
  },
  {
    ...feed('spec.messageTypes', [{ name: 't', group: 'connection' }]),
    field: 'spec.messageTypes[0].group',
  },
  {
    ...feed('spec.messageTypes', [{ name: 't', symbol: 'a..b' }]),
    field: 'spec.messageTypes[0].symbol',
  },
  {
    ...feed('spec.messageTypes', [{ name: 't' }, { name: 't' }]),
    field: 'spec.messageTypes[1]',
  },
  feed('spec.calendar.openTime', '25:00'),
  {
    ...feed('spec.captureLocations', [{ site: 'a' }, { site: 'a' }]),
    field: 'spec.captureLocations[1]',
  },
  environment('spec.feeds', []),
  environment('spec.feeds', ['*', 'kalshi']),
  { ...environment('spec.feeds', ['Kalshi']), field: 'spec.feeds[0]' },
  { ...environment('spec.feeds', ['a', 'a']), field: 'spec.feeds[1]' },
  { ...environment('spec.feeds', ['a', 'b', 'a', 'a', 'c']), field: 'spec.feeds[2]' },
  environment('spec.transport', undefined),
  environment('spec.transport.url', 'http://127.0.0.1'),
  environment('spec.transport.stream.maxAge', '72 hours'),
  environment('spec.transport.stream.maxBytes', '8GB'),
  environment('spec.transport.stream.maxBytes', 1024),
  environment('spec.transport.stream.replicas', 6),
  environment('spec.transport.stream.duplicateWindow', '2'),
  {
    ...environment('spec.transport.credentialsRef', {}),
    field: 'spec.transport.credentialsRef.name',
  },
  { ...environment('spec.keys', { Kalshi: KEY }), field: 'spec.keys' },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, type: 'password' } }),
    field: 'spec.keys.kalshi.type',
  },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, fields: [] } }),
    field: 'spec.keys.kalshi.fields',
  },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, source: {} } }),
    field: 'spec.keys.kalshi.source',
  },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, source: { ...ENV, secret: { name: 'k' } } } }),
    field: 'spec.keys.kalshi.source',
  },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, source: { env: { apiKey: 'A' } } } }),
    field: 'spec.keys.kalshi.source',
  },
  {
    ...environment('spec.keys', { kalshi: { ...KEY, fields: ['apiKey'] } }),
    field: 'spec.keys.kalshi.source',
  },
  {
    ...environment('spec.keys', {
      kalshi: { ...KEY, source: { env: { apiKey: 'A B', privateKey: 'C' } } },
    }),
    field: 'spec.keys.kalshi.source.env.apiKey',
  },
  environment('spec.schema', 'v2'),
  environment('spec.schedule.dayEnd', '24:00'),
  {
    ...environment('spec.connector.resources', { limits: { cpu: 'lots' } }),
    field: 'spec.connector.resources.limits.cpu',
  },
  {
    ...environment('spec.connector.resources', { limits: { cpu: true } }),
    field: 'spec.connector.resources.limits.cpu',
  },
  environment('spec.connector.bufferBytes', '64MB'),
  environment('spec.connector.linger', '5s'),
  environment('spec.connector.lingerMax', '1s'),
  { ...environment('spec.connector.rollout', {}), field: 'spec.connector.rollout.policy' },
  {
    ...environment('spec.connector.rollout', { policy: 'Window' }),
    field: 'spec.connector.rollout.window',
  },
  { ...environment('spec.simulator', {}), field: 'spec.simulator.feeds' },
  { ...environment('spec.simulator', { feeds: [], speed: '0' }), field: 'spec.simulator.speed' },
  { ...environment('spec.simulator', { feeds: [], speed: 1 }), field: 'spec.simulator.speed' },
  { ...environment('spec.simulator', { feeds: [], rate: 0 }), field: 'spec.simulator.rate' },
  { ...environment('spec.simulator', { feeds: [], seed: -1 }), field: 'spec.simulator.seed' },
  {
    ...environment('spec.simulator', { feeds: [], faults: [{ kind: 'burn' }] }),
    field: 'spec.simulator.faults[0].kind',
  },
  {
    ...environment('spec.simulator', { feeds: [], faults: [{}] }),
    field: 'spec.simulator.faults[0].kind',
  },
  environment('spec.suspend', 'yes'),
  archive('metadata.name', 'a'.repeat(53)),
  archive('spec.environmentRef.name', ''),
  archive('spec.feeds', []),
  archive('spec.types', []),
  archive('spec.storage', {}),
  archive('spec.storage', { path: 'data', claim: { name: 'x' } }),
  archive('spec.storage.path', ''),
  archive('spec.storage.path', '../elsewhere'),
  archive('spec.storage.path', '/data/..'),
  { ...archive('spec.storage', { claim: {} }), field: 'spec.storage.claim' },
  {
    ...archive('spec.storage', { claim: { size: '1Gi', name: 'x' } }),
    field: 'spec.storage.claim',
  },
  {
    ...archive('spec.storage', { claim: { name: 'x', storageClassName: 'y' } }),
    field: 'spec.storage.claim.storageClassName',
  },
  archive('spec.rotation.maxAge', '1 hour'),
  archive('spec.rotation.maxBytes', '0'),
  archive('spec.commitInterval', '9ms'),
  archive('spec.commitInterval', '31s'),
  archive('spec.commitInterval', '1m'),
  archive('spec.compression.level', 10),
  archive('spec.retention.days', 0),
  archive('spec.deletionPolicy', 'Keep'),
  feed('metadata.name', 'signal-mine'),
  signal('metadata.name', 'a'.repeat(34)),
  signal('spec.environmentRef', undefined),
  signal('spec.environmentRef.name', ''),
  signal('spec.source', undefined),
  signal('spec.source', ''),
  signal('spec.source', 'x'.repeat(65_537)),
  signal('spec.source', 'é'.repeat(32_769)),
  { ...signal('spec.params', { p: { deep: 1 } }), field: 'spec.params.p' },
  { ...signal('spec.params', { p: [1] }), field: 'spec.params.p' },
  { ...signal('spec.params', { p: 'x'.repeat(1025) }), field: 'spec.params.p' },
  signal('spec.feeds', []),
  { ...signal('spec.feeds', ['*']), field: 'spec.feeds[0]' },
  { ...signal('spec.feeds', ['a', 'a']), field: 'spec.feeds[1]' },
  signal('spec.symbols', []),
  { ...signal('spec.symbols', ['a b']), field: 'spec.symbols[0]' },
  signal('spec.mode', 'slow'),
  { ...signal('spec.sinks', [HOOK, HOOK]), field: 'spec.sinks[1]' },
  sink({ ...HOOK, type: 'pager' }, '.type'),
  sink({ ...HOOK, url: 'ftp://x.test' }, '.url'),
  sink(without(HOOK, 'url'), '.url'),
  sink(without(NTFY, 'url'), '.url'),
  sink({ ...SLACK, url: HOOK.url }, '.url'),
  sink(without(NTFY, 'topic'), '.topic'),
  sink({ ...HOOK, topic: 'fires' }, '.topic'),
  sink(without(MAIL, 'to'), '.to'),
  sink(without(MAIL, 'from'), '.to'),
  sink({ ...MAIL, to: ['a'] }, '.to[0]'),
  sink({ ...HOOK, from: 'a@x.test' }, '.to'),
  sink(without(SLACK, 'secretRef'), '.secretRef'),
  sink(without(MAIL, 'secretRef'), '.secretRef'),
  sink({ ...SLACK, secretRef: { name: 'chat' } }, '.secretRef.key'),
  sink({ ...SLACK, secretRef: { name: 'chat', key: '../x' } }, '.secretRef.key'),
  sink({ ...HOOK, rateLimit: { fires: 0, per: '1m' } }, '.rateLimit.fires'),
  sink({ ...HOOK, rateLimit: { fires: 1 } }, '.rateLimit.per'),
  signal('spec.suspend', 'yes'),
]

/** The least resource of the sample's kind, with the sample's field set. */
export function resourceOf({ kind, set, to }: Sample): Fields {
  const resource = structuredClone(LEAST[kind])
  const path = parsePath(set)
  let at = resource as Record<string | number, unknown>
  for (const part of path.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Record<string | number, unknown>
  }
  const last = path.at(-1) ?? ''
  if (to === undefined) delete at[last]
  else at[last] = structuredClone(to)
  return resource
}

/** The field that a refused sample is refused for. */
export const refusedField = ({ set, field }: Sample): string => field ?? set
