// The lock of a feed's folder, as a file: `.commit/lock-<n>` names its holder in JSON. The highest n holds the folder.

import type { ProcessId } from '#crds/process.ts'

export type Holder = ProcessId & { readonly since: string }

/**
 * `torn`: empty, zeros or the beginning of a holder. Version 1 linked its lock before it was on the disk, and a power cut
 * left it so. `foreign`: no archiver wrote it.
 */
export type LockText =
  | { readonly kind: 'held'; readonly holder: Holder }
  | { readonly kind: 'torn' | 'foreign' }

/** An archiver touches its lock each second; one that is not visible and that is silent for so long is gone. */
export const SILENT_MS = 30_000

const NAME = /^lock-([1-9]\d{0,14})$/
const TEXTS = ['host', 'boot', 'space', 'began', 'since'] as const
const BEGINNING = '{"pid":'

export const lockFile = (number: number): string => `lock-${number}`

/** The numbers of the locks among file names, ascending: of anything that has such a name. */
export const lockNumbers = (names: readonly string[]): number[] =>
  names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? 0) || []).sort((a, b) => a - b)

export function parseLock(text: string): LockText {
  const written = text.replace(/\0+$/, '')
  try {
    const holder = JSON.parse(written) as Holder | null
    const isHolder =
      Number.isInteger(holder?.pid) && TEXTS.every((key) => typeof holder?.[key] === 'string')
    return isHolder ? { kind: 'held', holder: holder! } : { kind: 'foreign' }
  } catch {
    // Not JSON, which is an answer: a beginning of what is written there, or something else.
    const isBeginning = written.startsWith(BEGINNING) || BEGINNING.startsWith(written)
    return { kind: isBeginning ? 'torn' : 'foreign' }
  }
}
