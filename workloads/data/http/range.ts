// `Range` of RFC 9110: one range of bytes is answered; several ranges, and what is no range, are as if it was not sent.

export type ByteRange = { readonly start: number; readonly end: number }

/** Inclusive and exclusive; `none` if all is wanted, `beyond` if the file has none of it. */
export function readRange(header: string | undefined, size: number): ByteRange | 'none' | 'beyond' {
  const match = /^bytes *= *(\d{0,15}) *- *(\d{0,15})$/i.exec(header ?? '')
  if (match === null) return 'none'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'none'
  if (first === '') {
    const length = Number(last)
    return length === 0 || size === 0 ? 'beyond' : { start: Math.max(size - length, 0), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return 'none'
  return start >= size ? 'beyond' : { start, end }
}

/** Whether a list of entity tags, as If-None-Match has it, names this one. */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
