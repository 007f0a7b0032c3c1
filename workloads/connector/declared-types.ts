// Message types that a Feed declares because its adapter does not know them: which file they go to, and where symbol,
// sequence and scope stand. Such frames are rare, so each is parsed whole. Where a path leads nowhere, nothing is filled in.

import type { FeedMessageType } from '#crds/feed.gen.ts'
import type { Frame, MessageType } from './adapter.ts'

const MAX_SYMBOL_BYTES = 200
/** Scopes are 32 bits wide on the wire. */
const MAX_SCOPE = 0xffff_ffff

type Declared = { readonly type: MessageType; readonly paths: FeedMessageType }

export class DeclaredTypes {
  readonly #byName: ReadonlyMap<string, Declared>

  constructor(types: readonly FeedMessageType[] = []) {
    this.#byName = new Map(
      types.map((paths) => [
        paths.name,
        { type: { name: paths.name, group: paths.group ?? 'other', data: true }, paths },
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
    if (paths.sequence !== undefined) {
      const scope = paths.scope === undefined ? 0 : whole(at(value, paths.scope), MAX_SCOPE)
      const sequence = whole(at(value, paths.sequence), Number.MAX_SAFE_INTEGER)
      frame.scope = Math.max(0, scope)
      frame.sequence = scope < 0 ? -1 : sequence
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

const whole = (value: unknown, most: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most
    ? value
    : -1
