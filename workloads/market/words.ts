// A few known texts of ASCII, to be found in a frame without making a string: message types, sides.

import { type Frame, headOf, tailOf, textOf, unescaped, viewOf } from './bytes.ts'
import { type Field, KIND } from './json-shape.ts'

/** A text with its first and last bytes as numbers (bytes.ts). */
type Word = {
  readonly place: number
  readonly bytes: Uint8Array
  readonly length: number
  readonly head: number
  readonly tail: number
}

export class Words {
  readonly #texts: readonly string[]
  readonly #words: readonly Word[]
  #last: Word

  constructor(texts: readonly string[]) {
    this.#texts = texts
    this.#words = texts.map((text, place) => wordOf(Buffer.from(text), place))
    this.#last = this.#words[0] ?? wordOf(new Uint8Array(0), -1)
  }

  /** The place in the list of the text at a field, or -1: another text, or none. */
  find(field: Field, frame: Frame): number {
    if (field.kind === KIND.text) return this.at(frame, field.start, field.end)
    if (field.kind !== KIND.escaped) return -1
    return this.#texts.indexOf(unescaped(frame.bytes, field.start, field.end))
  }

  /** The place in the list of the text from `start` to `end`, or -1. */
  at(frame: Frame, start: number, end: number): number {
    const { view } = frame
    const length = end - start
    const isLong = length >= 8
    const head = isLong ? view.getFloat64(start, true) : headOf(view, start, length)
    const tail = isLong ? view.getFloat64(end - 8, true) : tailOf(view, start, length)
    // Most probably the same text as the last time.
    const last = this.#last
    if (head === last.head && tail === last.tail && length === last.length && length <= 16) {
      return last.place
    }
    for (const word of this.#words) {
      if (word.length !== length || word.head !== head || word.tail !== tail) continue
      let k = 8
      while (k < length - 8 && word.bytes[k] === frame.bytes[start + k]) k++
      if (length > 16 && k < length - 8) continue
      this.#last = word
      return word.place
    }
    return -1
  }
}

function wordOf(bytes: Uint8Array, place: number): Word {
  const view = viewOf(bytes)
  const { length } = bytes
  return { place, bytes, length, head: headOf(view, 0, length), tail: tailOf(view, 0, length) }
}

/** The text at a field; empty if there is none. Makes a string. */
export function textAt(field: Field, frame: Frame): string {
  if (field.kind === KIND.text) return textOf(frame.bytes, field.start, field.end)
  return field.kind === KIND.escaped ? unescaped(frame.bytes, field.start, field.end) : ''
}
