// A record as one line of JSON, as an archive has it, with the name of its feed in front. The bytes of a JSON frame stay as they
// were received, without white space around them.

import { timeText } from '#market/time.ts'
import type { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'

/** Texts of one block, each made once. */
export class RecordJson {
  readonly #block: Block
  readonly #head: string
  readonly #connection: string
  readonly #types: string[]
  readonly #symbols: string[]

  constructor(feed: string, block: Block) {
    this.#block = block
    this.#head = `{"feed":${JSON.stringify(feed)},"recv":"`
    this.#connection = `","conn":${JSON.stringify(block.connection)},"n":`
    this.#types = block.types.map(({ name }) => `,"type":${JSON.stringify(name)}`)
    this.#symbols = block.symbols.map((name) =>
      name === '' ? '' : `,"symbol":${JSON.stringify(name)}`
    )
  }

  text(i: number): string {
    const block = this.#block
    const time = timeText(block.recvMs(i), block.recvNs(i))
    const type = this.#types[block.typeIndex(i)]!
    const symbol = this.#symbols[block.symbolIndex(i)]!
    const start = block.payloadStart(i)
    const bytes = block.bytes.subarray(start, start + block.payloadLength(i))
    return `${this.#head}${time}${this.#connection}${block.number(i)}${type}${symbol}${payload(block.form(i), bytes)}}`
  }
}

function payload(form: number, bytes: Buffer): string {
  switch (form) {
    case FORM.json:
      return `,"frame":${bytes.toString('utf8').trim()}`
    case FORM.event:
      return `,"event":${bytes.toString('utf8')}`
    case FORM.text:
      return `,"text":${JSON.stringify(bytes.toString('utf8'))}`
    default:
      return `,"base64":"${bytes.toString('base64')}"`
  }
}
