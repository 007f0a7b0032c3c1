// test: limit 900s
// O1: `ssmd operator` is killed at each of its writes, before the API server hears of it and before the answer comes back (a
// share of them here, all with SSMD_FAULTS=all). Started again, it ends with the same objects, streams and statuses as if
// nothing had happened: no orphan, nothing made twice, no generation more, and then no further write.

import { connect, type JetStreamManager, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { consumerName, streamName } from '#bus/names.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { type Proxied, startApiProxy } from '../testing/api-proxy.ts'
import { type Audit, type Audited, isLease, makeAudit } from '../testing/audit.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  isSettled,
  type KindsCluster,
  type Space,
  startKinds,
} from '../testing/kinds.ts'
import { clear, type Picture, pictureOf } from '../testing/picture.ts'
import { startOperatorProgram } from '../testing/program.ts'

const MS = 60_000
const QUIET_MS = 700
/** No run has so many writes. */
const MOST = 200
const ALL = process.env.SSMD_FAULTS === 'all'
/** Where an ordinary run kills it: in the midst of the children, and when a status was stored and not answered. */
const SHARE = ['7 before', '20 after']

const test = suite('an operator that is killed')
let kinds: KindsCluster
let nats: TestNats
let nc: NatsConnection
let jetstream: JetStreamManager
let space: Space
const audit: Audit = makeAudit()

test.before(async () => {
  kinds = await startKinds({ audit })
  nats = await startNats()
  nc = await connect({ servers: nats.url })
  jetstream = await nc.jetstreamManager()
  space = await kinds.space()
})
test.after(async () => {
  await nc?.close()
  await kinds?.stop()
  await nats?.stop()
  audit.remove()
})

async function declareAll(): Promise<void> {
  const { client } = kinds
  const version = {
    name: 'v2',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://exchange.invalid/ws',
    restEndpoint: 'https://exchange.invalid/api',
    authMethod: 'apiKey',
  }
  await declare(client, feed(space, 'k', { exchange: 'kalshi', versions: [version] }))
  const transport = { url: nats.url, stream: { maxBytes: '64Mi' } }
  await declare(
    client,
    environment(space, 'prod', ['k'], { transport, simulator: { feeds: ['k'] } })
  )
  await declare(client, archive(space, 'keep', 'prod', ['k']))
}

const ours = (from: number): readonly Audited[] =>
  audit
    .writes(space.name)
    .slice(from)
    .filter((write) => write.userAgent.startsWith('ssmd-operator/') && !isLease(write))

/** Everything is made and said, and for a while nothing more is written; or there is nobody who could. */
async function settled(isDead: () => boolean = () => false): Promise<void> {
  const { client } = kinds
  const stands = async () => {
    if (isDead()) return true
    const [one, two, three] = await Promise.all([
      client.get(FEEDS, `${space.name}/k`),
      client.get(ENVIRONMENTS, `${space.name}/prod`),
      client.get(ARCHIVES, `${space.name}/keep`),
    ])
    if (![one, two, three].every(isSettled)) return false
    const consumer = jetstream.consumers.info(streamName('prod', 'k'), consumerName('keep'))
    return (
      condition(one, 'Ready') === 'False Starting' &&
      condition(two, 'Ready') === 'False Starting' &&
      condition(three, 'Ready') === 'False Starting' &&
      (await consumer.then(
        () => true,
        () => false
      ))
    )
  }
  await until(MS, 'all is made', stands)
  await until(MS, 'it is quiet', async () => {
    const before = audit.writes(space.name).length
    await waitOut(QUIET_MS, 'a while in which nothing is written')
    return isDead() || audit.writes(space.name).length === before
  })
}

type Course = {
  readonly picture: Picture
  /** Its writes until it was at rest, as the proxy counted them. */
  readonly count: number
  readonly killed: boolean
  readonly writes: readonly Audited[]
}

/** One life after another: the first is ended at its `at`-th write, the second is left alone. */
async function course(at: number, when: 'before' | 'after'): Promise<Course> {
  await clear(kinds.client, space.name, jetstream)
  const from = audit.writes(space.name).length
  await declareAll()
  const proxy = await startApiProxy(kinds.cluster)
  const start = () =>
    startOperatorProgram({
      folder: kinds.cluster.folder,
      server: proxy.url,
      token: space.token,
      namespace: space.name,
      // A dead leader's lease would have to be waited for.
      flags: ['--no-leader-elect'],
    })
  let count = 0
  let killed = false
  let operator = start()
  const die = async (): Promise<'cut'> => {
    killed = true
    await operator.kill()
    return 'cut'
  }
  const numbers = new WeakMap<Proxied, number>()
  proxy.before = async (request) => {
    if (request.kind !== 'write' || killed) return undefined
    numbers.set(request, ++count)
    return count === at && when === 'before' ? die() : undefined
  }
  proxy.after = async (request) =>
    numbers.get(request) === at && when === 'after' && !killed ? die() : undefined
  try {
    // The first life either ends by the kill or reaches its rest.
    await settled(() => killed)
    if (killed) {
      await within(MS, 'it is dead', operator.exited)
      operator = start()
      await settled()
    }
    const picture = await pictureOf(kinds.client, space.name, jetstream)
    return { picture, count, killed, writes: ours(from) }
  } finally {
    await operator.kill()
    await proxy.close()
  }
}

/** Objects that the API server made anew, by name: each once. */
function made(writes: readonly Audited[]): string[] {
  return writes
    .filter(
      ({ responseStatus, objectRef }) =>
        responseStatus?.code === 201 && objectRef.resource !== 'events'
    )
    .map(({ objectRef }) => `${objectRef.resource}/${objectRef.name}`)
    .sort()
}

test(`killed at ${ALL ? 'every' : 'some'} of its writes, it ends with the same objects (O1)`, async () => {
  const undisturbed = await course(Number.POSITIVE_INFINITY, 'before')
  assert.not(undisturbed.killed)
  assert.is(undisturbed.picture.streams.length, 1)
  assert.is(made(undisturbed.writes).length, 14, made(undisturbed.writes).join(' '))
  const took: string[] = []
  for (let at = 1; at <= MOST; at++) {
    let isOver = false
    for (const when of ['before', 'after'] as const) {
      if (!ALL && !SHARE.includes(`${at} ${when}`)) continue
      const disturbed = await course(at, when)
      const where = `killed ${when} write ${at}`
      assert.equal(disturbed.picture, undisturbed.picture, where)
      assert.equal(made(disturbed.writes), made(undisturbed.writes), `${where}: none made twice`)
      assert.is(disturbed.writes.filter(({ verb }) => verb === 'delete').length, 0, where)
      if (disturbed.killed) took.push(`${at} ${when}`)
      else isOver = true
    }
    if (isOver) break
  }
  assert.ok(took.length >= (ALL ? 2 * made(undisturbed.writes).length : SHARE.length))
  console.log(
    `  killed at ${took.length} places; an undisturbed run has ${undisturbed.count} writes`
  )
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
