// The records of one imported file on their way to the writer: gathered into blocks, as a connector does, and committed as they grow.

import type { FeedWriter } from '#archive/writer.ts'
import { Block } from '#wire/block.ts'
import { BlockWriter } from '#wire/block-writer.ts'
import { FORM, type Form } from '#wire/form.ts'

const BLOCK_BYTES = 256 * 1024
/** Held in memory until a commit. */
const COMMIT_BYTES = 16 * 1024 * 1024

export type ImportedRecord = {
  readonly recv: bigint
  readonly number: number
  readonly type: { readonly name: string; readonly group: string }
  readonly symbol: string
  readonly form: Form
  readonly payload: Uint8Array
}

export class ImportedConnection {
  readonly #writer: FeedWriter
  readonly #block: BlockWriter
  #next = 1

  constructor(
    writer: FeedWriter,
    { environment, feed, id }: { environment: string; feed: string; id: string }
  ) {
    this.#writer = writer
    const header = { environment, feed, connection: id, shard: 0, simulated: false }
    this.#block = new BlockWriter(header)
  }

  async add({ recv, number, type, symbol, form, payload }: ImportedRecord): Promise<void> {
    const block = this.#block
    // Numbers of a block have no holes.
    if (block.count > 0 && (number !== this.#next || block.bytes > BLOCK_BYTES)) await this.#send()
    // The exchange's own numbers are left out: nothing is proved by them.
    const ref = block.type(type.name, type.group)
    block.add(recv, number, ref, block.symbol(symbol), form, -1, 0, payload)
    this.#next = number + 1
  }

  event(number: number, recv: bigint, event: { readonly kind: string }): Promise<void> {
    const type = { name: event.kind, group: 'connection' }
    const payload = Buffer.from(JSON.stringify(event))
    return this.add({ recv, number, type, symbol: '', form: FORM.event, payload })
  }

  /** The last record: it says that the file is imported to its end, and which one it was. */
  async close(number: number, recv: bigint, reason: string): Promise<void> {
    const event = { kind: 'close', cause: 'imported', fault: 'unknown', code: 0, reason }
    await this.event(number, recv, event)
    await this.#send()
  }

  async #send(): Promise<void> {
    const writer = this.#writer
    writer.add(Block.read(this.#block.finish()), writer.nextSequence)
    if (writer.bufferedBytes > COMMIT_BYTES) await writer.commit()
  }
}
