// Names of connections: 16 lower-case base-32 characters, the time first, so that people see when each began. They sort
// by the clock of their machine, which may be wrong: nothing takes an order from them.
// The rest is chance, so that no id is used twice, not even by two processes in the same millisecond.

// Crockford's alphabet: digits before letters, as ASCII sorts them; no i, l, o, u.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARS = 9 // 45 bits of milliseconds: until the year 3084
const CHANCE_CHARS = 7

/** A new id. `chance` gives random bytes. */
export function newConnectionId(nowMs: number, chance: (size: number) => Uint8Array): string {
  let id = ''
  let rest = nowMs
  for (let i = 0; i < TIME_CHARS; i++) {
    id = ALPHABET[rest % 32]! + id
    rest = Math.floor(rest / 32)
  }
  for (const byte of chance(CHANCE_CHARS)) id += ALPHABET[byte & 31]!
  return id
}
