// The received blocks that a consumer has not handed out yet, in order, with notices between them. A notice is called once all
// blocks before it were taken. Batches end at notices, and at a size.

export type StreamBlock = {
  readonly sequence: number
  /** A view of received bytes; they are not written to again. */
  readonly data: Uint8Array
}

type Notice = { readonly notice: () => void }

export class HeldBlocks {
  #items: (StreamBlock | Notice)[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** Blocks and notices. */
  get count(): number {
    return this.#items.length
  }

  add(block: StreamBlock): void {
    this.#items.push(block)
    this.#bytes += block.data.length
  }

  addNotice(notice: () => void): void {
    this.#items.push({ notice })
  }

  /** Calls the notices at the front, then takes blocks of up to `most` bytes, one at least where there is one. */
  take(most: number): StreamBlock[] {
    for (let first = this.#items[0]; first && 'notice' in first; first = this.#items[0]) {
      this.#items.shift()
      first.notice()
    }
    let count = 0
    let bytes = 0
    for (const item of this.#items) {
      if ('notice' in item || (count > 0 && bytes + item.data.length > most)) break
      bytes += item.data.length
      count++
    }
    this.#bytes -= bytes
    return this.#items.splice(0, count) as StreamBlock[]
  }

  clear(): void {
    this.#items = []
    this.#bytes = 0
  }
}
