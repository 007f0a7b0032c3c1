// Many callers at the same time, some of whom do not read: what each gets is right or a refusal that says when to come again, and what
// the program does at a time stays within its limits. How fast it is, `npm run bench -- data server` says.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { ask, startTestApi } from '../testing/api.ts'
import { numbersQuery } from '../testing/numbers-query.ts'

const test = suite('load')

const READERS = 40
/** Answers that each of them gets; it comes again if it is refused. */
const ANSWERS = 2
const SLOW = 12
const LIMITS = {
  ...{ reads: 4, openReads: 8, waiting: 10, waitMs: 60_000 },
  ...{ slowReaderMs: 60_000, hurriedReaderMs: 300 },
} as const

test('A4: under a crowd every answer is whole or a refusal with Retry-After, health is answered, and all places come back', async () => {
  const run = within(120_000, 'the crowd', crowd())
  const { answers, health, active, waiting, cut } = await run
  const of = (status: number) => answers.filter((one) => one.status === status)
  assert.is(of(200).length, READERS * ANSWERS)
  assert.is(of(200).length + of(503).length, answers.length)
  assert.ok(of(503).length > 0, 'nothing was refused: the crowd is too small to show anything')
  for (const { complete, sum } of of(200)) {
    assert.ok(complete)
    assert.is(sum, of(200)[0]!.sum)
  }
  for (const { retryAfter, json } of of(503)) {
    assert.match(retryAfter ?? '', /^\d+$/)
    assert.is(json.code, 'SSMD_E_BUSY')
  }
  assert.ok(health.length > 0 && health.every((status) => status === 200))
  assert.ok(Math.max(...active) <= LIMITS.openReads, `${Math.max(...active)} at a time`)
  assert.ok(Math.max(...waiting) <= LIMITS.waiting, `${Math.max(...waiting)} waited`)
  assert.ok(cut > 0, 'no slow reader was cut off')
})

async function crowd() {
  await using api = await startTestApi({ queries: [numbersQuery({})], limits: LIMITS })
  const gauge = async (name: string): Promise<number> => {
    const { values } = await api.metrics.getSingleMetric(name)!.get()
    return values.find(({ labels }) => labels.kind === 'read')?.value ?? 0
  }
  let isOver = false
  const slow = Array.from({ length: SLOW }, () => slowReader(`${api.url}/v1/numbers`))
  const health: number[] = []
  const active: number[] = []
  const waiting: number[] = []
  const looking = (async () => {
    while (!isOver) {
      health.push((await api.get('/health')).status)
      active.push(await gauge('ssmd_data_active'))
      waiting.push(await gauge('ssmd_data_waiting'))
    }
  })()
  const readers = Array.from({ length: READERS }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const got = []
    for (let left = ANSWERS; left > 0; ) {
      const answer = await ask(`${api.url}/v1/numbers?count=5000&limit=5000&format=csv`, { agent })
      const { status, complete, headers } = answer
      if (status === 200) left--
      const sum = createHash('sha256').update(answer.bytes).digest('hex')
      const json = status === 200 ? null : answer.json
      got.push({ status, complete, sum, json, retryAfter: headers['retry-after'] })
    }
    agent.destroy()
    return got
  })
  const answers = (await Promise.all(readers)).flat()
  isOver = true
  await looking
  for (const sent of slow) sent.destroy()
  await until(20_000, 'all places', async () => (await gauge('ssmd_data_active')) === 0)
  const { values } = await api.metrics.getSingleMetric('ssmd_data_slow_readers_total')!.get()
  return { answers, health, active, waiting, cut: values[0]?.value ?? 0 }
}

/** Asks for more than any buffer holds, and takes nothing of it. */
function slowReader(url: string) {
  const sent = request(`${url}?count=100000000&limit=100000000&format=csv`, { agent: false })
  sent.once('error', () => {})
  void once(sent, 'response').then(
    ([response]) => {
      const answer = response as IncomingMessage
      answer.on('error', () => {})
      answer.pause()
    },
    () => {}
  )
  sent.end()
  return sent
}

test.run()
