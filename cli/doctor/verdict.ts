// What a check says, and how a list of checks is run: each within its own time, all at the same time, told in the order of the list.

import { describeError } from '#crds/errors.ts'

export type Verdict =
  | { readonly result: 'good'; readonly found: string }
  | { readonly result: 'warning' | 'bad'; readonly found: string; readonly fix: string }
  /** `found` is why. */
  | { readonly result: 'skipped'; readonly found: string }

export const good = (found: string): Verdict => ({ result: 'good', found })
export const warning = (found: string, fix: string): Verdict => ({ result: 'warning', found, fix })
export const bad = (found: string, fix: string): Verdict => ({ result: 'bad', found, fix })
export const skipped = (found: string): Verdict => ({ result: 'skipped', found })

export type Area = 'machine' | 'resources' | 'NATS' | 'archive' | 'cluster'

export type Check = {
  readonly area: Area
  readonly name: string
  /** What to do if the probe itself fails. */
  readonly fix: string
  /** @default 10 s */
  readonly limitMs?: number
  run(signal: AbortSignal): Promise<Verdict>
}

export type Checked = { readonly area: Area; readonly name: string } & Verdict

const LIMIT_MS = 10_000
const RANK = { bad: 3, warning: 2, good: 1, skipped: 0 } as const

/** The worst of several, told as one; what is well beside it is left out. */
export function worstOf(verdicts: readonly Verdict[], none: string): Verdict {
  const worst = Math.max(0, ...verdicts.map(({ result }) => RANK[result]))
  const same = verdicts.filter(({ result }) => RANK[result] === worst)
  const [first] = same
  if (first === undefined) return skipped(none)
  return { ...first, found: [...new Set(same.map(({ found }) => found))].join('; ') }
}

/** Runs them all; `onDone` is told how many are still at work, by name. */
export async function runChecks(
  checks: readonly Check[],
  onDone: (open: readonly string[]) => void
): Promise<Checked[]> {
  const open = new Set(checks.map(({ name }) => name))
  return Promise.all(
    checks.map(async (check) => {
      const verdict = await within(check)
      open.delete(check.name)
      onDone([...open])
      return { area: check.area, name: check.name, ...verdict }
    })
  )
}

async function within({ run, fix, limitMs = LIMIT_MS }: Check): Promise<Verdict> {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      resolve(bad(`no answer within ${limitMs / 1000} s`, fix))
      stop.abort()
    }, limitMs)
  })
  try {
    return await Promise.race([run(stop.signal), late])
  } catch (thrown) {
    return bad(describeError(thrown), fix)
  } finally {
    clearTimeout(timer)
  }
}
