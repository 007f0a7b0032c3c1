// A recording whose lines are not in the order of receive time (an archive appends what came late, and several
// connections write to one file), put in order within a bounded window of lines.
import { copyFrame, type Frame } from '#exchanges/simulation/frame.ts'
import type { FrameReader, Recording } from './recording.ts'

// Lines kept while looking for earlier ones; at 400 bytes each this is some 25 MB.
export const WINDOW_LINES = 65_536

type Item = {
  readonly recv: number
  readonly number: number
  readonly connection: string
  readonly frame: Frame
  readonly kind: FrameReader['kind']
  readonly place: number
}

const isBefore = (a: Item, b: Item): boolean => {
  if (a.recv !== b.recv) return a.recv < b.recv
  if (a.connection === b.connection && a.number !== b.number) return a.number < b.number
  return a.place < b.place
}

export class SortedRecording implements FrameReader {
  recv = 0
  number = 0
  connection = ''
  frame: Frame
  kind: FrameReader['kind'] = 'unplayed'
  readonly #inner: Recording
  readonly #window: number
  readonly #heap: Item[] = []
  #ended = false
  #place = 0

  constructor(inner: Recording, window = WINDOW_LINES) {
    this.#inner = inner
    this.#window = window
    this.frame = inner.frame
  }

  next(): boolean {
    // Half of the window stays behind, for what comes late.
    if (!this.#ended && this.#heap.length <= this.#window / 2) return false
    const first = this.#pop()
    if (!first) return false
    this.recv = first.recv
    this.number = first.number
    this.connection = first.connection
    this.frame = first.frame
    this.kind = first.kind
    return true
  }

  async fill(): Promise<boolean> {
    while (!this.#ended && this.#heap.length < this.#window) {
      if (this.#inner.next()) this.#push(this.#copy())
      else if (!(await this.#inner.fill())) this.#ended = true
    }
    return this.#heap.length > 0
  }

  close(): void {
    this.#inner.close()
    this.#heap.length = 0
    this.#ended = true
  }

  #copy(): Item {
    const { recv, number, connection, frame, kind } = this.#inner
    return { recv, number, connection, frame: copyFrame(frame), kind, place: this.#place++ }
  }

  #push(item: Item): void {
    const heap = this.#heap
    let at = heap.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(item, heap[above] as Item)) break
      heap[at] = heap[above] as Item
      at = above
    }
    heap[at] = item
  }

  #pop(): Item | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!last || !first || heap.length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Item, heap[below] as Item)) below++
      if (!isBefore(heap[below] as Item, last)) break
      heap[at] = heap[below] as Item
      at = below
    }
    heap[at] = last
    return first
  }
}
