// test: limit 240s
// O7: two `ssmd operator` processes over the real kinds, and work that never ends. The leader is killed, or stands still until
// another leads and then wakes up. The API server's audit log, where each of the two has a name of its own, says that never
// two of them wrote: one hand-over, and nothing of the first after it. (Clocks that differ or jump, and a Lease that
// somebody deletes or takes, are tables over the lease machine: kube/lease.test.ts.)

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { LEASES } from '../kube/objects.ts'
import { type Audit, type Audited, isLease, makeAudit } from '../testing/audit.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  declare,
  environment,
  feed,
  type KindsCluster,
  OTHER_ACCOUNT,
  type Space,
  startKinds,
} from '../testing/kinds.ts'
import { type Program, startOperatorProgram } from '../testing/program.ts'

const MS = 90_000
const test = suite('one writer at a time')
let kinds: KindsCluster
const audit: Audit = makeAudit()
const programs: Program[] = []

test.before(async () => {
  kinds = await startKinds({ audit })
})
test.after.each(async () => {
  for (const program of programs.splice(0)) await program.kill()
})
test.after(async () => {
  await kinds?.stop()
  audit.remove()
})

function start({ token, name }: Space): Program {
  const { folder, server, ca } = kinds.cluster
  const program = startOperatorProgram({ folder, server, ca, token, namespace: name })
  programs.push(program)
  return program
}

const firstOf = ({ name }: Space) => `system:serviceaccount:${name}:ssmd-operator`
const otherOf = ({ name }: Space) => `system:serviceaccount:${name}:${OTHER_ACCOUNT}`

/** Writes of the two operators, claims on the lease left out. */
const work = (space: Space): readonly Audited[] =>
  audit
    .writes(space.name)
    .filter(
      (write) => !isLease(write) && [firstOf(space), otherOf(space)].includes(write.user.username)
    )
const by = (space: Space, user: string) =>
  work(space).filter(({ user: { username } }) => username === user)

/** Two operators of which the first leads, and a spec that changes all the time. */
async function two(space: Space) {
  const { client } = kinds
  const names = ['a', 'b', 'c']
  for (const name of names) await declare(client, feed(space, name))
  await declare(client, environment(space, 'prod', names))
  await declare(client, archive(space, 'keep', 'prod', names))
  const first = start(space)
  await until(MS, 'the first works', () => first.said('working'))
  const other = start(await kinds.other(space))
  await until(MS, 'the other is warm', () => other.said('ready'))
  let edits = 0
  let isOver = false
  const churn = (async () => {
    while (!isOver) {
      const connector = { linger: `${(++edits % 90) + 1}ms` }
      await declare(client, environment(space, 'prod', names, { connector }))
      await declare(
        client,
        archive(space, 'keep', 'prod', names, { commitInterval: `${(edits % 29) + 1}s` })
      )
      await waitOut(50, 'the next edit')
    }
  })()
  churn.catch(() => {})
  return {
    first,
    other,
    stop: async () => {
      isOver = true
      await churn
    },
  }
}

function assertOneHandover(space: Space): void {
  const writers = work(space).map(({ user }) => user.username)
  const handovers = writers.filter((writer, i) => i > 0 && writer !== writers[i - 1])
  assert.equal(handovers, [otherOf(space)], 'one hand-over in the whole audit log')
}

test('the leader stands still beyond its lease and wakes up: it writes nothing more (O7)', async () => {
  const space = await kinds.space()
  const { first, other, stop } = await two(space)
  await until(MS, 'it is busy', () => by(space, firstOf(space)).length > 30)
  first.child.kill('SIGSTOP')
  await until(MS, 'the other works', () => by(space, otherOf(space)).length > 10)
  const before = by(space, firstOf(space)).length
  first.child.kill('SIGCONT')
  const [code] = await within(MS, 'the first ends', first.exited)
  assert.is(code, 1, 'whoever lost the lease ends')
  await until(MS, 'the other goes on', () => by(space, otherOf(space)).length > 30)
  await stop()
  assert.is(by(space, firstOf(space)).length, before, 'nothing after it woke up')
  assertOneHandover(space)
  assert.is(other.child.exitCode, null)
})

test('the leader is killed in the midst of its writes: the other goes on, and one of them wrote at a time (O7)', async () => {
  const space = await kinds.space()
  const { first, stop } = await two(space)
  await until(MS, 'it is busy', () => by(space, firstOf(space)).length > 30)
  await first.kill()
  await until(MS, 'the other goes on', () => by(space, otherOf(space)).length > 30)
  await stop()
  assertOneHandover(space)
})

test('the Lease is taken away from a leader: it ends, and writes nothing after its next look (O7)', async () => {
  const space = await kinds.space()
  const { first, stop } = await two(space)
  await until(MS, 'it is busy', () => by(space, firstOf(space)).length > 30)
  const value = { spec: { holderIdentity: 'somebody' } }
  await kinds.client.patch(LEASES, `${space.name}/ssmd-operator`, { kind: 'merge', value })
  const [code] = await within(MS, 'the first ends', first.exited)
  assert.is(code, 1)
  const before = by(space, firstOf(space)).length
  await until(MS, 'the other works', () => by(space, otherOf(space)).length > 10)
  await stop()
  assert.is(by(space, firstOf(space)).length, before)
  assertOneHandover(space)
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
