// Writes down every data frame as it is sent to a client, one line each, in order: what a test compares an
// archive with. Whole lines only; flushed at the end.
import { closeSync, openSync, writeSync } from 'node:fs'
import { SsmdError } from '#crds/errors.ts'

const BUFFER_BYTES = 256 * 1024

export class Journal {
  readonly #file: number
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #used = 0

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w')
    } catch (cause) {
      throw new SsmdError('SSMD_E_IO', `journal ${path} cannot be written`, { cause })
    }
  }

  /** `{"client":<n>,"frame":<bytes>}` */
  append(client: number, bytes: Buffer, start: number, end: number): void {
    const need = end - start + 48
    if (this.#used + need > this.#buffer.length) {
      this.flush()
      if (need > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(need)
    }
    let at = this.#used
    at += this.#buffer.write(`{"client":${client},"frame":`, at, 'latin1')
    at += bytes.copy(this.#buffer, at, start, end)
    this.#buffer[at] = 125
    this.#buffer[at + 1] = 10
    this.#used = at + 2
  }

  flush(): void {
    for (let at = 0; at < this.#used; )
      at += writeSync(this.#file, this.#buffer, at, this.#used - at)
    this.#used = 0
  }

  close(): void {
    this.flush()
    closeSync(this.#file)
  }
}
