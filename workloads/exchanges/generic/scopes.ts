// The scopes of one connection: whatever a Feed says that a sequence counts in, as a number from 1. A scope keeps its number
// for the life of the connection.

import type { MessageType } from '../protocol/adapter.ts'

type Node = { scope: number; readonly below: Map<string, Node> }

/** More are not followed, so that an exchange with endless scopes cannot fill the memory. */
const MAX_SCOPES = 50_000

const newNode = (): Node => ({ scope: 0, below: new Map() })

export class Scopes {
  readonly #root = newNode()
  readonly #types: MessageType[] = []
  #nodes = 0
  #at: Node | null = this.#root

  /** Name a scope by `begin`, a `step` for each of its texts, and `end`. */
  begin(): void {
    this.#at = this.#root
  }

  step(text: string): void {
    if (this.#at === null) return
    let next = this.#at.below.get(text)
    if (next === undefined && this.#nodes < MAX_SCOPES) {
      next = newNode()
      this.#nodes++
      this.#at.below.set(text, next)
    }
    this.#at = next ?? null
  }

  /** The number of the scope, which a frame of `type` named; 0: there are too many. */
  end(type: MessageType): number {
    const node = this.#at
    if (node === null) return 0
    if (node.scope === 0) node.scope = this.#types.push(type)
    return node.scope
  }

  /** The type that named it first. */
  typeOf(scope: number): MessageType | undefined {
    return this.#types[scope - 1]
  }
}
