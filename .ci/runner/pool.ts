// Works through a list in its order: at least `least` items at the same time, and one more at each look that finds the
// machine idle, up to `most`.

import type { AtOnce } from './at-once.ts'

export type Pool = AtOnce & {
  readonly signal: AbortSignal
  /** Asked at each look. */
  readonly isIdle: () => boolean
  /** Between two looks; a new item needs a moment to show what it takes. */
  readonly lookMs: number
}

export async function inPool<T>(
  items: readonly T[],
  { least, most, signal, isIdle, lookMs }: Pool,
  work: (item: T) => Promise<void>
): Promise<void> {
  const left = [...items]
  const running = new Set<Promise<void>>()
  let failed: { readonly thrown: unknown } | undefined
  const start = () => {
    const item = left.shift()
    if (item === undefined || signal.aborted || failed !== undefined) return
    const one = work(item)
      .catch((thrown: unknown) => {
        failed ??= { thrown }
      })
      .finally(() => {
        running.delete(one)
        if (running.size < least) start()
      })
    running.add(one)
  }
  const looking = setInterval(() => {
    if (isIdle() && running.size < most) start()
  }, lookMs)
  try {
    while (running.size < least && left.length > 0 && !signal.aborted) start()
    while (running.size > 0) await Promise.race(running)
  } finally {
    clearInterval(looking)
  }
  if (failed !== undefined) throw failed.thrown
}
