import { once } from 'node:events'
import { createServer } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { watchHealth } from './health.ts'

const probe = (failureThreshold: number) => ({
  httpGet: { path: '/livez', port: 'health' },
  periodSeconds: 0.02,
  timeoutSeconds: 0.2,
  failureThreshold,
})

/** A program whose health says what `answers` says now; `hang` never answers. */
async function withProgram(
  answers: Record<string, string>,
  work: (address: string) => Promise<void>
): Promise<void> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''] ?? 'ok'
    if (answer === 'hang') return
    response.writeHead(answer === 'ok' ? 200 : 503)
    response.end(`${answer}\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    await work(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const test = suite('health')

test('says why a program is not ready, and that it is', async () => {
  const answers: Record<string, string> = { '/readyz': 'no connection' }
  await withProgram(answers, async (address) => {
    const dead: string[] = []
    const watch = watchHealth({
      address,
      startup: probe(5),
      liveness: probe(3),
      onDead: (reason) => dead.push(reason),
    })
    await until(5000, 'unready', () => watch.unready === 'no connection')
    delete answers['/readyz']
    await until(5000, 'ready', () => watch.unready === '')
    watch.stop()
    assert.equal(dead, [])
  })
})

for (const [what, answer] of [
  ['says that it is dead', 'broken'],
  ['does not answer', 'hang'],
]) {
  test(`a program that ${what} is given up after its threshold, once`, async () => {
    const answers: Record<string, string> = {}
    await withProgram(answers, async (address) => {
      const dead: string[] = []
      const watch = watchHealth({
        address,
        startup: probe(1000),
        liveness: probe(3),
        onDead: (reason) => dead.push(reason),
      })
      await until(5000, 'alive', () => watch.unready === '')
      answers['/livez'] = answer ?? ''
      await until(5000, 'dead', () => dead.length > 0)
      assert.match(dead[0] ?? '', /^\/livez failed 3 times: /)
      assert.is(dead.length, 1)
    })
  })
}

test('a program that still starts has more patience: nothing listens yet', async () => {
  const dead: string[] = []
  const watch = watchHealth({
    address: '127.0.0.1:1',
    startup: probe(4),
    liveness: probe(1),
    onDead: (reason) => dead.push(reason),
  })
  await until(5000, 'dead', () => dead.length > 0)
  assert.match(dead[0] ?? '', /failed 4 times/)
  watch.stop()
})

test.run()
