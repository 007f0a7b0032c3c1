// Refuses types and symbols that a feed does not have, with the nearest names. What a feed has on other days is no error: the answer is
// empty then, and its quality says whether that day was captured.

import { SsmdError } from '#crds/errors.ts'
import { nearestName } from '../model/nearest.ts'
import type { QueryContext } from '../model/query.ts'
import { type HeldDay, type HeldFeed, Holdings, shortList } from './holdings.ts'

export type Names = {
  readonly types?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
}

/** Days whose indexes are searched for a symbol; an older one must be asked for by its time. */
const MOST_DAYS = 40

/** `days`: those that are asked for; they are searched first. Throws SSMD_E_NOT_FOUND. */
export async function refuseUnknown(
  context: QueryContext,
  feeds: readonly HeldFeed[],
  days: readonly HeldDay[],
  { types, symbols }: Names
): Promise<void> {
  if (types === undefined && symbols === undefined) return
  const holdings = new Holdings(context)
  const held = await holdings.days({ feeds: feeds.map(({ feed }) => feed) })
  if (types !== undefined) refuseTypes(held.days, feeds, types)
  if (symbols === undefined) return
  const asked = new Set(days.map(({ feed, day }) => `${feed} ${day}`))
  const others = held.days.filter(({ feed, day }) => !asked.has(`${feed} ${day}`))
  // The latest of a feed first.
  const searched = [...days.toReversed(), ...others.toReversed()].slice(
    0,
    Math.max(MOST_DAYS, days.length)
  )
  await refuseSymbols(holdings, searched, feeds, symbols)
}

function refuseTypes(
  days: readonly HeldDay[],
  feeds: readonly HeldFeed[],
  types: readonly string[]
): void {
  const known = new Set(days.flatMap(({ facts }) => Object.keys(facts.types)))
  for (const type of types) {
    if (!known.has(type)) throw unknown('message type', type, feeds, [...known].sort())
  }
}

async function refuseSymbols(
  holdings: Holdings,
  days: readonly HeldDay[],
  feeds: readonly HeldFeed[],
  symbols: readonly string[]
): Promise<void> {
  const missing = new Set(symbols.filter((symbol) => symbol !== ''))
  const known = new Set<string>()
  for (const day of days) {
    if (missing.size === 0) return
    const { names, hasOthers } = await holdings.symbols(day)
    // It may be among those that the index does not name.
    if (hasOthers) return
    for (const name of names) known.add(name)
    for (const symbol of missing) if (names.has(symbol)) missing.delete(symbol)
  }
  known.delete('')
  const [first] = missing
  // Frames of several symbols name none: only their content tells.
  if (first !== undefined && known.size > 0) {
    throw unknown('symbol', first, feeds, [...known].sort())
  }
}

function unknown(
  what: string,
  name: string,
  feeds: readonly HeldFeed[],
  known: readonly string[]
): SsmdError {
  const near = nearestName(name, known)
  const whose = feeds.length === 1 ? `${feeds[0]?.feed} has` : 'no feed that was asked for has'
  const no = feeds.length === 1 ? `no ${what}` : `a ${what}`
  return new SsmdError('SSMD_E_NOT_FOUND', `${whose} ${no} ${JSON.stringify(name)}`, {
    hint:
      known.length === 0
        ? 'nothing of it is archived yet'
        : near === undefined
          ? `there is: ${shortList(known)}`
          : `did you mean ${near}?`,
  })
}
