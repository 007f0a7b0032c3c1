// A thread that builds tables: it gets which members of a segment to read and by which normalisers, and hands its columns over
// without a copy. Started by build-pool.ts; loaded anywhere else it does nothing.

import { parentPort } from 'node:worker_threads'
import type { MemberPlace } from '#archive/read/members.ts'
import { toSsmdError } from '#crds/errors.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { buildHashed, type HashedBuild, type Want } from './build.ts'
import { type DayReading, readersOf } from './normalizers.ts'
import { buffersOf, partsOf } from './parts.ts'
import type { DecimalColumn } from './table.ts'

export type BuildTask = {
  readonly members: readonly MemberPlace[]
  readonly want: Want
  readonly reading: DayReading
}

export type BuildReply =
  | {
      readonly kind: 'built'
      readonly tables: HashedBuild['tables']
      readonly sha256: string
      /** Errors lose what they are on the way. */
      readonly damage: readonly {
        readonly message: string
        readonly from: string
        readonly to: string
      }[]
    }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly hint: string | undefined
    }

let known: { readonly key: string; readonly of: (connection: string) => Normalizer } | undefined

parentPort?.on('message', (task: BuildTask) => void answer(task))

async function answer(task: BuildTask): Promise<void> {
  try {
    const { reading, members, want } = task
    if (known?.key !== reading.key) known = { key: reading.key, of: await readersOf(reading) }
    const { tables, damage, sha256 } = await buildHashed(members, want, known.of)
    const reply: BuildReply = {
      kind: 'built',
      tables,
      sha256,
      damage: damage.map(({ error: { message }, from, to }) => ({ message, from, to })),
    }
    parentPort!.postMessage(reply, transferOf(tables))
  } catch (thrown) {
    const { code, message, hint } = toSsmdError(thrown)
    parentPort!.postMessage({ kind: 'failed', code, message, hint } satisfies BuildReply)
  }
}

/** The memory of all columns. */
function transferOf(tables: HashedBuild['tables']): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const table of tables.values()) {
    for (const part of partsOf(table)) {
      const { valid, offsets, values } = buffersOf(part)
      const scales = (part.column as Partial<DecimalColumn>).scales ?? null
      for (const one of [valid, offsets, values, scales]) {
        if (one !== null && one.buffer.byteLength > 0) buffers.add(one.buffer as ArrayBuffer)
      }
    }
  }
  return [...buffers]
}
