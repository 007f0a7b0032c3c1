// test: limit 120s
// Durables of Archives that are gone, with a real API server and a real nats-server: what no Archive needs is removed in the end,
// and nothing else ever.

import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ensureDurable } from '#bus/durable.ts'
import { consumerName, streamName } from '#bus/names.ts'
import { DURABLE_KEYS } from '#bus/stream-config.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import type { KubeObject } from '../kube/objects.ts'
import type { Context } from '../reconcile/context.ts'
import { ARCHIVES, ENVIRONMENTS } from '../reconcile/kinds.ts'
import { Orphans } from '../reconcile/orphans.ts'
import type { Pass } from '../runtime/pass.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  declare,
  environment,
  feed,
  type SharedKinds,
  type Space,
  sharedKinds,
} from '../testing/kinds.ts'
import { Judged } from '../validation/judged.ts'

const MS = 30_000
const test = suite('durables of Archives that are gone')
let kinds: SharedKinds
let nats: TestNats
let nc: NatsConnection

const missing = await missingTools()
test.before(async () => {
  if (missing) return
  kinds = await sharedKinds()
  nats = await startNats()
  nc = await connect({ servers: nats.url })
})
test.after(async () => {
  await nc?.close()
  await kinds?.stop()
  await nats?.stop()
})

const durablesOf = async (stream: string): Promise<readonly string[]> => {
  const manager = await nc.jetstreamManager()
  const names: string[] = []
  for await (const { name } of manager.consumers.list(stream)) names.push(name)
  return names.sort()
}

test('one is removed once its Archive is gone or keeps the feed no more; those of others stay', async () => {
  if (missing) return skip(missing)
  const space = await kinds.space()
  const { client } = kinds
  const transport = { url: nats.url, stream: { maxBytes: '64Mi' } }
  await kinds.operate(space, { figuresMs: 300, sweepMs: 1500 })
  for (const name of ['a', 'b']) await declare(client, feed(space, name))
  await declare(client, environment(space, 'sweep', ['a', 'b'], { transport }))
  for (const name of ['keep', 'gone']) await declare(client, archive(space, name, 'sweep', ['a']))
  await declare(client, archive(space, 'less', 'sweep', ['a', 'b']))
  const [a, b] = [streamName('sweep', 'a'), streamName('sweep', 'b')]
  const all = ['archive_gone', 'archive_keep', 'archive_less']
  await until(MS, 'all are made', async () => (await durablesOf(a).catch(() => [])).length === 3)
  await until(MS, 'on both', async () => (await durablesOf(b).catch(() => [])).length === 1)
  const manager = await nc.jetstreamManager()
  const noted = await manager.consumers.info(a, consumerName('gone'))
  const { uid } = (await client.get(ENVIRONMENTS, `${space.name}/sweep`)).metadata
  assert.is(noted.config.metadata?.[DURABLE_KEYS.environment], uid)
  // Somebody's own, one of another cluster, and one of ours that is read at this moment.
  await manager.consumers.add(a, { durable_name: 'own', ack_policy: 'all' as never })
  const foreign = {
    [DURABLE_KEYS.environment]: 'x',
    [DURABLE_KEYS.archive]: 'far',
    [DURABLE_KEYS.feed]: 'a',
  }
  await ensureDurable(nc, { stream: a, durable: 'archive_far', metadata: foreign })
  const read = { ...foreign, [DURABLE_KEYS.environment]: uid ?? '', [DURABLE_KEYS.archive]: 'read' }
  await ensureDurable(nc, { stream: a, durable: 'archive_read', metadata: read })
  const pull = JSON.stringify({ batch: 1, expires: 60_000_000_000 })
  nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${a}.archive_read`, pull, { reply: 'answers' })
  nc.subscribe('answers')
  await nc.flush()
  await waitOut(4000, 'some sweeps, which must leave the foreign consumers')
  assert.equal(await durablesOf(a), ['archive_far', ...all, 'archive_read', 'own'])

  const { uid: archiveUid = '' } = (await client.get(ARCHIVES, `${space.name}/gone`)).metadata
  await client.delete(ARCHIVES, `${space.name}/gone`, { uid: archiveUid })
  await declare(client, archive(space, 'less', 'sweep', ['a']))
  const left = ['archive_far', 'archive_keep', 'archive_less', 'archive_read', 'own']
  await until(MS, 'gone is removed', async () => (await durablesOf(a)).length === left.length)
  await until(MS, 'less is removed from b', async () => (await durablesOf(b)).length === 0)
  assert.equal(await durablesOf(a), left)
  await until(MS, 'an Event says so', async () => {
    const events = await kinds.cluster.kubectl('get', 'events', '-n', space.name, '-o', 'json')
    return /no Archive gone keeps a any more; its files stay/.test(events)
  })
})

/** Orphans over one durable with the clock and the API server in hand. */
function desk() {
  const state = { now: 0, archives: [] as KubeObject[], cached: [] as KubeObject[], removed: 0 }
  const find = (list: readonly KubeObject[]) =>
    list.find(({ metadata }) => metadata.name === 'keep')
  const durable = { stream: 's', durable: 'archive_keep', archive: 'keep', feed: 'a' }
  const context = {
    archives: { store: { get: () => find(state.cached) } },
    judged: new Judged(),
    links: {
      idleDurables: async () => [durable],
      removeDurable: async () => {
        state.removed++
        return true
      },
    },
  } as unknown as Context
  const pass = {
    getLive: async () => find(state.archives),
    event: () => {},
    log: { info: () => {} },
  } as unknown as Pass
  const space = { name: 'n' } as Space
  const orphans = new Orphans(() => state.now, 1000)
  const sweep = async (now: number) => {
    state.now = now
    await orphans.run(pass, context, environment(space, 'prod', ['a']))
    return state.removed
  }
  return { state, sweep, keep: archive(space, 'keep', 'prod', ['a']) }
}

test('an Archive that is deleted and applied again at once keeps its durable', async () => {
  const { state, sweep, keep } = desk()
  assert.is(await sweep(0), 0, 'seen to be gone for the first time')
  assert.is(await sweep(999), 0, 'not looked at yet')
  state.archives = [keep]
  assert.is(await sweep(1000), 0, 'it is back')
  state.archives = []
  assert.is(await sweep(2000), 0, 'gone again, for the first time')
  assert.is(await sweep(3000), 1)
})

test('neither a cache that lags nor an Archive that nobody can judge is a reason to remove one', async () => {
  const { state, sweep, keep } = desk()
  state.archives = [keep]
  for (let at = 0; at < 5000; at += 1000) assert.is(await sweep(at), 0, 'the server has it')
  state.archives = [{ ...keep, spec: { feeds: 3 } }]
  for (let at = 5000; at < 9000; at += 1000) assert.is(await sweep(at), 0, 'it is broken')
  state.archives = [{ ...keep, spec: { ...(keep.spec as object), environmentRef: { name: 'x' } } }]
  assert.is(await sweep(9000), 0)
  assert.is(await sweep(10_000), 1, 'it is of another Environment now')
})

test.run()
