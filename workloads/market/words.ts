// A few known texts of ASCII, to be found in a frame without making a string: message types, sides.

import { type Frame, headOf, tailOf, textOf, unescaped, viewOf } from './bytes.ts'
import { type Field, KIND } from './json-shape.ts'

export class Words {
  readonly #texts: readonly string[]
  readonly #words: readonly Uint8Array[]
  readonly #lengths: Int32Array
  /** Of each text its first and last bytes, as numbers. */
  readonly #heads: Float64Array
  readonly #tails: Float64Array

  constructor(texts: readonly string[]) {
    this.#texts = texts
    this.#words = texts.map((text) => Buffer.from(text))
    this.#lengths = Int32Array.from(this.#words, (word) => word.length)
    const views = this.#words.map((word) => viewOf(word))
    this.#heads = Float64Array.from(views, (view, i) => headOf(view, 0, this.#lengths[i]!))
    this.#tails = Float64Array.from(views, (view, i) => tailOf(view, 0, this.#lengths[i]!))
  }

  /** The place in the list of the text at a field, or -1: another text, or none. */
  find(field: Field, frame: Frame): number {
    if (field.kind === KIND.text) return this.at(frame, field.start, field.end)
    if (field.kind !== KIND.escaped) return -1
    return this.#texts.indexOf(unescaped(frame.bytes, field.start, field.end))
  }

  /** The place in the list of the text from `start` to `end`, or -1. */
  at(frame: Frame, start: number, end: number): number {
    const length = end - start
    const head = headOf(frame.view, start, length)
    const tail = tailOf(frame.view, start, length)
    const lengths = this.#lengths
    for (let i = 0; i < lengths.length; i++) {
      if (lengths[i] !== length || this.#heads[i] !== head || this.#tails[i] !== tail) continue
      if (length <= 16) return i
      const word = this.#words[i]!
      let k = 8
      while (k < length - 8 && word[k] === frame.bytes[start + k]) k++
      if (k >= length - 8) return i
    }
    return -1
  }
}

/** The text at a field; empty if there is none. Makes a string. */
export function textAt(field: Field, frame: Frame): string {
  if (field.kind === KIND.text) return textOf(frame.bytes, field.start, field.end)
  return field.kind === KIND.escaped ? unescaped(frame.bytes, field.start, field.end) : ''
}
