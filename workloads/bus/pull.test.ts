import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Acks, parseDelivery } from './ack.ts'
import { HeldBlocks } from './held.ts'
import { PullBudget } from './pull.ts'

const test = suite('pull')

test('what is asked for, held and in hand never exceeds the bound', () => {
  const budget = new PullBudget(1_000, 100)
  assert.is(budget.next(0), 1_000)
  budget.received(200)
  assert.is(budget.next(0), 0, 'one request at a time')
  budget.ended()
  assert.is(budget.next(751), 0, 'less than a quarter is not worth a request')
  assert.is(budget.next(200), 800)
  budget.received(800)
  assert.is(budget.requested, 0, 'a request that is used up has ended')
  assert.is(budget.next(0), 1_000)
})

test('a message larger than a whole request makes the next request larger', () => {
  const budget = new PullBudget(1_000, 600)
  assert.is(budget.next(0), 1_000)
  assert.is(budget.tooSmall(100), 600, 'the end of a used request says nothing')
  assert.is(budget.tooSmall(900), 1_800)
  assert.is(budget.next(0), 1_800)
})

test('a delivery is read from both forms of the reply subject, and nothing else is one', () => {
  const want = { deliveries: 2, sequence: 30, consumerSequence: 31, pending: 5 }
  assert.equal(parseDelivery('$JS.ACK.stream.durable.2.30.31.1764000000000000000.5'), want)
  assert.equal(parseDelivery('$JS.ACK._.hash.stream.durable.2.30.31.1764000000000000000.5'), want)
  assert.equal(parseDelivery('$JS.ACK._.hash.stream.durable.2.30.31.1764000000000000000.5.x'), want)
  for (const reply of ['', '_INBOX.a.b', '$JS.ACK.s.d.1.2.3.4', '$JS.ACK.s.d.a.2.3.4.5']) {
    assert.is(parseDelivery(reply), undefined, reply)
  }
})

test('acknowledging takes everything up to the sequence off the list', () => {
  const acks = new Acks()
  for (const sequence of [3, 4, 7]) acks.add(sequence, `r${sequence}`)
  assert.is(acks.take(2), undefined)
  assert.is(acks.take(5), 'r4')
  assert.is(acks.take(5), undefined)
  assert.is(acks.take(99), 'r7')
  assert.is(acks.take(99), undefined)
})

test('batches are cut at notices and by size, one block at least', () => {
  const held = new HeldBlocks()
  const told: string[] = []
  const add = (sequence: number, bytes: number): void =>
    held.add({ sequence, data: new Uint8Array(bytes) })
  add(1, 10)
  add(2, 10)
  held.addNotice(() => told.push('a'))
  held.addNotice(() => told.push('b'))
  add(3, 500)
  add(4, 10)
  const take = (): number[] => held.take(100).map((block) => block.sequence)
  assert.equal([take(), told], [[1, 2], []])
  assert.equal([take(), told], [[3], ['a', 'b']])
  assert.is(held.bytes, 10)
  assert.equal(take(), [4])
  assert.equal([take(), held.bytes, held.count], [[], 0, 0])
})

test.run()
