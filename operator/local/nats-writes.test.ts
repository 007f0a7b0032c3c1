import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { judgeRefusal, type Refusal, refusedIn } from './nats-writes.ts'

const test = suite('nats writes')

const FULL = [{ stream: 'a', reason: 'no space left on device' }]
const QUOTA = [{ stream: 'a', reason: 'disk quota exceeded' }]
const since = (ms: number, more: Partial<Refusal> = {}): Refusal => ({
  since: ms,
  restarts: 0,
  restartedAt: 0,
  ...more,
})
const NOW = 1_000_000

test('the health of nats-server 2.15.2 names the streams that it cannot write', () => {
  const answer = {
    server: { name: 'x' },
    data: {
      status: 'error',
      status_code: 503,
      errors: [
        {
          type: 'STREAM',
          account: '$G',
          stream: 'ssmd_lab_a',
          error:
            "JetStream stream '$G > ssmd_lab_a' write error: write /data/jetstream/$G/streams/ssmd_lab_a/msgs/3.blk: no space left on device",
        },
        { type: 'STREAM', stream: 'b', error: "JetStream stream '$G > b' write error: EIO" },
        { type: 'STREAM', stream: 'c', error: "JetStream stream '$G > c' could not be recovered" },
      ],
    },
  }
  assert.equal(refusedIn(answer), [
    { stream: 'ssmd_lab_a', reason: 'no space left on device' },
    { stream: 'b', reason: 'EIO' },
  ])
  assert.equal(refusedIn({ data: { status: 'ok', status_code: 200 } }), [])
  assert.equal(refusedIn({}), [])
})

test('it is restarted when there is space again, and never while the disk is full', () => {
  assert.equal(judgeRefusal([], since(0), true, NOW), { kind: 'well' })
  assert.equal(judgeRefusal(FULL, since(0), false, NOW), { kind: 'wait', until: 'there is space' })
  assert.equal(judgeRefusal(FULL, since(NOW), true, NOW), { kind: 'restart' })
})

test('what is no full disk is tried after a while, for its figures cannot tell', () => {
  assert.equal(judgeRefusal(QUOTA, since(NOW), true, NOW), {
    kind: 'wait',
    until: '30 s have passed',
  })
  assert.equal(judgeRefusal(QUOTA, since(NOW - 30_000), true, NOW), { kind: 'restart' })
  assert.equal(judgeRefusal([...QUOTA, ...FULL], since(NOW - 30_000), false, NOW), {
    kind: 'restart',
  })
})

test('a disk that fills again and again restarts it less and less often', () => {
  const pause = (restarts: number) => {
    const refusal = since(NOW, { restarts, restartedAt: NOW })
    let ms = 0
    while (judgeRefusal(FULL, refusal, true, NOW + ms).kind !== 'restart') ms += 1000
    return ms / 1000
  }
  assert.equal([0, 1, 2, 3, 6, 7, 8, 20].map(pause), [0, 10, 20, 40, 320, 600, 600, 600])
})

test.run()
