// Whether a window is complete: all its days exist, and nothing within them is missing.

import { SsmdError } from '#crds/errors.ts'
import { type HistoryOptions, history } from '#events/history.ts'
import { timeText } from '#market/time.ts'
import type { DaysRead } from './days.ts'

/** How many gaps are named. */
const NAMED = 3

/** Throws SSMD_E_SIGNAL with what is missing. */
export async function requireComplete(scope: HistoryOptions, days: DaysRead): Promise<void> {
  const gaps: string[] = []
  let count = 0
  // Gaps always come: of all other events none is asked for.
  for await (const batch of history({ ...scope, events: [] })) {
    batch.each(({ feed, symbol, reason, timeMs, timeNs, untilMs, untilNs }) => {
      count++
      if (gaps.length === NAMED) return
      const until = untilMs < 0 ? 'it lasts' : `until ${timeText(untilMs, untilNs)}`
      const of = symbol === '' ? feed : `${feed} ${symbol}`
      gaps.push(`${of}: ${reason} from ${timeText(timeMs, timeNs)} ${until}`)
    })
  }
  if (count === 0 && days.missing.length === 0 && days.read.length > 0) return
  const names = days.missing.length > 0 ? days.missing : days.read.length > 0 ? [] : ['all']
  const missing = names.length === 0 ? [] : [`missing days: ${names.join(', ')}`]
  const more = count > NAMED ? [`and ${count - NAMED} more gaps`] : []
  throw new SsmdError(
    'SSMD_E_SIGNAL',
    `the window is not complete: ${[...missing, ...gaps, ...more].join('; ')}`,
    {
      hint: 'choose another window, or run without --require complete: the signal is then shown each gap',
    }
  )
}
