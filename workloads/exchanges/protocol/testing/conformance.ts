// What every exchange has to have, as checks that say what is missing: facts that are complete and true of its adapter and
// its side of the simulator, a README, frames, and code that no bytes bring down.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { EXCHANGES, type ExchangeFacts, type Proof } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { loadResource } from '#crds/resources.ts'
import { EVENT, type MarketEvent } from '#market/event.ts'
import type { CreateNormalizer } from '#market/normalizer.ts'
import { Recording } from '../../../simulator/recording.ts'
import { runningSimulator } from '../../../simulator/testing/running.ts'
import { FrameWriter } from '../../../simulator/writer.ts'
import { adapterOf, venueOf } from '../../index.ts'
import type { Frame } from '../../simulation/frame.ts'
import type { Venue } from '../../simulation/venue.ts'
import { type AdapterContext, type Exchange, UNKNOWN } from '../adapter.ts'
import { mutated } from './mutate.ts'

const ROOT = new URL('../../../../', import.meta.url)
const FRAMES = 10_000

const PROOFS: readonly Proof[] = ['frames', 'book', 'trades', 'nothing']
/** What a README has to tell, as words of its headings. */
const SECTIONS = ['prove', 'endpoint', 'limit', 'source']

const folderOf = (name: string): URL => new URL(`workloads/exchanges/${name}/`, ROOT)

/** The shipped Feed of this exchange; one that makes its data up needs none. */
async function feedOf(name: string, facts: ExchangeFacts): Promise<Feed | undefined> {
  for (const file of readdirSync(new URL('exchanges/feeds/', ROOT))) {
    if (!file.endsWith('.yaml')) continue
    const feed = await loadResource('Feed', new URL(`exchanges/feeds/${file}`, ROOT).pathname)
    if (feed.spec.exchange === name) return feed
  }
  if (!facts.alwaysSimulated) return undefined
  return {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name },
    spec: {
      exchange: name,
      versions: [{ name: 'v1', effectiveFrom: '2020-01-01', endpoint: `${name}://generator` }],
      channels: Object.keys(facts.channels ?? {}),
    },
  } as unknown as Feed
}

/** Recorded frames of this exchange, and those of its own fixtures. */
async function framesOf(name: string): Promise<Buffer[]> {
  const frames: Buffer[] = []
  const own = new URL('testing/frames.ts', folderOf(name))
  if (existsSync(own)) {
    const { frames: texts } = (await import(own.href)) as { frames: readonly string[] }
    frames.push(...texts.map((text) => Buffer.from(text)))
  }
  const folder = new URL(`workloads/testing/recordings/${name}/`, ROOT)
  const recordings = existsSync(folder) ? readdirSync(folder, { recursive: true }) : []
  for (const file of recordings.map(String).filter((path) => /\.(gz|jsonl)$/.test(path))) {
    const recording = new Recording(new URL(file, folder).pathname, {
      channels: [{ name: '', index: 0 }],
      recognise: () => 'frame',
    })
    while (frames.length < 5000 && (await recording.fill()))
      while (frames.length < 5000 && recording.next()) {
        const { bytes, start, end } = recording.frame
        frames.push(Buffer.from(bytes.subarray(start, end)))
      }
    recording.close()
  }
  return frames
}

const contextOf = (feed: Feed, more: Partial<AdapterContext> = {}): AdapterContext => {
  const version = feed.spec.versions[0] as NonNullable<Feed['spec']['versions'][0]>
  const { endpoint, restEndpoint = null } = version
  return {
    ...{ feed, version, endpoint, restEndpoint, auth: { kind: 'none' }, nowMs: () => 0 },
    ...more,
  }
}

export type Tell = (problem: string) => void

export function checkFacts(name: string, facts: ExchangeFacts, tell: Tell): void {
  if (facts.title === '') tell('facts: no title')
  for (const field of facts.headerFields)
    if (!facts.keyFields.includes(field)) tell(`facts: ${field} is in no key`)
  if ((facts.auth === 'none') !== (facts.keyFields.length === 0))
    tell('facts: auth and keyFields disagree')
  const channels = Object.entries(facts.channels ?? { described: 'nothing' })
  if (channels.length === 0) tell('facts: no channels')
  for (const [channel, proof] of channels)
    if (!PROOFS.includes(proof as Proof)) tell(`facts: ${channel} proves ${proof}`)
  const text = readFileSync(new URL('facts.ts', folderOf(name)), 'utf8')
  if (!text.includes(`name: '${name}'`)) tell('facts: name is not that of the folder')
}

export function checkReadme(name: string, tell: Tell): void {
  const path = new URL('README.md', folderOf(name))
  if (!existsSync(path)) {
    tell('no README.md')
    return
  }
  const headings = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? []
  for (const section of SECTIONS)
    if (!headings.some((heading) => new RegExp(section, 'i').test(heading)))
      tell(`README.md: no heading with "${section}"`)
}

/** The adapter takes the channels of the facts, and no bytes bring its session down. */
export function checkAdapter(
  exchange: Pick<Exchange, 'session'>,
  frames: readonly Buffer[],
  seed: number,
  tell: Tell
): void {
  const session = exchange.session({ shard: 0 })
  session.opened(0)
  for (const frame of mutated(frames, seed, FRAMES))
    try {
      session.look(frame)
      session.exchangeMs()
      if (session.frame.control) session.control(frame, 0)
    } catch (thrown) {
      tell(`adapter: ${String(thrown)} at ${frame.toString('latin1', 0, 300)}`)
      return
    }
}

async function checkNormalizer(
  name: string,
  feed: Feed,
  frames: readonly Buffer[],
  seed: number,
  tell: Tell
) {
  const path = new URL('normalize.ts', folderOf(name))
  if (!existsSync(path)) {
    tell('no normalize.ts')
    return
  }
  const { createNormalizer } = (await import(path.href)) as { createNormalizer?: CreateNormalizer }
  if (createNormalizer === undefined) {
    tell('normalize.ts exports no createNormalizer')
    return
  }
  const normalizer = createNormalizer(feed)
  const header = { recvMs: 1, recvNs: 2, feed: 'f', type: 'unknown', symbol: '' }
  let events = 0
  const count = (event: MarketEvent): void => {
    if (event.kind !== EVENT.unknown) events++
  }
  for (const frame of frames) normalizer.normalize(frame, header, count)
  if (events === 0) tell('normalize.ts: no event comes of the recorded frames')
  for (const frame of mutated(frames, seed, FRAMES))
    try {
      normalizer.normalize(frame, header, count)
    } catch (thrown) {
      tell(`normalize.ts: ${String(thrown)} at ${frame.toString('latin1', 0, 300)}`)
      return
    }
}

/** The venue knows its own frames again, the adapter understands them, and channels have the names of the facts. */
export function checkGenerated(
  venue: Venue,
  facts: Pick<ExchangeFacts, 'channels'>,
  exchange: Pick<Exchange, 'session'>,
  feed: Feed,
  tell: Tell
) {
  for (const [index, channel] of venue.channels.entries())
    if (channel.index !== index) tell(`simulator: channel ${channel.name} is not at its index`)
  for (const channel of Object.keys(facts.channels ?? {}))
    if (!venue.channels.some(({ name }) => name === channel))
      tell(`simulator: no channel ${channel}`)
  const log = { info() {}, warn() {} }
  const options = { seed: 7, markets: 3, startMs: 1_795_000_000_000, env: {}, log, feed }
  const generated = venue.generate(options)
  const session = exchange.session({ shard: 0 })
  session.opened(0)
  const writer = new FrameWriter(() => true)
  const problems = new Set<string>()
  const take = (frame: Frame): void => {
    const { channel, market } = frame
    writer.frame(frame, 1, 1)
    const bytes = Buffer.from(writer.lastBytes.subarray(writer.lastStart, writer.lastEnd))
    writer.flush()
    const again: Frame = { ...frame, bytes, start: 0, end: bytes.length, market: '?' }
    if (venue.recognise(again) !== 'frame') problems.add(`does not recognise its ${channel.name}`)
    else if (again.channel.name !== channel.name || again.market !== market)
      problems.add(
        `takes ${channel.name} of ${market} for ${again.channel.name} of ${again.market}`
      )
    session.look(bytes)
    if (!session.frame.understood || session.frame.type === UNKNOWN)
      problems.add(`makes ${channel.name} frames that the adapter does not understand`)
  }
  generated.advance(options.startMs + 60_000, 3000, { frame: take, wants: () => true })
  for (const problem of problems) tell(`simulator: ${problem}`)
}

/** A client that says nonsense is answered, or its connection is ended; nothing throws. */
async function checkCommands(
  name: string,
  venue: Venue,
  feed: Feed,
  seed: number,
  tell: Tell
): Promise<void> {
  const running = await runningSimulator({}, { venues: [venue], feed })
  try {
    const adapter = await adapterOf(name)
    const { pathname, search } = new URL(contextOf(feed).endpoint)
    const endpoint = running.url + pathname + search
    const http = running.url.replace(/^ws/, 'http')
    const auth =
      EXCHANGES[name]?.auth === 'none'
        ? { kind: 'none' as const }
        : { kind: 'simulator' as const, url: http }
    const { source } = adapter.open(contextOf(feed, { endpoint, auth, nowMs: Date.now }))
    if (source.kind !== 'websocket') return
    const { url, headers } = await source.request(new AbortController().signal)
    const target = new URL(url)
    const lower = new Map(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]))
    const session = running.stages[0]?.exchange.connect(
      {
        method: 'GET',
        path: target.pathname,
        sentPath: target.pathname,
        query: target.searchParams,
        header: (key) => lower.get(key),
        body: '',
      },
      Date.now()
    )
    if (session === undefined || 'status' in session) {
      tell(`simulator: refuses the handshake of its own adapter with ${session?.status}`)
      return
    }
    let nowMs = Date.now()
    session.opened(nowMs)
    for (const text of ['not JSON', '{}', '[]', 'null', '{"nonsense":1}', '7']) {
      // Slowly, so that it is not the rate that is answered.
      nowMs += 2000
      if (session.receive(text, nowMs).length === 0) tell(`simulator: no answer to ${text}`)
    }
    const asked = '{"id":1,"method":"SUBSCRIBE","params":["a"],"channel":"b","symbol":["c"]}'
    for (const command of mutated([Buffer.from(asked)], seed, 1000)) {
      nowMs += 2000
      session.receive(command.toString('utf8'), nowMs)
    }
  } catch (thrown) {
    tell(`simulator: ${String(thrown)}`)
  } finally {
    await running.stop()
  }
}

/** Everything that an exchange forgot. */
export async function problemsOf(name: string, seed: number): Promise<string[]> {
  const problems: string[] = []
  const tell: Tell = (problem) => problems.push(problem)
  const facts = EXCHANGES[name] as ExchangeFacts
  checkFacts(name, facts, tell)
  checkReadme(name, tell)
  const feed = await feedOf(name, facts)
  const frames = await framesOf(name)
  if (frames.length === 0)
    tell('no frames: neither workloads/testing/recordings nor testing/frames.ts')
  if (feed === undefined) tell('no Feed of it in exchanges/feeds')
  const adapter = await adapterOf(name).catch(() => tell('no adapter in index.ts'))
  const venue = await venueOf(name, feed ?? null).catch(() => undefined)
  if (facts.hasSimulator !== (venue !== undefined))
    tell(`facts say ${facts.hasSimulator ? 'a' : 'no'} simulator, and index.ts the opposite`)
  if (venue !== undefined && venue.name !== name) tell(`simulator: its name is ${venue.name}`)
  if (!adapter || feed === undefined || frames.length === 0) return problems
  if (adapter.name !== name) tell(`adapter: its name is ${adapter.name}`)
  const channels = facts.channels === null ? feed.spec.channels : Object.keys(facts.channels)
  let exchange: Exchange
  try {
    exchange = adapter.open(contextOf({ ...feed, spec: { ...feed.spec, channels } }))
  } catch (thrown) {
    tell(`adapter: does not take the channels of the facts: ${String(thrown)}`)
    return problems
  }
  checkAdapter(exchange, frames, seed, tell)
  await checkNormalizer(name, feed, frames, seed, tell)
  if (venue === undefined) return problems
  checkGenerated(venue, facts, exchange, feed, tell)
  await checkCommands(name, venue, feed, seed, tell)
  return problems
}
