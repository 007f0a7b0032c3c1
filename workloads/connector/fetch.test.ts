import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DialGate } from './backoff.ts'
import { fetcher } from './fetch.ts'

const test = suite('fetch')

/** Asks a server that answers so. */
async function asked(listener: RequestListener, signal = new AbortController().signal) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await fetcher(() => 0)(`http://127.0.0.1:${port}/depth?symbol=A`, signal)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

test('the body is what was received, byte for byte, and is not asked for in a compressed form', async () => {
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x0a, 0x7d])
  const { status, body, failure, header } = await asked((request, response) => {
    const wants = String(request.headers['accept-encoding'] ?? '')
    const isPacked = /gzip|br|deflate/.test(wants)
    response.writeHead(200, {
      'x-mbx-used-weight-1m': '25',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    })
    response.end(isPacked ? gzipSync('packed') : bytes)
  })
  assert.equal(
    [status, failure, header('x-mbx-used-weight-1m'), header('other')],
    [200, null, '25', null]
  )
  assert.ok(body.equals(bytes))
})

test('a refusal has its body, its words and when to come back', async () => {
  const { status, body, failure } = await asked((_, response) => {
    response.writeHead(418, { 'retry-after': '7' })
    response.end('{"code":-1003,"msg":"banned"}')
  })
  assert.equal([status, body.toString()], [418, '{"code":-1003,"msg":"banned"}'])
  assert.equal([failure!.retryAfterMs, failure!.status], [7_000, 418])
  assert.match(failure!.message, /banned/)
})

test('what is no whole answer has no body, and is named', async () => {
  const cut = await asked((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half')
    response.socket?.end()
  })
  assert.equal([cut.status, cut.body.length, cut.failure?.kind], [0, 0, 'network'])
  assert.match(cut.failure!.message, /cannot ask http:\/\/127\.0\.0\.1:\d+\/depth\?symbol=A: /)
  const moved = await asked((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' })
    response.end()
  })
  assert.is(moved.status, 0)
  const large = await asked((_, response) => {
    response.writeHead(200)
    response.end(Buffer.alloc(17 * 1024 * 1024))
  })
  assert.match(large.failure!.message, /more than 16777216 bytes/)
  const stop = new AbortController()
  stop.abort()
  assert.is((await asked((_, response) => response.end('x'), stop.signal)).status, 0)
})

test('a gate lets no more dials through within a time than the exchange allows', () => {
  const gate = new DialGate(10, { count: 5, withinMs: 1_000 })
  const turns = Array.from({ length: 23 }, () => gate.turn(100))
  for (const from of turns) {
    assert.ok(turns.filter((at) => at >= from && at < from + 1_000).length <= 5)
  }
  assert.equal(turns.slice(0, 6), [100, 110, 120, 130, 140, 1_100])
  // Long after, it is open again.
  assert.is(gate.turn(100_000), 100_000)
})

test.run()
