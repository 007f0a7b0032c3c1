import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BlockWriter } from '#wire/block-writer.ts'
import { FORM } from '#wire/form.ts'
import { lastBlocks } from './last-blocks.ts'
import { ensureStream } from './stream.ts'
import { startBus, streamWant, type TestBus } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('last blocks')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

function block(connection: string, shard: number, first: number, count: number): Uint8Array {
  const header = { environment: 'e', feed: 'f', connection, shard, simulated: true }
  const writer = new BlockWriter(header)
  const type = writer.type('trade', 'trades')
  for (let i = 0; i < count; i++) {
    const recv = BigInt(1000 * first + i)
    writer.add(recv, first + i, type, writer.symbol(''), FORM.json, -1, 0, Buffer.from('{}'))
  }
  return writer.finish()
}

test('a connector that starts finds the last block of each shard; what is no block is left out', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('last'))
  assert.equal(await lastBlocks(bus.nc, 'last', 'last.log.>'), [])
  const put = (subject: string, bytes: Uint8Array) => bus.nc.request(subject, bytes)
  await put('last.log.0', block('01a', 0, 1, 5))
  await put('last.log.1', block('01b', 1, 1, 2))
  await put('last.log.0', block('01c', 0, 1, 3))
  await put('last.log.2', Buffer.from('no block'))
  const found = await lastBlocks(bus.nc, 'last', 'last.log.>')
  assert.equal(
    found
      .map(({ connection, shard, first, length }) => [connection, shard, first + length - 1])
      .sort(),
    [
      ['01b', 1, 2],
      ['01c', 0, 3],
    ]
  )
})

test.run()
