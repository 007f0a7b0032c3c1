// What the synthetic exchange sends: frame number n of a connection is a function of (seed, n, symbols, channels) and
// of nothing else, so that a test can say what must have been captured. In full:
//
//   symbol   S<n mod symbols>
//   type     channels[floor(n / symbols) mod count of channels]
//   hash     h = (n mod 2^32) xor (seed * 0x9e3779b1); h = (h xor h >>> 16) * 0x85ebca6b;
//            h = (h xor h >>> 13) * 0xc2b2ae35; h = h xor h >>> 16        all modulo 2^32, unsigned
//   price    h mod 9999 + 1, in ten-thousandths: four digits behind the point
//   size     floor(h / 65536) mod 100000 + 1, in hundredths: two digits behind the point
//   filler   h as 8 hexadecimal digits, repeated 1 + h mod 16 times
//   frame    {"type":"<type>","sequence":<n>,"symbol":"<symbol>","price":"<price>","size":"<size>","filler":"<filler>"}
//
// n counts from 1.

export type SyntheticOptions = {
  readonly seed: number
  readonly symbols: number
  readonly channels: readonly string[]
}

export function syntheticHash(seed: number, n: number): number {
  let h = (n ^ Math.imul(seed, 0x9e3779b1)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0
  return (h ^ (h >>> 16)) >>> 0
}

/** The text of frame `n`. */
export function syntheticFrame(options: SyntheticOptions, n: number): string {
  const { seed, symbols, channels } = options
  const h = syntheticHash(seed, n)
  const type = channels[Math.floor(n / symbols) % channels.length]
  const price = String((h % 9999) + 1).padStart(4, '0')
  const size = String((Math.floor(h / 65_536) % 100_000) + 1).padStart(3, '0')
  const filler = h
    .toString(16)
    .padStart(8, '0')
    .repeat(1 + (h % 16))
  return `{"type":"${type}","sequence":${n},"symbol":"S${n % symbols}","price":"0.${price}","size":"${size.slice(0, -2)}.${size.slice(-2)}","filler":"${filler}"}`
}
