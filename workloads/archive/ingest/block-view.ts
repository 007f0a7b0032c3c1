// The part of a block (#wire/block.ts) that the archive reads. The archive keeps no reference to it.

import type { Form } from '#wire/form.ts'

export type BlockView = {
  readonly environment: string
  readonly feed: string
  readonly connection: string
  readonly shard: number
  readonly simulated: boolean
  readonly first: number
  readonly length: number
  readonly last: number
  readonly types: readonly { readonly name: string; readonly group: string }[]
  readonly symbols: readonly string[]
  /** What `payloadStart` counts in. */
  readonly bytes: Uint8Array
  recv(i: number): bigint
  sequence(i: number): number
  scope(i: number): number
  form(i: number): Form
  typeIndex(i: number): number
  symbolIndex(i: number): number
  payloadStart(i: number): number
  payloadLength(i: number): number
}
