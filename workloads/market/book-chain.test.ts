// Books whose changes form a chain, against the true book at every update: losses, overlapping connections, and snapshots that are
// older or newer than what was received.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Book } from './book.ts'
import { BookChain } from './book-chain.ts'
import { wholeNumber } from './bytes.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from './event.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 2500 }
console.log(`book-chain.test: seed ${seed}`)

type Level = readonly [price: number, size: number]
/** A change stands for the updates `first` to `last`. */
type Change = { readonly first: number; readonly last: number; readonly levels: readonly Level[] }

const event = new MarketEvent()
/** Gives rows with their numbers, as a normaliser does. */
function give(
  book: Pick<Book, 'apply'>,
  kind: number,
  first: number,
  last: number,
  levels: readonly Level[]
): void {
  const all = levels.length === 0 ? [undefined] : levels
  for (const [i, level] of all.entries()) {
    event.begin(kind)
    event.flags =
      (kind === EVENT.bookSnapshot && i === 0 ? FLAG.first : 0) |
      (i === all.length - 1 ? FLAG.last : 0) |
      (level === undefined ? FLAG.empty : 0)
    event.side = SIDE.bid
    if (level !== undefined) [event.price, event.size] = level
    event.bytes = Buffer.from(`${first} ${last}`)
    event.idEnd = String(first).length
    event.sequenceStart = event.idEnd + 1
    event.sequenceEnd = event.bytes.length
    book.apply(event)
  }
}
const change = (book: Pick<Book, 'apply'>, { first, last, levels }: Change): void =>
  give(book, EVENT.bookChange, first, last, levels)
const snapshot = (book: Pick<Book, 'apply'>, last: number, levels: readonly Level[]): void =>
  give(book, EVENT.bookSnapshot, last, last, levels)
function gap(book: Pick<Book, 'apply'>): void {
  event.begin(EVENT.gap)
  book.apply(event)
}

const isLive = (book: Book): boolean => book.state === 'live'
const levelsOf = (book: Book): Level[] =>
  Array.from(
    { length: book.levels(SIDE.bid) },
    (_, i): Level => [book.price(SIDE.bid, i), book.size(SIDE.bid, i)]
  )

/** The changes of a market, and its book after each of them and before all. */
function market(all: readonly (readonly Level[])[], updates: readonly number[]) {
  const changes: Change[] = []
  const truth: Level[][] = [[]]
  const book = new Map<number, number>()
  let last = 100
  for (const [i, levels] of all.entries()) {
    const first = last + 1
    last += updates[i % updates.length]!
    changes.push({ first, last, levels })
    for (const [price, size] of levels) {
      if (size === 0) book.delete(price)
      else book.set(price, size)
    }
    truth.push([...book].toSorted(([a], [b]) => b - a))
  }
  return { changes, truth }
}

test('a live book is the true one after the last change received, whatever was lost, repeated or late', () => {
  const level = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(3))
  const levels = fc.array(level, { maxLength: 3 })
  const action = fc.record({
    kind: fc.constantFrom('receive', 'receive', 'receive', 'lose', 'repeat', 'snapshot', 'gap'),
    back: fc.nat(6),
  })
  let live = 0
  fc.assert(
    fc.property(
      fc.array(levels, { minLength: 30, maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 7 }),
      fc.array(action, { maxLength: 60, size: 'max' }),
      (all, updates, actions) => {
        const { changes, truth } = market(all, updates)
        const book = new Book({ isChained: true })
        let sent = 0
        let received = -1
        for (const { kind, back } of actions) {
          if (kind === 'lose' && sent < changes.length) sent++
          if (kind === 'receive' && sent < changes.length) {
            received = sent
            change(book, changes[sent++]!)
          }
          if (kind === 'repeat') {
            for (let i = Math.max(0, received - back); i <= received; i++) change(book, changes[i]!)
          }
          if (kind === 'gap') {
            gap(book)
            received = -1
          }
          if (kind === 'snapshot') {
            // Taken at any of the last changes, and not always at the end of one.
            const at = Math.max(0, sent - back)
            const last = at === 0 ? 100 : changes[at - 1]!.last
            // A live book follows its stream alone.
            const wasLive = isLive(book)
            snapshot(book, last, truth[at]!)
            if (!wasLive && isLive(book)) received = Math.max(received, at - 1)
          }
          if (isLive(book)) {
            live++
            assert.equal(levelsOf(book), truth[received + 1])
          }
        }
      }
    ),
    options
  )
  assert.ok(live > 1500, `${live} live books were compared`)
})

const three = market([[[1, 1]], [[2, 2]], [[3, 3]], [[4, 4]]], [2])

test('changes wait for a snapshot, which is no gap, and one that is too old is ignored', () => {
  const { changes, truth } = three
  const book = new Book({ isChained: true })
  change(book, changes[1]!)
  change(book, changes[2]!)
  assert.is(book.state, 'rebuilding')
  snapshot(book, 100, truth[0]!)
  assert.is(book.state, 'rebuilding', 'the first change is missing between')
  snapshot(book, 102, truth[1]!)
  assert.is(book.state, 'live')
  assert.equal(levelsOf(book), truth[3])
  assert.is(book.troubles.gap, 0)
})

test('a hole in the chain makes a live book suspect until a snapshot that is new enough', () => {
  const { changes, truth } = three
  const book = new Book({ isChained: true })
  snapshot(book, 100, truth[0]!)
  change(book, changes[0]!)
  change(book, changes[2]!)
  assert.is(book.state, 'suspect')
  assert.is(book.trouble, 'gap')
  snapshot(book, 102, truth[1]!)
  assert.is(book.state, 'suspect')
  snapshot(book, 104, truth[2]!)
  assert.is(book.state, 'live')
  assert.equal(levelsOf(book), truth[3])
})

test('a snapshot of a live book changes nothing', () => {
  const { changes, truth } = three
  const book = new Book({ isChained: true })
  snapshot(book, 100, truth[0]!)
  change(book, changes[0]!)
  snapshot(book, 100, truth[0]!)
  assert.equal(levelsOf(book), truth[1])
})

test('more changes than are kept need a snapshot as new as they are', () => {
  const { changes, truth } = three
  const applied: number[] = []
  const chain = new BookChain({ apply: (row) => applied.push(row.price), suspect: () => {} }, 1)
  const book = { apply: (row: MarketEvent) => chain.take(row) }
  for (const each of changes.slice(0, 2)) change(book, each)
  snapshot(book, 102, truth[1]!)
  assert.equal(applied, [])
  snapshot(book, 104, truth[2]!)
  assert.equal(applied, [2, 1])
  change(book, changes[2]!)
  assert.equal(applied, [2, 1, 3])
})

test('a change that comes twice while a snapshot is awaited makes no hole', () => {
  const { changes, truth } = three
  const book = new Book({ isChained: true })
  for (const i of [0, 1, 2, 0, 3]) change(book, changes[i]!)
  snapshot(book, 100, truth[0]!)
  assert.is(book.state, 'live')
  assert.equal(levelsOf(book), truth[4])
})

test('a number is whole, or none', () => {
  const read = (text: string): number => wholeNumber(Buffer.from(`7${text}7`), 1, 1 + text.length)
  assert.equal(['0', '007', '9007199254740991'].map(read), [0, 7, 9007199254740991])
  for (const text of ['', '-1', '1.5', '1e3', '9007199254740992', '12345678901234567', 'x']) {
    assert.ok(Number.isNaN(read(text)), text)
  }
})

test.run()
