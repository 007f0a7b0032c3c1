// What an API key looks like: `ssmd_<id>_<secret><check>`. The id names it, in the store and in logs; the secret is 256 random
// bits; the check is a CRC-32 of what stands before it, so that a typing error or a scanner's find is told without the store.
// A store has the SHA-256 of the whole text: 256 random bits need no slow hash, which would only help an attacker tire us.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Base 36, so that ids are file names on disks that know no upper case, and names of a Secret's entries. */
const ID_CHARACTERS = 10
const SECRET_BYTES = 32
/** 62^43 > 2^256, 62^6 > 2^32. */
const SECRET_CHARACTERS = 43
const CHECK_CHARACTERS = 6
/** Of random bytes: 8 for the id, the rest is the secret. */
export const RANDOM_BYTES = 8 + SECRET_BYTES

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const KEY = new RegExp(
  `^(ssmd_([0-9a-z]{${ID_CHARACTERS}})_[0-9A-Za-z]{${SECRET_CHARACTERS}})([0-9A-Za-z]{${CHECK_CHARACTERS}})$`
)
const ID = new RegExp(`^[0-9a-z]{${ID_CHARACTERS}}$`)
const KEY_CHARACTERS = 'ssmd__'.length + ID_CHARACTERS + SECRET_CHARACTERS + CHECK_CHARACTERS

export type NewKey = { readonly id: string; readonly text: string }

/** A key of random bytes. */
export function makeKey(random: Uint8Array): NewKey {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`a key needs ${RANDOM_BYTES} bytes`)
  const id = digits(random.subarray(0, 8), 36n, ID_CHARACTERS)
  const body = `ssmd_${id}_${digits(random.subarray(8), 62n, SECRET_CHARACTERS)}`
  return { id, text: body + checkOf(body) }
}

/** The id of a text that has the form of a key and no typing error; else undefined. */
export function idOfKey(text: string): string | undefined {
  // The length first: whatever else comes is not looked at.
  if (text.length !== KEY_CHARACTERS) return undefined
  const [, body = '', id, check] = KEY.exec(text) ?? []
  return id !== undefined && checkOf(body) === check ? id : undefined
}

export const isKeyId = (text: string): boolean => ID.test(text)

/** What a store has of a key. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

function checkOf(body: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return digits(bytes, 62n, CHECK_CHARACTERS)
}

/** The last `length` digits of a number that is given as bytes. */
function digits(bytes: Uint8Array, base: bigint, length: number): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (let i = 0; i < length; i++) {
    text = `${DIGITS[Number(value % base)]}${text}`
    value /= base
  }
  return text
}
