// gzip members: large ones are compressed and inflated on zlib's thread pool. The bytes depend only on the lines
// and the level: zlib writes no time and no name into the header.

import { promisify } from 'node:util'
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib'

const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)

/** Output arrives in pieces of this size: one for nearly every chunk; the default of 16 KiB makes many. */
const OUTPUT_BYTES = 128 * 1024
const LEAST_OUTPUT_BYTES = 4 * 1024
/** Up to this size the way to the pool and back costs as much as the work: about a millisecond, in place. */
const SMALL_BYTES = 32 * 1024

/** Compresses lines into one member at a level. memLevel 9 is a tenth faster than 8 at the same size. */
export const compressor =
  (level: number) =>
  async (lines: Uint8Array): Promise<Buffer> => {
    // Not larger than needed: the piece lives as long as the member, and a garbage collection counts all of it.
    const chunkSize = Math.min(OUTPUT_BYTES, Math.max(LEAST_OUTPUT_BYTES, lines.length))
    const options = { level, memLevel: 9, chunkSize }
    return lines.length <= SMALL_BYTES ? gzipSync(lines, options) : gzipAsync(lines, options)
  }

/** The lines of one member; `rawBytes` is what its index line says. Throws if it is damaged. */
export const decompressMember = (member: Uint8Array, rawBytes: number): Buffer =>
  gunzipSync(member, limitsOf(rawBytes))

/** The same beside this thread, so that several members are inflated at a time. */
export const inflateMember = async (member: Uint8Array, rawBytes: number): Promise<Buffer> =>
  rawBytes <= SMALL_BYTES
    ? decompressMember(member, rawBytes)
    : gunzipAsync(member, limitsOf(rawBytes))

/**
 * Frees the memory of a member's lines, which are no longer read. The garbage collector would do it later; until then every member
 * takes new pages from the system, and that costs a quarter of the time in which it is inflated.
 */
export function freeLines({ buffer, byteLength }: Buffer): void {
  // Small ones share a pool with other buffers.
  if (buffer instanceof ArrayBuffer && buffer.byteLength <= byteLength + 1) buffer.transfer(0)
}

const limitsOf = (rawBytes: number) => ({
  chunkSize: Math.max(64, Math.min(rawBytes + 1, 16 * 1024 * 1024)),
  maxOutputLength: rawBytes + 1,
})
