// What only a server can do wrong is the exchange's fault on record, what only a network can do is the network's.

import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import type { CloseEvent } from '#wire/events.ts'
import { type FakeClient, startFakeKalshi } from './testing/fake-kalshi.ts'
import { startCapture } from './testing/harness.ts'

const test = suite('violations')

const raw = (client: FakeClient): Socket =>
  (client.socket as unknown as { _socket: Socket })._socket
const bytes = (text: string) => Buffer.from(text, 'hex')
/** A text frame that announces 17 MiB. */
const TOO_LARGE = Buffer.concat([bytes('817f'), bytes('0000000001100000'), Buffer.alloc(100, 0x20)])

const CASES: readonly [
  what: string,
  fault: string,
  code: number,
  act: (client: FakeClient) => void,
][] = [
  ['an opcode that does not exist', 'exchange', 1002, (client) => raw(client).write(bytes('8300'))],
  ['a reserved bit', 'exchange', 1002, (client) => raw(client).write(bytes('c100'))],
  ['a masked frame', 'exchange', 1002, (client) => raw(client).write(bytes('818000000000'))],
  ['a continuation of nothing', 'exchange', 1002, (client) => raw(client).write(bytes('8000'))],
  ['a fragmented ping', 'exchange', 1002, (client) => raw(client).write(bytes('0900'))],
  ['a frame beyond all bounds', 'exchange', 1009, (client) => raw(client).write(TOO_LARGE)],
  ['a close code that is none', 'exchange', 1002, (client) => raw(client).write(bytes('880203ed'))],
  ['a cut', 'network', 1006, (client) => client.cut()],
  ['a reset', 'network', 1006, (client) => raw(client).resetAndDestroy()],
]

for (const [what, fault, code, act] of CASES) {
  test(`${what} ends a connection by fault of the ${fault}, with code ${code}`, async () => {
    const fake = await startFakeKalshi()
    const run = startCapture({ url: fake.url, restUrl: fake.restUrl, random: () => 0 })
    try {
      await until(20_000, 'ready', () => run.capture.ready)
      act(fake.clients[0]!)
      await until(20_000, 'closed', () => run.publisher.events('close').length === 1)
      const close = run.publisher.events('close')[0] as CloseEvent
      assert.is(close.fault, fault)
      assert.is(close.code, code)
      if (fault === 'exchange' && code !== 1001) assert.match(close.reason, /WebSocket protocol/)
      await until(20_000, 'dialled again', () => run.capture.ready && fake.clients.length > 1)
    } finally {
      await within(20_000, 'stop', run.stop())
      await fake.close()
    }
  })
}

test.run()
