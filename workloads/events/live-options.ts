// What live is asked for.

import type { NatsConnection } from 'nats'
import type { LivePosition } from './log-position.ts'
import type { LiveFilter } from './stage.ts'
import type { Time } from './times.ts'

export type LiveFeed = {
  readonly name: string
  readonly exchange: string
  /** The resolved Feed, for exchanges that it alone describes. */
  readonly resource?: unknown
}

export type LiveOptions = LiveFilter & {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feeds: readonly LiveFeed[]
  readonly mode: 'log' | 'fast'
  /** Of mode `log`: where to begin. A date: with blocks that were stored from then on. @default new */
  readonly start?: 'new' | 'first' | Date | undefined
  /** Of mode `log`: continue there; `start` holds for feeds that it does not know. */
  readonly position?: LivePosition | undefined
  /** Of mode `fast`: it was read until then, and what came since is a gap of each feed. */
  readonly since?: Time | undefined
  /** Of mode `log`: hand out a batch this often at least, empty if nothing came, so that its reader notes the position. */
  readonly tickMs?: number | undefined
  /** A shard that nothing was heard of for so long is not waited for. @default 10,000 */
  readonly silentMs?: number | undefined
  /** Bytes of blocks that are held of each feed. @default 32 MiB */
  readonly maxBytes?: number | undefined
  /** Rows of a batch, roughly. @default 4096 */
  readonly rows?: number | undefined
  /** Ends the reading: its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}
