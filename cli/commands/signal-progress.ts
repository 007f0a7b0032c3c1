// How far a run is, for a person at a terminal: events, their rate, and how long it will take.

import type { DaysRead } from '#signals/days.ts'
import type { RunProgress } from '#signals/run-backtest.ts'
import { formatCount, formatSpan } from '../text.ts'

const DAY_MS = 86_400_000
/** Of the time of a run: the signal, then the card. */
const SIGNAL_SHARE = 0.6

/** `days`: with their records, as soon as they are known. */
export function runProgress(
  show: (text: string) => void,
  days: Pick<DaysRead, 'read'>,
  nowMs: () => number = () => performance.now()
): RunProgress {
  const began = nowMs()
  const share = shareOf(days)
  const records = days.read.reduce((sum, day) => sum + day.records, 0)
  let [phase, phaseBegan, last] = ['signal', began, 0]
  return (now, events, recvMs) => {
    if (now !== phase || events < last) [phase, phaseBegan] = [now, nowMs()]
    last = events
    const rate = events / Math.max(0.001, (nowMs() - phaseBegan) / 1000)
    // Processes of a signal read at different places: the records of its days stand for its events.
    const of = recvMs === undefined ? Math.min(1, events / Math.max(1, records)) : share(recvMs)
    const done = now === 'signal' ? of * SIGNAL_SHARE : SIGNAL_SHARE + of * (1 - SIGNAL_SHARE)
    const left = done > 0.02 ? ((nowMs() - began) * (1 - done)) / done : undefined
    const rest = left === undefined ? '' : `, ${formatSpan(left)} left`
    show(
      `${now}: ${formatCount(events)} events, ${formatCount(rate)} a second, ${Math.floor(100 * done)} %${rest}`
    )
  }
}

/** How much of all records there are before that time, those of a day being spread over it. */
function shareOf({ read }: Pick<DaysRead, 'read'>): (recvMs: number) => number {
  const days = read.map(({ day, records }) => ({ ms: Date.parse(`${day}T00:00:00Z`), records }))
  const all = days.reduce((sum, { records }) => sum + records, 0)
  return (recvMs) => {
    if (all === 0) return 0
    const done = days.reduce((sum, { ms, records }) => {
      return sum + records * Math.min(1, Math.max(0, (recvMs - ms) / DAY_MS))
    }, 0)
    return Math.min(1, done / all)
  }
}
