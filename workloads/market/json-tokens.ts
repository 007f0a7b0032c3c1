// The small tokens of JSON over bytes: where each ends, or -1 where it is not one. RFC 8259, nothing more.

/** The position behind an escape that begins at `p`, or -1. */
export function afterEscape(b: Uint8Array, p: number): number {
  if (b[p] !== 0x5c) return -1 // a control character
  switch (b[p + 1]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return p + 2
    case 0x75:
      for (let i = p + 2; i < p + 6; i++) {
        const c = b[i]
        if (c === undefined) return -1
        if (!((c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66))) return -1
      }
      return p + 6
    default:
      return -1
  }
}

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39

/** The position behind the number that begins at `p`, or -1. */
export function afterNumber(b: Uint8Array, p: number): number {
  if (b[p] === 0x2d) p++
  if (b[p] === 0x30) p++
  else if (isDigit(b[p])) while (isDigit(b[p])) p++
  else return -1
  if (b[p] === 0x2e) {
    if (!isDigit(b[++p])) return -1
    while (isDigit(b[p])) p++
  }
  if (b[p] === 0x65 || b[p] === 0x45) {
    p++
    if (b[p] === 0x2b || b[p] === 0x2d) p++
    if (!isDigit(b[p])) return -1
    while (isDigit(b[p])) p++
  }
  return p
}

/** The position behind `true`, `false` or `null`, or -1. */
export function afterWord(b: Uint8Array, p: number): number {
  const word = b[p] === 0x74 ? 'true' : b[p] === 0x66 ? 'false' : b[p] === 0x6e ? 'null' : ''
  if (word === '') return -1
  for (let i = 1; i < word.length; i++) if (b[p + i] !== word.charCodeAt(i)) return -1
  return p + word.length
}
