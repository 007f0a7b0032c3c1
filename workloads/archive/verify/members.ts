// Reads the members of a segment in order and inflates the next ones on the threads of zlib while the lines of one are checked.
// What is read and inflated ahead is bounded.

import type { FileHandle } from 'node:fs/promises'
import { gunzip } from 'node:zlib'

const READ_BYTES = 4 * 1024 * 1024
/** Members that are inflated ahead; the checks of lines keep one processor busy. */
const AHEAD = 3
/** Bytes of lines that are inflated ahead, except for a single member. */
const AHEAD_BYTES = 64 * 1024 * 1024

/** Reads a file from its beginning, in large parts. */
export class BulkReader {
  readonly #file: FileHandle
  #part: Buffer = Buffer.alloc(0)
  #at = 0
  #position = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** The next bytes, as a view; fewer at the end of the file. */
  async read(length: number): Promise<Buffer> {
    const held = this.#part.length - this.#at
    if (held < length) {
      // Earlier views may still be read from: the part is not written to again.
      const part = Buffer.allocUnsafe(Math.max(length, READ_BYTES))
      this.#part.copy(part, 0, this.#at)
      let filled = held
      while (filled < part.length) {
        const { bytesRead } = await this.#file.read(
          part,
          filled,
          part.length - filled,
          this.#position
        )
        if (bytesRead === 0) break
        filled += bytesRead
        this.#position += bytesRead
      }
      this.#part = part.subarray(0, filled)
      this.#at = 0
    }
    const bytes = this.#part.subarray(this.#at, this.#at + length)
    this.#at += bytes.length
    return bytes
  }
}

/** Takes work in order and hands its results on in that order, a few behind. */
export class Ahead<T> {
  readonly #onDone: (item: T) => void
  readonly #waiting: { readonly item: Promise<T>; readonly bytes: number }[] = []
  #bytes = 0

  constructor(onDone: (item: T) => void) {
    this.#onDone = onDone
  }

  /** `item` does not reject; `bytes` are what it holds. Resolves when more may be added. */
  async add(item: Promise<T>, bytes: number): Promise<void> {
    this.#waiting.push({ item, bytes })
    this.#bytes += bytes
    while (this.#waiting.length > AHEAD || (this.#waiting.length > 1 && this.#bytes > AHEAD_BYTES))
      await this.#take()
  }

  /** Hands on what is left. */
  async end(): Promise<void> {
    while (this.#waiting.length > 0) await this.#take()
  }

  async #take(): Promise<void> {
    const { item, bytes } = this.#waiting.shift()!
    this.#onDone(await item)
    this.#bytes -= bytes
  }
}

/** The lines of a member, or why there are none. `rawBytes` is what its index says: more is not inflated. */
export function inflate(member: Buffer, rawBytes: number): Promise<Buffer | string> {
  return new Promise((resolve) => {
    const options = {
      maxOutputLength: rawBytes + 1,
      // In one piece, unless the index lies about it.
      chunkSize: Math.min(rawBytes + 64, 16 * 1024 * 1024),
    }
    gunzip(member, options, (error, raw) => resolve(error === null ? raw : error.message))
  })
}
