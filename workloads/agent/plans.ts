// What can be asked in short plain sentences without a model: each becomes calls of the same tools that a model would use. Pure.

export type PlannedCall = {
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
}

const DAY_MS = 86_400_000

/** The calls, or undefined if the sentence is none of those that are understood. */
export function planOf(
  sentence: string,
  feeds: readonly string[],
  nowMs: number
): readonly PlannedCall[] | undefined {
  const words = sentence
    .toLowerCase()
    .replace(/[^a-z0-9:._ -]+/g, ' ')
    .split(' ')
    .filter((word) => word !== '')
  const feed = feeds.find((name) => words.includes(name.toLowerCase()))
  const day = dayOf(words, nowMs)
  const has = (...any: readonly string[]): boolean => any.some((word) => words.includes(word))
  const scope = {
    ...(feed === undefined ? {} : { feed }),
    ...(day === undefined ? {} : { from: day, to: next(day) }),
  }
  if (has('explore', 'show', 'look', 'what', 'which', 'list')) {
    if (has('gaps', 'gap', 'missing', 'holes')) return [{ tool: 'gaps', input: scope }]
    if (has('signals', 'runs')) return [{ tool: 'runs', input: {} }]
    if (feed === undefined)
      return has('feeds', 'data', 'datasets', 'there')
        ? [
            { tool: 'feeds', input: {} },
            { tool: 'datasets', input: scope },
          ]
        : undefined
    if (has('symbols', 'instruments', 'markets')) return [{ tool: 'symbols', input: scope }]
    return [
      { tool: 'datasets', input: scope },
      { tool: 'gaps', input: scope },
      { tool: 'symbols', input: { ...scope, limit: 20 } },
    ]
  }
  if (has('gaps', 'missing', 'holes')) return [{ tool: 'gaps', input: scope }]
  if (has('coverage')) return [{ tool: 'coverage', input: scope }]
  if (has('fresh', 'freshness', 'late')) return [{ tool: 'freshness', input: {} }]
  if (has('why') && has('ready', 'captured', 'down')) {
    return [{ tool: 'kubectl_describe', input: { kind: 'feeds', name: feed ?? words.at(-1) } }]
  }
  return undefined
}

function dayOf(words: readonly string[], nowMs: number): string | undefined {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  if (words.includes('yesterday')) return day(nowMs - DAY_MS)
  if (words.includes('today')) return day(nowMs)
  return words.find((word) => /^\d{4}-\d{2}-\d{2}$/.test(word))
}

const next = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)
