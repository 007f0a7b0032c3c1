// Which segment a record belongs to, and when a segment ends: pure functions of the records in stream order. A replay
// therefore makes the same segments, wherever commits and restarts fell.

import { segmentFile } from '../format/names.ts'
import { SECONDS_PER_DAY } from '../format/time.ts'
import { GRACE_SECONDS } from '../state/feed-state.ts'

/** Where nothing comes after a slice, the clock ends it, this long after the grace. */
export const SETTLE_SECONDS = 600

export type Rotation = {
  /** Length of a slice, whole seconds. */
  readonly sliceSeconds: number
  /** Lines that fill a segment, in bytes. */
  readonly maxBytes: number
}

/** A segment that can take records. */
export type PlannedSegment = {
  readonly day: string
  readonly group: string
  readonly number: number
  readonly name: string
  readonly slice: number
  readonly sliceSeconds: number
  readonly sealAt: number
  /** Lines so far, committed or not. */
  rawBytes: number
}

/** Slice of its day that a second falls into. */
export const sliceOf = (second: number, rotation: Rotation): number =>
  Math.floor((second % SECONDS_PER_DAY) / rotation.sliceSeconds)

/** The second at which the slice that holds `second` is over. */
export function endOfSlice(second: number, rotation: Rotation): number {
  const midnight = second - (second % SECONDS_PER_DAY)
  const end = (sliceOf(second, rotation) + 1) * rotation.sliceSeconds
  return midnight + Math.min(end, SECONDS_PER_DAY)
}

export class SegmentPlan<S extends PlannedSegment> {
  readonly #rotation: Rotation
  readonly #make: (planned: PlannedSegment) => S
  readonly #nextNumber: (day: string, group: string) => number
  readonly #open = new Map<string, S>()
  readonly #next = new Map<string, number>()
  #earliestEnd = Number.POSITIVE_INFINITY

  /** `nextNumber` gives the next segment of a day that is new to the plan. */
  constructor(
    rotation: Rotation,
    make: (planned: PlannedSegment) => S,
    nextNumber: (day: string, group: string) => number
  ) {
    this.#rotation = rotation
    this.#make = make
    this.#nextNumber = nextNumber
  }

  get open(): Iterable<S> {
    return this.#open.values()
  }

  /** Takes a segment over that was open before; false if slices are cut otherwise now: then it ends. */
  restore(segment: S): boolean {
    if (segment.sliceSeconds !== this.#rotation.sliceSeconds) return false
    this.#open.set(keyOf(segment.day, segment.group, segment.slice), segment)
    this.#earliestEnd = Math.min(this.#earliestEnd, segment.sealAt)
    return true
  }

  /** The segment for a record of this second; `newest` is the latest second seen before its block. */
  choose(group: string, day: string, second: number, newest: number): S {
    const slice = sliceOf(second, this.#rotation)
    const key = keyOf(day, group, slice)
    const open = this.#open.get(key)
    if (open !== undefined) return open
    const counter = `${day}/${group}`
    const number = this.#next.get(counter) ?? this.#nextNumber(day, group)
    this.#next.set(counter, number + 1)
    // A record that came after its slice had ended opens a segment that waits for the end of the present slice, so
    // that two connectors with different clocks do not make a file with every block.
    const over = Math.max(
      endOfSlice(second, this.#rotation),
      newest > second ? endOfSlice(newest, this.#rotation) : 0
    )
    const sealAt = over + GRACE_SECONDS
    const name = segmentFile(group, number)
    const { sliceSeconds } = this.#rotation
    const planned = {
      day,
      group,
      number,
      name,
      slice,
      sliceSeconds,
      sealAt,
      rawBytes: 0,
    }
    const segment = this.#make(planned)
    this.#open.set(key, segment)
    this.#earliestEnd = Math.min(this.#earliestEnd, sealAt)
    return segment
  }

  /** Ends what the feed has left behind at this second. */
  endBefore(second: number): S[] {
    if (second < this.#earliestEnd) return []
    const ended: S[] = []
    this.#earliestEnd = Number.POSITIVE_INFINITY
    for (const [key, segment] of this.#open) {
      if (segment.sealAt <= second) {
        this.#open.delete(key)
        ended.push(segment)
      } else this.#earliestEnd = Math.min(this.#earliestEnd, segment.sealAt)
    }
    return ended
  }

  /** Ends the segment if its lines fill it. */
  endIfFull(segment: S): boolean {
    if (segment.rawBytes < this.#rotation.maxBytes) return false
    this.#open.delete(keyOf(segment.day, segment.group, segment.slice))
    return true
  }
}

const keyOf = (day: string, group: string, slice: number): string => `${day}/${group}/${slice}`
