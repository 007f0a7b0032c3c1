// Times and names as Kalshi writes them: tickers from the closing time in New York, RFC 3339 texts with the
// trailing zeros cut off. Pure.

const NEW_YORK = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: '2-digit',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})

/** `26NOV241815` and `15` for a market that closes on 24 November 2026 at 18:15 in New York. */
export function tickerParts(closeMs: number): { event: string; strike: string } {
  const part: Record<string, string> = {}
  for (const { type, value } of NEW_YORK.formatToParts(closeMs)) part[type] = value
  const { year, month, day, hour, minute } = part
  return { event: `${year}${month?.toUpperCase()}${day}${hour}${minute}`, strike: minute ?? '00' }
}

/** RFC 3339 in UTC, with as many digits of a second as are not zero. `micros` are those within the millisecond. */
export function timeText(ms: number, micros = 0): string {
  const whole = Math.floor(ms / 1000)
  return timeTextOf(secondText(whole), (ms - whole * 1000) * 1000 + micros)
}

/** `2026-11-24T18:15:33` of a unix second. */
export const secondText = (second: number): string =>
  new Date(second * 1000).toISOString().slice(0, 19)

/** The text of a second and the microseconds within it. */
export function timeTextOf(second: string, micros: number): string {
  if (micros === 0) return `${second}Z`
  let digits = micros
  let width = 6
  while (digits % 10 === 0) {
    digits /= 10
    width--
  }
  return `${second}.${String(digits).padStart(width, '0')}Z`
}
