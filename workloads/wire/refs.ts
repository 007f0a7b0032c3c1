// Names that many records share, encoded once: a reference holds the finished Cap'n Proto text and, for the block
// being written, its index in the block's table. A reference stays valid in every writer.

import { padded } from './layout.ts'

/** The block that a reference was last put into; compared by identity only. */
export type Mark = object

const NONE: Mark = {}

/** A text as stored in a message: UTF-8, a zero byte, zeros up to a whole word. */
export class EncodedText {
  /** Bytes with the terminator, without the padding: what the list pointer says. */
  readonly length: number
  readonly bytes: Uint8Array

  constructor(text: string) {
    const utf8 = Buffer.from(text, 'utf8')
    this.length = utf8.length + 1
    this.bytes = new Uint8Array(padded(this.length))
    this.bytes.set(utf8)
  }
}

export class SymbolRef {
  readonly name: string
  readonly text: EncodedText
  /** Of the writer: the block that `index` belongs to. */
  mark: Mark = NONE
  index = 0

  constructor(name: string) {
    this.name = name
    this.text = new EncodedText(name)
  }
}

export class TypeRef {
  readonly name: string
  readonly group: string
  readonly nameText: EncodedText
  readonly groupText: EncodedText
  /** Of the writer: the block that `index` belongs to. */
  mark: Mark = NONE
  index = 0

  constructor(name: string, group: string) {
    this.name = name
    this.group = group
    this.nameText = new EncodedText(name)
    this.groupText = new EncodedText(group)
  }
}
