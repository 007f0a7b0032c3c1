// What archives say of a day of each feed, from their manifests alone: the mean of the latest whole days, or, on the first day, what there
// is, extended to a whole one.

import { type DaySummary, surveyDays } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Figures, Measured } from './plan.ts'

/** A week holds every day of a market's week once. */
const DAYS = 7
const DAY_MS = 86_400_000
/** Less tells nothing of a day. */
const LEAST_MS = 60_000

/** Folders that are no archive yet say nothing. */
export async function readFigures(folders: readonly string[], today: string): Promise<Figures> {
  const all = await Promise.all(
    folders.map((folder) =>
      surveyDays(folder).then(
        ({ days }) => days,
        (thrown: unknown) => {
          if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_NOT_FOUND') return []
          throw thrown
        }
      )
    )
  )
  return figuresOf(all.flat(), today)
}

/** Pure. */
export function figuresOf(days: readonly DaySummary[], today: string): Figures {
  return (feed, simulated) => {
    const ours = days
      .filter((day) => day.feed === feed && day.simulated === simulated && day.records > 0)
      .sort((a, b) => (a.day < b.day ? 1 : -1))
    const whole = ours.filter(({ day }) => day < today).slice(0, DAYS)
    return meanOf(whole) ?? extended(ours[0])
  }
}

function meanOf(days: readonly DaySummary[]): Measured | undefined {
  const count = days.length
  if (count === 0) return undefined
  const mean = (value: (day: DaySummary) => number) =>
    Math.round(days.reduce((sum, day) => sum + value(day), 0) / count)
  return { records: mean((day) => day.records), bytes: mean((day) => day.bytes), days: count }
}

function extended(day: DaySummary | undefined): Measured | undefined {
  const spanMs = Date.parse(day?.to ?? '') - Date.parse(day?.from ?? '')
  if (day === undefined || !(spanMs >= LEAST_MS)) return undefined
  const times = DAY_MS / spanMs
  return { records: Math.round(day.records * times), bytes: Math.round(day.bytes * times), days: 0 }
}
