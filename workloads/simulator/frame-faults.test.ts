// test: limit 60s
// Each fault as a client sees it, over real sockets: what is missing, twice, late, odd or refused, and that
// everything else is as it would have been.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dial, type TestClient } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { until } from '#testing/deadline.ts'
import { withoutSequence } from '#testing/recordings.ts'
import type { Fault } from './faults.ts'
import {
  assertNumbered,
  busy,
  createRecorder,
  dataOf,
  done,
  MARKET,
  type Numbered,
  playing,
  received,
  subscribeTo,
} from './testing/playing.ts'
import { faultsIn, type Running } from './testing/running.ts'

const test = suite('frame faults')
const { record } = createRecorder()

/** Plays 2000 frames with one fault that strikes at once. */
async function faulty(
  text: string,
  use: (simulator: Running, client: TestClient, frames: string[]) => Promise<void>
) {
  const faults: Fault[] = faultsIn(text)
  const frames = busy(2000)
  await playing(
    { replay: [record(frames)] },
    async (simulator) => {
      const client = await dial(simulator.url)
      subscribeTo(client, [MARKET])
      await use(simulator, client, frames)
      await client.close()
    },
    { faults }
  )
}
const seqsOf = (frames: readonly string[], sid: number) =>
  frames
    .map((t) => JSON.parse(t) as Numbered)
    .filter((f) => f.sid === sid)
    .map(({ seq }) => seq)

test('skip: frames are missing, and so are their numbers', async () => {
  await faulty('[{kind: skip, count: 3, channel: trade}]', async (simulator, client, frames) => {
    const got = await received(client, frames.length - 3)
    await done(simulator)
    assert.is(got.length, frames.length - 3)
    assert.is(seqsOf(got, 2)[0], 4)
    assertNumbered(got.filter((t) => t.includes('"sid":1')))
    assert.equal(simulator.status().faults, { skip: 3 })
  })
})

test('duplicate: a frame comes twice, number and all', async () => {
  await faulty('[{kind: duplicate, channel: trade}]', async (simulator, client, frames) => {
    const got = await received(client, frames.length + 1)
    await done(simulator)
    const trades = got.filter((t) => t.includes('"sid":2'))
    assert.is(trades[0], trades[1])
    assert.equal(seqsOf(got, 2).slice(0, 4), [1, 1, 2, 3])
    assert.equal(simulator.status().faults, { duplicate: 1 })
  })
})

test('reorder: two frames change places and keep their numbers', async () => {
  await faulty('[{kind: reorder, channel: trade}]', async (_simulator, client, frames) => {
    const got = await received(client, frames.length)
    assert.equal(seqsOf(got, 2).slice(0, 4), [2, 1, 3, 4])
    assertNumbered(got.filter((t) => t.includes('"sid":1')))
  })
})

test('drift: a frame carries a key that nobody knows, and is JSON all the same', async () => {
  await faulty('[{kind: drift, count: 2}]', async (_simulator, client, frames) => {
    const got = await received(client, frames.length)
    assertNumbered(client.frames)
    const drifted = got.filter((t) => 'ssmd_drift' in (JSON.parse(t) as object))
    assert.is(drifted.length, 2)
    assert.is(
      drifted[0]?.replace(',"ssmd_drift":{"new":true}', ''),
      got[0]?.replace(',"ssmd_drift":{"new":true}', '')
    )
  })
})

test('freeze: pings go on and no data comes; then it goes on without a hole', async () => {
  const frames = busy(2000)
  const faults = faultsIn('[{kind: freeze, for: 400ms}]')
  await playing(
    { replay: [record(frames)] },
    async (simulator) => {
      const client = await dial(simulator.url)
      subscribeTo(client, [MARKET])
      await until(20_000, 'frozen', () => simulator.hub.frozen)
      const pings = client.pings.length
      const before = dataOf(client).length
      await until(20_000, 'pings', () => client.pings.length >= pings + 3 || !simulator.hub.frozen)
      assert.ok(client.pings.length >= pings + 3, 'pings while frozen')
      assert.is(dataOf(client).length, before)
      const got = await received(client, frames.length)
      assert.equal(got.map(withoutSequence), frames.map(withoutSequence))
      assertNumbered(client.frames)
      await client.close()
    },
    { faults, pingMs: 25 }
  )
})

test('freeze of one channel: the others go on, and what was held back comes afterwards', async () => {
  await faulty(
    '[{kind: freeze, for: 300ms, channel: trade}]',
    async (simulator, client, frames) => {
      const deltas = frames.filter((t) => !t.includes('"trade"'))
      await until(20_000, 'deltas', () => dataOf(client).length >= deltas.length)
      assert.ok(
        dataOf(client)
          .slice(0, deltas.length)
          .every((t) => t.includes('"sid":1'))
      )
      await received(client, frames.length)
      assertNumbered(client.frames)
      assert.equal(simulator.status().faults, { freeze: 1 })
    }
  )
})

test('unauthorized and tooManyRequests: so many handshakes are refused, without Retry-After', async () => {
  const faults = faultsIn('[{kind: unauthorized, count: 2}, {kind: tooManyRequests, count: 1}]')
  await playing(
    { replay: [record(busy(10))] },
    async (simulator) => {
      const answers: { status?: number; headers?: Record<string, string> }[] = []
      for (let i = 0; i < 3; i++)
        answers.push(
          await dial(simulator.url).then(
            () => ({}),
            (e: unknown) => e as object
          )
        )
      assert.equal(
        answers.map(({ status }) => status),
        [401, 401, 429]
      )
      assert.is(answers[2]?.headers?.['retry-after'], undefined)
      await (await dial(simulator.url)).close()
      assert.equal(simulator.status().faults, { unauthorized: 2, tooManyRequests: 1 })
    },
    { faults }
  )
})

test.run()
