// Reads a Cap'n Proto message of one segment and trusts nothing in it: each pointer, size and terminator is checked
// before it is followed, and no word may belong to two objects, so that a small message cannot pretend to be a
// large one. Whatever is wrong is an SsmdError SSMD_E_BLOCK that says what and where.

import { isUtf8 } from 'node:buffer'
import { SsmdError } from '#crds/errors.ts'
import { ELEMENT, FRAME_BYTES, KIND, WORD } from './layout.ts'

/** Elements of a list and the byte where the first one starts. */
export type List = { readonly at: number; readonly length: number }
/** The same for structs: `step` is the size of one in bytes, at least what was asked for. */
export type StructList = List & { readonly step: number; readonly pointers: number }

const NOTHING: List = { at: 0, length: 0 }

export const refuse = (what: string): never => {
  throw new SsmdError('SSMD_E_BLOCK', `not a block: ${what}`)
}

export class Segment {
  /** All offsets count from the start of the segment, behind the framing. */
  readonly bytes: Buffer
  readonly view: DataView
  readonly #words: number
  /** Words that no object has claimed yet. */
  #unclaimed: number

  constructor(message: Uint8Array) {
    const size = message.length - FRAME_BYTES
    if (size < WORD) refuse(`${message.length} bytes are too few`)
    const frame = new DataView(message.buffer, message.byteOffset, FRAME_BYTES)
    const segments = frame.getUint32(0, true) + 1
    if (segments !== 1) refuse(`${segments} segments where one is expected`)
    const words = frame.getUint32(4, true)
    if (words * WORD !== size) refuse(`the frame says ${words} words, ${size} bytes follow`)
    this.bytes = Buffer.from(message.buffer, message.byteOffset + FRAME_BYTES, size)
    this.view = new DataView(message.buffer, message.byteOffset + FRAME_BYTES, size)
    this.#words = words
    this.#unclaimed = words - 1
  }

  /** The root struct; returns its first byte. */
  root(dataWords: number, pointers: number): number {
    const low = this.view.getInt32(0, true)
    const high = this.view.getUint32(4, true)
    if ((low & 3) !== KIND.struct) refuse('the root is no struct in this segment')
    const data = high & 0xffff
    const count = high >>> 16
    if (data < dataWords || count < pointers) {
      refuse(
        `the root has ${data} data words and ${count} pointers, not ${dataWords} and ${pointers}`
      )
    }
    return this.claim(1 + (low >> 2), data + count, 'the root')
  }

  /** A text; empty where the pointer is null. */
  text(pointer: number, what: string): string {
    const list = this.#list(pointer, ELEMENT.byte, what)
    if (list.length === 0) {
      if (this.#isNull(pointer)) return ''
      refuse(`${what} is a text without a terminator`)
    }
    const end = list.at + list.length - 1
    const bytes = this.bytes
    if (bytes[end] !== 0) refuse(`${what} is a text without a terminator`)
    for (let i = list.at; i < end; i++) {
      if (bytes[i]! > 127) return this.#utf8(list.at, end, what)
    }
    return bytes.toString('latin1', list.at, end)
  }

  /** A list of pointers. */
  pointerList(pointer: number, what: string): List {
    return this.#list(pointer, ELEMENT.pointer, what)
  }

  /** A list of structs that hold at least these fields. */
  structList(pointer: number, dataWords: number, pointers: number, what: string): StructList {
    const step = (dataWords + pointers) * WORD
    if (this.#isNull(pointer)) return { at: 0, length: 0, step, pointers: dataWords * WORD }
    const { at, length: words } = this.#list(pointer, ELEMENT.composite, what)
    const low = this.view.getUint32(at, true)
    const high = this.view.getUint32(at + 4, true)
    const count = low >>> 2
    const data = high & 0xffff
    const refs = high >>> 16
    if ((low & 3) !== KIND.struct) refuse(`${what} has no tag of structs`)
    if (data < dataWords || refs < pointers) {
      refuse(
        `${what} has ${data} data words and ${refs} pointers each, not ${dataWords} and ${pointers}`
      )
    }
    if (count * (data + refs) !== words) {
      refuse(`${what} says ${count} elements of ${data + refs} words in ${words} words`)
    }
    return { at: at + WORD, length: count, step: (data + refs) * WORD, pointers: data * WORD }
  }

  /** Takes `words` from word `start` for one object; returns its first byte. */
  claim(start: number, words: number, what: string): number {
    if (start < 0 || start + words > this.#words) {
      refuse(`${what} lies in words ${start} to ${start + words} of ${this.#words}`)
    }
    this.#unclaimed -= words
    if (this.#unclaimed < 0) refuse(`${what} shares its words with another object`)
    return start * WORD
  }

  #isNull(pointer: number): boolean {
    return this.view.getUint32(pointer, true) === 0 && this.view.getUint32(pointer + 4, true) === 0
  }

  /** Follows a list pointer; of a composite list `length` is in words and `at` is the tag's. */
  #list(pointer: number, element: number, what: string): List {
    if (this.#isNull(pointer)) return NOTHING
    const low = this.view.getInt32(pointer, true)
    const high = this.view.getUint32(pointer + 4, true)
    if ((low & 3) !== KIND.list) refuse(`${what} is no list in this segment`)
    if ((high & 7) !== element) refuse(`${what} has elements of kind ${high & 7}, not ${element}`)
    const length = high >>> 3
    const start = pointer / WORD + 1 + (low >> 2)
    const words =
      element === ELEMENT.byte
        ? Math.ceil(length / WORD)
        : element === ELEMENT.composite
          ? length + 1
          : length
    return { at: this.claim(start, words, what), length }
  }

  #utf8(start: number, end: number, what: string): string {
    if (!isUtf8(this.bytes.subarray(start, end))) refuse(`${what} is not UTF-8`)
    return this.bytes.toString('utf8', start, end)
  }
}
