// Message types that a Feed declares because its adapter does not know them: which file they go to, and where symbol,
// sequence and scope stand. Such frames are rare, so each is parsed whole. Where a path leads nowhere, nothing is filled in.

import type { FeedMessageType } from '#crds/feed.gen.ts'
import type { Frame, MessageType } from './adapter.ts'

const MAX_SYMBOL_BYTES = 200
/** Scopes are 32 bits wide on the wire. The highest stands for the whole connection, where no scope is declared. */
const MAX_SCOPE = 0xffff_ffff

type Declared = {
  readonly type: MessageType
  readonly paths: FeedMessageType
  readonly sequenceLost: string
  readonly scopeLost: string
}

export class DeclaredTypes {
  readonly #byName: ReadonlyMap<string, Declared>

  constructor(types: readonly FeedMessageType[] = []) {
    this.#byName = new Map(
      types.map((paths) => [
        paths.name,
        {
          type: { name: paths.name, group: paths.group ?? 'other', data: true },
          paths,
          sequenceLost: `${paths.sequence} is no whole number`,
          scopeLost: `${paths.scope} is no whole number from 1`,
        },
      ])
    )
  }

  /** Fills in what is declared of a frame of type `name`, a JSON object; leaves it as it is where nothing is declared. */
  fill(frame: Frame, name: string | undefined, payload: Buffer): void {
    const declared = name === undefined ? undefined : this.#byName.get(name)
    if (declared === undefined) return
    const { type, paths } = declared
    const value: unknown = JSON.parse(payload.toString('utf8'))
    frame.type = type
    frame.understood = true
    frame.control = false
    if (paths.symbol !== undefined) {
      const symbol = at(value, paths.symbol)
      const text = typeof symbol === 'string' || typeof symbol === 'number' ? String(symbol) : ''
      frame.symbol = Buffer.byteLength(text) > MAX_SYMBOL_BYTES ? '' : text
    }
    frame.unproven = ''
    if (paths.sequence !== undefined) {
      const scope =
        paths.scope === undefined ? MAX_SCOPE : whole(at(value, paths.scope), MAX_SCOPE - 1)
      const sequence = whole(at(value, paths.sequence), Number.MAX_SAFE_INTEGER)
      frame.scope = Math.max(0, scope)
      frame.sequence = scope > 0 ? sequence : -1
      if (frame.sequence < 0) {
        frame.unproven = scope > 0 ? declared.sequenceLost : declared.scopeLost
        frame.understood = false
      }
    }
  }
}

/** What stands at a dot path, or undefined. */
function at(value: unknown, path: string): unknown {
  let here = value
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return here
}

/** A count may be written as a text of digits. */
function whole(value: unknown, most: number): number {
  const isDigits = typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value)
  const number = isDigits ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number <= most
    ? number
    : -1
}
