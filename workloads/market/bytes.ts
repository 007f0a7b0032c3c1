// Texts of a frame, compared and made. A frame as JsonReader keeps it has zeros behind it, so that eight bytes can be read
// anywhere in it.

export type Frame = { readonly bytes: Uint8Array; readonly view: DataView }

/**
 * The first eight bytes of a text as a double, or as many as it has as a whole number. Doubles are compared as doubles: they are
 * equal exactly if their bytes are, because no text of ASCII is NaN or 0.
 */
export function headOf(view: DataView, start: number, length: number): number {
  if (length >= 8) return view.getFloat64(start, true)
  const word = view.getInt32(start, true)
  return length >= 4 ? word : word & ~(-1 << (8 * length))
}

/** The same of the last bytes, which may be some of the first again. */
export function tailOf(view: DataView, start: number, length: number): number {
  if (length >= 8) return view.getFloat64(start + length - 8, true)
  return length >= 4 ? view.getInt32(start + length - 4, true) : 0
}

/** A view of a text, as of a frame. */
export function viewOf(text: Uint8Array): DataView {
  const room = new Uint8Array(text.length + 8)
  room.set(text)
  return new DataView(room.buffer)
}

/** The text from `start` to `end`; `escaped`: it has escapes of JSON, and no quotes around it. Makes a string. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end === start) return ''
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}

/** The same of a text with escapes. */
export const unescaped = (bytes: Uint8Array, start: number, end: number): string =>
  JSON.parse(`"${textOf(bytes, start, end)}"`) as string

/** The whole number that stands from `start` to `end`; NaN if there is none, or one beyond 2^53. */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 16) return Number.NaN
  let value = 0
  for (let p = start; p < end; p++) {
    const digit = bytes[p]! - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}
