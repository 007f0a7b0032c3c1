// What is traded on a generated spot exchange: pairs that real ones have, with prices of a real order, and made-up ones
// after them. Exchanges write their own names and digits.

export type Instrument = {
  readonly base: string
  readonly quote: 'USD'
  /** Digits behind the point. */
  readonly priceDigits: number
  readonly sizeDigits: number
  /** In units of the last digit. */
  readonly mid: number
}

const KNOWN: readonly (readonly [base: string, price: string])[] = [
  ['BTC', '78871.5'],
  ['ETH', '3021.47'],
  ['SOL', '141.73'],
  ['XRP', '2.28471'],
  ['DOGE', '0.182133'],
  ['ADA', '0.471920'],
  ['LTC', '96.41'],
  ['LINK', '13.882'],
  ['AVAX', '15.410'],
  ['DOT', '2.9177'],
]

/** The n-th instrument, from 0. */
export function instrumentAt(index: number): Instrument {
  const [base, price] = KNOWN[index] ?? [
    `SIM${String(index + 1).padStart(4, '0')}`,
    (1 + ((index * 7919) % 10_000) / 100).toFixed(2),
  ]
  const digits = price.split('.')[1] ?? ''
  return {
    base,
    quote: 'USD',
    priceDigits: digits.length,
    sizeDigits: 8,
    mid: Number(price.replace('.', '')),
  }
}

/** A whole number of the last digit as decimal text with all its digits: 7887150, 2 → `78871.50`. */
export function decimalText(value: number, digits: number): string {
  if (value < 0) return `-${decimalText(-value, digits)}`
  const text = String(value).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
