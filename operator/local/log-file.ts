// The log of one process on disk: lines as they came, in a file that never grows beyond its bound. Trouble with
// the log never stops a capture; it is remembered and shown.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

// Three files of 10 MB hold days of a calm system and some minutes of a noisy one.
const MAX_BYTES = 10_000_000
const KEPT = 2

export class LogFile {
  readonly path: string
  readonly #maxBytes: number
  #fd: number | undefined
  #size = 0
  #trouble: string | undefined

  constructor(path: string, maxBytes: number = MAX_BYTES) {
    this.path = path
    this.#maxBytes = maxBytes
  }

  /** What went wrong with the last line, or undefined. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    try {
      if (this.#fd === undefined) this.#open()
      if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#rotate()
      if (this.#fd !== undefined) this.#size += writeSync(this.#fd, bytes)
      this.#trouble = undefined
    } catch (thrown) {
      this.#trouble = `cannot write ${this.path}: ${(thrown as Error).message}`
    }
  }

  close(): void {
    if (this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
  }

  #open(): void {
    mkdirSync(dirname(this.path), { recursive: true })
    this.#fd = openSync(this.path, 'a')
    this.#size = fstatSync(this.#fd).size
  }

  #rotate(): void {
    this.close()
    for (let i = KEPT; i > 0; i--) {
      const older = i === 1 ? this.path : `${this.path}.${i - 1}`
      try {
        renameSync(older, `${this.path}.${i}`)
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
      }
    }
    this.#open()
  }
}
