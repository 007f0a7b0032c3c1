// The blocks of one connection that were read and not delivered, in the order of its numbers, each record once. A block that came
// twice, or again after a retry of the publisher, is recognised by its numbers.

import type { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'

/** Numbers that were passed over are remembered, so that they are delivered if they come after all; at most 64 holes. */
const MAX_HOLES = 64

type Hole = { readonly first: number; readonly last: number }

/** What is to be known of a connection to read it on later: what was delivered of it. */
export type QueuePosition = {
  readonly connection: string
  readonly shard: number
  readonly next: number
  readonly holes: readonly Hole[]
  readonly isOver: boolean
}

export class BlockQueue {
  readonly feed: number
  readonly connection: string
  readonly shard: number
  /** Of the first record. */
  headMs = 0
  headNs = 0
  /** Its number. */
  head = 0
  /** The close event was delivered. */
  isOver = false
  /** Where in the stream the last of its blocks stands. */
  lastSequence = 0
  #blocks: Block[] = []
  /** Where in the stream each of them stands. */
  #sequences: number[] = []
  #at = 0
  /** The first number that was not delivered or passed over. */
  #next = 0
  #holes: Hole[] = []

  constructor(feed: number, connection: string, shard: number) {
    this.feed = feed
    this.connection = connection
    this.shard = shard
  }

  /** One that continues where it was. */
  static from(feed: number, { connection, shard, next, holes, isOver }: QueuePosition): BlockQueue {
    const queue = new BlockQueue(feed, connection, shard)
    queue.isOver = isOver
    queue.#next = next
    queue.#holes = [...holes]
    return queue
  }

  get position(): QueuePosition {
    const { connection, shard, isOver } = this
    return { connection, shard, next: this.#next, holes: this.#holes, isOver }
  }

  /** Where in the stream the first block stands that was not delivered whole; Infinity if there is none. */
  get firstSequence(): number {
    let first = Number.POSITIVE_INFINITY
    for (const sequence of this.#sequences) first = Math.min(first, sequence)
    return first
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0
  }

  /** The block of the first record, and its index there. */
  get block(): Block {
    return this.#blocks[0]!
  }

  get index(): number {
    return this.#at
  }

  /** Returns by how many bytes more is held. */
  add(block: Block, sequence: number): number {
    const { first } = block
    this.lastSequence = sequence
    const before = this.#blocks.at(-1)
    if (before === undefined || before.first < first) {
      this.#blocks.push(block)
      this.#sequences.push(sequence)
    } else {
      const at = this.#blocks.findIndex((other) => other.first >= first)
      this.#blocks.splice(at, 0, block)
      this.#sequences.splice(at, 0, sequence)
      // The place in the block that was first holds for it alone.
      if (at === 0) this.#at = 0
    }
    let bytes = block.bytes.length
    if (this.#blocks[0] === block) bytes -= this.#settle()
    return bytes
  }

  /** Goes to the next record. Returns by how many bytes less is held. */
  shift(): number {
    const { block } = this
    const number = this.head
    if (block.form(this.#at) === FORM.event && block.type(this.#at) === 'close') this.isOver = true
    if (number >= this.#next) {
      if (number > this.#next && this.#next > 0) this.#passOver(this.#next, number - 1)
      this.#next = number + 1
    } else this.#fill(number)
    this.#at++
    return this.#settle()
  }

  /** For heads of the same time: true if it comes before a record of the other, which was delivered. */
  comesBefore(other: BlockQueue): boolean {
    return this.feed !== other.feed ? this.feed < other.feed : this.connection < other.connection
  }

  /** Finds the first record that was not delivered; forgets blocks that are used up. */
  #settle(): number {
    let bytes = 0
    for (;;) {
      const block = this.#blocks[0]
      if (block === undefined) return bytes
      for (; this.#at < block.length; this.#at++) {
        const number = block.first + this.#at
        if (number < this.#next && !this.#isMissing(number)) continue
        this.head = number
        this.headMs = block.recvMs(this.#at)
        this.headNs = block.recvNs(this.#at)
        return bytes
      }
      bytes += block.bytes.length
      this.#blocks.shift()
      this.#sequences.shift()
      this.#at = 0
    }
  }

  #passOver(first: number, last: number): void {
    if (this.#holes.length === MAX_HOLES) this.#holes.shift()
    this.#holes.push({ first, last })
  }

  #isMissing(number: number): boolean {
    return this.#holes.some(({ first, last }) => first <= number && number <= last)
  }

  #fill(number: number): void {
    this.#holes = this.#holes.flatMap((hole) =>
      hole.first > number || hole.last < number
        ? [hole]
        : [
            { first: hole.first, last: number - 1 },
            { first: number + 1, last: hole.last },
          ].filter(({ first, last }) => first <= last)
    )
  }
}

/** The order of their first records. */
export function compareHeads(a: BlockQueue, b: BlockQueue): number {
  if (a.headMs !== b.headMs) return a.headMs - b.headMs
  if (a.headNs !== b.headNs) return a.headNs - b.headNs
  if (a.feed !== b.feed) return a.feed - b.feed
  return a.connection < b.connection ? -1 : 1
}
