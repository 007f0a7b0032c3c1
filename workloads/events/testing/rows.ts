// Rows of batches as lines of text, all of each row, to be compared. Decimals are compared by their value: a table has one scale for a
// column, whatever the frames had.

import type { EventBatch } from '#market/columns.ts'
import { EVENT, type MarketEvent } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { eventLine } from '#testing/event-lines.ts'

export function rowText(event: MarketEvent): string {
  const { feed, type, reason, recvText, kind, flags, untilMs, untilNs } = event
  const { connection, number, row } = event
  const until = kind === EVENT.gap ? timeText(untilMs, untilNs) || 'open' : ''
  return [
    recvText,
    feed,
    type,
    eventLine(event).split('\t').map(withoutZeros).join('\t'),
    `${connection} ${number} ${row}`,
    reason,
    kind === EVENT.gap ? flags : '',
    until,
  ].join('\t')
}

const withoutZeros = (text: string): string =>
  /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text

export async function rowsOf(batches: AsyncIterable<EventBatch>): Promise<string[]> {
  const rows: string[] = []
  for await (const batch of batches) batch.each((event) => rows.push(rowText(event)))
  return rows
}

export const isGapRow = (row: string): boolean => row.split('\t')[3] === 'gap'
