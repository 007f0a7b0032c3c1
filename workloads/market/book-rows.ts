// The levels of one book in one frame, kept until the frame is read to its end: only then are they emitted, so that a frame
// with one bad level says nothing about the others.

import { EVENT, FLAG, type MarketEvent } from './event.ts'

/** Levels that there is room for at first; a whole book of a large exchange has tens of thousands. */
const USUAL = 256

export class BookRows {
  length = 0
  #sides = new Uint8Array(USUAL)
  #prices = new Float64Array(USUAL)
  #priceScales = new Uint8Array(USUAL)
  #sizes = new Float64Array(USUAL)
  #sizeScales = new Uint8Array(USUAL)

  clear(): void {
    this.length = 0
  }

  add(side: number, price: number, priceScale: number, size: number, sizeScale: number): void {
    const i = this.length
    if (i === this.#sides.length) this.#grow()
    this.#sides[i] = side
    this.#prices[i] = price
    this.#priceScales[i] = priceScale
    this.#sizes[i] = size
    this.#sizeScales[i] = sizeScale
    this.length = i + 1
  }

  /**
   * Emits the rows with `event`, whose kind (snapshot or change), symbol, times and sequence are filled in. `flags`: FLAG.change
   * or none; FIRST, LAST and EMPTY are set here. Without levels it is one row, which is EMPTY.
   */
  emit(event: MarketEvent, flags: number, emit: (event: MarketEvent) => void): void {
    const first = event.kind === EVENT.bookSnapshot ? FLAG.first : 0
    const count = this.length
    if (count === 0) {
      event.flags = flags | first | FLAG.last | FLAG.empty
      emit(event)
      return
    }
    for (let i = 0; i < count; i++) {
      event.side = this.#sides[i]!
      event.price = this.#prices[i]!
      event.priceScale = this.#priceScales[i]!
      event.size = this.#sizes[i]!
      event.sizeScale = this.#sizeScales[i]!
      event.flags = flags | (i === 0 ? first : 0) | (i === count - 1 ? FLAG.last : 0)
      emit(event)
    }
  }

  #grow(): void {
    const length = 2 * this.#sides.length
    this.#sides = longer(this.#sides, new Uint8Array(length))
    this.#prices = longer(this.#prices, new Float64Array(length))
    this.#priceScales = longer(this.#priceScales, new Uint8Array(length))
    this.#sizes = longer(this.#sizes, new Float64Array(length))
    this.#sizeScales = longer(this.#sizeScales, new Uint8Array(length))
  }
}

function longer<T extends Uint8Array | Float64Array>(old: T, room: T): T {
  room.set(old)
  return room
}
