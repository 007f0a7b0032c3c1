// Where the connections of a day lead: as its manifest says; for a day of an older ssmd, whose manifest does not, as its first
// `open` event says.

import type { Manifest } from '../format/manifest.ts'
import { type Days, type LineNames, readLines, surveyDays } from './reader.ts'

/** The exchange of a day; null if no event names it or its lines cannot be read. */
export async function exchangeOf(
  root: string,
  { feed, day, exchange }: Pick<Manifest, 'feed' | 'day'> & { readonly exchange?: string | null }
): Promise<string | null> {
  if (exchange !== undefined && exchange !== null) return exchange
  const filter = {
    groups: ['connection'],
    types: ['open'],
    namesInFormat1,
    limit: 1,
    // The verifier names damage; here it only means that this line cannot tell.
    onDamage: () => {},
  }
  for await (const line of readLines(root, feed, day, filter)) {
    const named = eventOf(line)?.exchange
    if (typeof named === 'string' && named !== '') return named
  }
  return null
}

/** As `surveyDays`, and every day says its exchange if anything in it does. */
export async function surveyExchanges(root: string): Promise<Days> {
  const survey = await surveyDays(root)
  const days = []
  for (const day of survey.days) days.push({ ...day, exchange: await exchangeOf(root, day) })
  return { ...survey, days }
}

const namesInFormat1 = (line: Buffer): LineNames => {
  const kind = eventOf(line)?.kind
  return { type: typeof kind === 'string' ? kind : '', symbol: '' }
}

function eventOf(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  const { event } = JSON.parse(line.toString('utf8')) as { event?: unknown }
  return typeof event === 'object' && event !== null
    ? (event as Record<string, unknown>)
    : undefined
}
