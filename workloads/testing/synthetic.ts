// What the synthetic exchange must have sent, computed a second time from its description alone (the header of
// connector/exchanges/synthetic/content.ts), in whole numbers without 32-bit tricks.

const MOD = 1n << 32n

/** Frame `n` (from 1) of a connection that asked for `channels`. */
export function syntheticFrame(
  seed: number,
  symbols: number,
  channels: readonly string[],
  n: number
): string {
  let h = (BigInt(n) % MOD) ^ ((BigInt(seed) * 0x9e3779b1n) % MOD)
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) % MOD
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) % MOD
  const hash = Number(h ^ (h >> 16n))
  const price = (((hash % 9999) + 1) / 10_000).toFixed(4)
  const size = (((Math.floor(hash / 65_536) % 100_000) + 1) / 100).toFixed(2)
  const filler = hash
    .toString(16)
    .padStart(8, '0')
    .repeat((hash % 16) + 1)
  const type = channels[Math.floor(n / symbols) % channels.length]
  return `{"type":"${type}","sequence":${n},"symbol":"S${n % symbols}","price":"${price}","size":"${size}","filler":"${filler}"}`
}
