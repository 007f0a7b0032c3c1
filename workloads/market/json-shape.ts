// The wanted members of a JSON object, compiled for comparison with bytes, and where the values of
// the last object stood in its frame. Made once for each kind of object, and filled again for each frame.

import { headOf, tailOf, viewOf } from './bytes.ts'

/** What stands at a member, or at the cursor of a reader. */
export const KIND = {
  none: 0,
  text: 1,
  /** A text with escapes: the bytes of the frame are not those of the text. */
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
  null: 6,
  object: 7,
  list: 8,
} as const

/** Longer names do not occur, and would be read beyond the end of a short frame. */
const MAX_NAME = 200

/** One member: what it is called, and what the last object had there. */
export class Field {
  readonly name: string
  /** The members of the object that may stand here, read in the same pass; null: it is skipped, or read later. */
  readonly inner: Shape | null
  /** KIND; none if the last object had no such member. */
  kind: number = KIND.none
  /** First byte of the value: of a text, behind the quote. */
  start = 0
  /** The byte behind the value: of a text, the quote. */
  end = 0
  /** For the reader: `"name":`, its length, and its first and last bytes as numbers (bytes.ts). */
  readonly token: Uint8Array
  readonly length: number
  readonly head: number
  readonly tail: number
  /** For the reader: the field that followed this one the last time: a guess, no more. */
  next: Field
  /** For the reader: the number of the object that had it last. */
  stamp = 0

  constructor(name: string, inner: Shape | null) {
    if (name === '' || name.length > MAX_NAME) throw new RangeError(`a name of ${name.length}`)
    this.name = name
    this.inner = inner
    this.token = Buffer.from(`${JSON.stringify(name)}:`)
    this.length = this.token.length
    const view = viewOf(this.token)
    this.head = headOf(view, 0, this.length)
    this.tail = tailOf(view, 0, this.length)
    this.next = this
  }
}

export class Shape {
  readonly fields: readonly Field[]
  /** For the reader: a field that stands before all, so that the first one can be guessed too. */
  readonly before: Field
  /** For the reader: the last field of the last object; `before` if it had none, null if that is not known. */
  last: Field | null = null
  /** For the reader: the last field of the object that is read member by member. */
  at: Field
  /** For the reader: objects read. */
  stamp = 0

  /** `inner`: by name, members whose objects are read in the same pass. */
  constructor(names: readonly string[], inner: Readonly<Record<string, Shape>> = {}) {
    this.fields = names.map((name) => new Field(name, inner[name] ?? null))
    this.before = new Field('before', null)
    this.at = this.before
    let previous = this.before
    for (const field of this.fields) {
      previous.next = field
      previous = field
    }
  }

  /** The field of a name. Not for every frame. */
  field(name: string): Field {
    const found = this.fields.find((field) => field.name === name)
    if (found === undefined) throw new RangeError(`no field ${name}`)
    return found
  }

  /** Forgets the last object, and those within. */
  clear(): void {
    this.stamp++
    this.sweep()
    this.last = null
  }

  /** For the reader: what the object with the current stamp did not have is absent. */
  sweep(): void {
    for (const field of this.fields) {
      if (field.stamp === this.stamp) continue
      field.kind = KIND.none
      field.inner?.clear()
    }
  }
}

/** Whether the name of a field comes at `p`, with its colon. */
export function isNamed(bytes: Uint8Array, view: DataView, p: number, field: Field): boolean {
  const { token, length, head, tail } = field
  if (length < 8)
    return view.getInt32(p, true) === head && view.getInt32(p + length - 4, true) === tail
  if (view.getFloat64(p, true) !== head || view.getFloat64(p + length - 8, true) !== tail)
    return false
  let k = 8
  while (k < length - 8 && token[k] === bytes[p + k]) k++
  return k >= length - 8
}
