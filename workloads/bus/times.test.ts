import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { timeAskSubject, timeSubject } from './names.ts'
import { startBus, type TestBus } from './testing/bus.ts'
import { type Announcement, listenTimes, TimeAnnouncer } from './times.ts'

const test = suite('times')
const MS = 20_000

let bus: TestBus
test.before(async () => {
  bus = await startBus()
})
test.after(() => bus.close())

/** A connector of a feed of its own, and what it says. */
function announcer(feed: string, start: Announcement | null) {
  let position = start
  let asked = 0
  const made = new TimeAnnouncer({
    nc: bus.nc,
    environment: 'lab',
    feed,
    position: () => {
      asked++
      return position
    },
  })
  return {
    made,
    asked: () => asked,
    at: (next: Announcement) => {
      position = next
    },
  }
}

const at = (recv: bigint, sequence: number): Announcement => ({ shards: [0, 256], recv, sequence })

test('a reader hears all that a connector says, from its begin to its end, without loss of digits', async () => {
  const heard: Announcement[] = []
  const first = announcer('alpha', at(1_786_000_000_123_456_789n, 7))
  using _ = listenTimes(bus.nc, 'lab', 'alpha', (one) => heard.push(one))
  await until(MS, 'the first', () => heard.length > 0)
  assert.equal(heard[0], {
    shards: [0, 256],
    recv: 1_786_000_000_123_456_789n,
    sequence: 7,
    ends: false,
  })
  first.at(at(1_786_000_000_200_000_000n, 9))
  await until(MS, 'the next', () => heard.at(-1)?.sequence === 9)
  first.made.close()
  await until(MS, 'the end', () => heard.at(-1)?.ends === true)
  const count = heard.length
  await waitOut(300, 'nothing follows the end')
  assert.is(heard.length, count)
})

test('a connector announces only while it is asked to, and again when it is', async () => {
  const { made, asked } = announcer('beta', at(1n, 1))
  // It begins with it, because a reader may be there already.
  assert.is(asked(), 1)
  await waitOut(3_500, 'nobody asks for three seconds')
  const before = asked()
  await waitOut(400, 'four periods without a reader')
  assert.is(asked(), before)
  made.announce()
  assert.is(asked(), before, 'nothing is said to nobody')
  const heard: Announcement[] = []
  {
    using _ = listenTimes(bus.nc, 'lab', 'beta', (one) => heard.push(one))
    await until(MS, 'it speaks again', () => heard.length > 2)
    const count = heard.length
    // A reader asks again before the connector gives up.
    await waitOut(4_000, 'longer than one question lasts')
    assert.ok(heard.length > count + 20)
  }
  made.close()
})

test('without a position nothing is said, and what is no announcement is not heard', async () => {
  const heard: Announcement[] = []
  const { made, asked } = announcer('gamma', null)
  using _ = listenTimes(bus.nc, 'lab', 'gamma', (one) => heard.push(one))
  await until(MS, 'it was asked', () => asked() > 3)
  for (const text of [
    '',
    '{',
    'null',
    '{"shards":[0],"recv":"1"}',
    '{"shards":0,"recv":"1","sequence":1}',
    '{"shards":[0],"recv":1,"sequence":1}',
    '{"shards":[0],"recv":"-1","sequence":1}',
    '{"shards":[0],"recv":"1e5","sequence":1}',
    '{"shards":[0],"recv":"1","sequence":1.5}',
    `{"shards":[0],"recv":"${'9'.repeat(21)}","sequence":1}`,
  ]) {
    bus.nc.publish(timeSubject('lab', 'gamma'), text)
  }
  bus.nc.publish(timeSubject('lab', 'gamma'), '{"shards":[0,"x",1.5],"recv":"5","sequence":2}')
  await until(MS, 'the right one', () => heard.length > 0)
  assert.equal(heard, [{ shards: [0], recv: 5n, sequence: 2, ends: false }])
  made.close()
})

test('once a connector has closed, a question of a reader is not answered', async () => {
  const { made, asked } = announcer('delta', at(1n, 1))
  made.close()
  await bus.nc.flush()
  const before = asked()
  bus.nc.publish(timeAskSubject('lab', 'delta'))
  await bus.nc.flush()
  await waitOut(200, 'two periods')
  assert.is(asked(), before)
})

test.run()
