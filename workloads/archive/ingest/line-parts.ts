// What the lines of a block say of type and symbol, as bytes that are made once for a name and used for all of its records.

import { symbolPart, typePart } from '../format/line.ts'
import type { BlockView } from './block-view.ts'

/** Names that are remembered from one block to the next; past these all are created again. */
const MAX_NAMES = 100_000

/** By the block's indices of types and symbols. */
export type PartsOfBlock = {
  readonly types: readonly Buffer[]
  readonly symbols: readonly Buffer[]
}

export class LineParts {
  readonly #types = new Map<string, Buffer>()
  readonly #symbols = new Map<string, Buffer>()

  of(block: BlockView): PartsOfBlock {
    return {
      types: block.types.map(({ name }) => part(this.#types, name, typePart)),
      symbols: block.symbols.map((name) => part(this.#symbols, name, symbolPart)),
    }
  }
}

function part(known: Map<string, Buffer>, name: string, make: (name: string) => Buffer): Buffer {
  let bytes = known.get(name)
  if (bytes === undefined) {
    if (known.size >= MAX_NAMES) known.clear()
    bytes = make(name)
    known.set(name, bytes)
  }
  return bytes
}
