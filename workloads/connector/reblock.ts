// A block that was made before the server said what it takes, built again as smaller ones. What does not fit even
// alone is lost, and named by its numbers.

import { Block } from '#wire/block.ts'
import { BlockWriter } from '#wire/block-writer.ts'

/** What a record adds to a block beside its payload and symbol: an upper bound. */
export const RECORD_BYTES = 96
/** What a record may add to a block's tables, beside its symbol: names of type and group. */
export const TABLE_BYTES = 256

export type SmallerBlock = {
  readonly first: number
  readonly firstRecv: bigint
  readonly block: Uint8Array
}

export type LostRun = {
  readonly from: number
  readonly to: number
  readonly fromRecv: bigint
  readonly toRecv: bigint
  readonly bytes: number
}

export function reblock(
  bytes: Uint8Array,
  limit: number
): { readonly blocks: readonly SmallerBlock[]; readonly lost: readonly LostRun[] } {
  const block = Block.read(bytes)
  const writer = new BlockWriter(block)
  const bare = writer.bytes
  const blocks: SmallerBlock[] = []
  const lost: LostRun[] = []
  const finish = () => {
    if (writer.count === 0) return
    const { first, firstRecv } = writer
    blocks.push({ first, firstRecv, block: writer.finish() })
  }
  for (let i = 0; i < block.length; i++) {
    const payload = block.payload(i)
    const symbol = block.symbol(i)
    const recv = block.recv(i)
    const number = block.number(i)
    const needed = payload.length + RECORD_BYTES + TABLE_BYTES + symbol.length * 3
    if (bare + needed > limit) {
      finish()
      const before = lost.at(-1)
      const joins = before?.to === number - 1
      if (joins) lost.pop()
      lost.push({
        from: joins ? before.from : number,
        to: number,
        fromRecv: joins ? before.fromRecv : recv,
        toRecv: recv,
        bytes: payload.length + (joins ? before.bytes : 0),
      })
      continue
    }
    if (writer.bytes + needed > limit) finish()
    const type = writer.type(block.type(i), block.group(i))
    const [form, sequence, scope] = [block.form(i), block.sequence(i), block.scope(i)]
    writer.add(recv, number, type, writer.symbol(symbol), form, sequence, scope, payload)
  }
  finish()
  return { blocks, lost }
}
