// test: limit 120s
// A stream that is made again while the server still removes the one before, with a real server. Two hundred readers make its
// way out long: the name is gone with the first of them, the files go after the last.

import { connect } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { askJetStream } from './api.ts'
import { replaceDurable } from './durable.ts'
import { ensureStream, streamFacts } from './stream.ts'
import { startBus, streamWant, type TestBus } from './testing/bus.ts'

const test = suite('remade streams')
const READERS = 200
const MS = 30_000

/** Deletes the stream, and calls `then` as soon as the first reader is told. */
async function deleteUnder(bus: TestBus, stream: string, then: () => Promise<unknown>) {
  const { nc, nats } = bus
  const told = new Promise<void>((resolve) => {
    nc.subscribe(`told.${stream}.*`, { callback: () => resolve() })
  })
  for (let i = 0; i < READERS; i++) {
    const durable = `r${i}`
    await replaceDurable(nc, { stream, durable, startSequence: 1000, metadata: {} })
    const next = JSON.stringify({ batch: 1, expires: 60e9 })
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, next, {
      reply: `told.${stream}.${durable}`,
    })
  }
  await nc.flush()
  const other = await connect({ servers: nats.url })
  try {
    const gone = askJetStream(other, `STREAM.DELETE.${stream}`, undefined, 'test')
    await within(MS, 'a reader is told', told)
    const made = then()
    await gone
    await within(MS, 'it is made again', made)
  } finally {
    await other.close()
  }
}

async function remake(bus: TestBus, stream: string): Promise<void> {
  const want = streamWant(stream)
  const publish = async (text: string) => {
    const answer = await bus.nc.request(`${stream}.log.0`, text, { timeout: MS })
    return answer.json<{ seq?: number; error?: unknown }>()
  }
  await ensureStream(bus.nc, want)
  for (let i = 0; i < 3; i++) await publish(`before ${i}`)
  await deleteUnder(bus, stream, () => ensureStream(bus.nc, want))
  assert.is((await streamFacts(bus.nc, stream))?.lastSequence, 0, 'it begins anew')
  for (let i = 1; i <= 3; i++) assert.is((await publish(`after ${i}`)).seq, i)
  await bus.nats.restart()
  const nc = await connect({ servers: bus.nats.url })
  try {
    assert.is((await streamFacts(nc, stream))?.lastSequence, 3, 'after a restart')
  } finally {
    await nc.close()
  }
}

test('a stream that is deleted and made again within milliseconds takes messages, and has them after a restart', async () => {
  for (let round = 0; round < 3; round++) {
    const bus = await startBus({ sync: 'always' })
    try {
      await remake(bus, `s${round}`)
    } finally {
      await bus.close()
    }
  }
})

test.run()
