// Several ways of answering one question, in turn, so that whatever else the computer does slows all of them; the best time of each.

export type Ways<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>

export const ROUNDS = 5

/** Milliseconds; throws if two ways do not give the same answer. */
export async function bestOf<Name extends string>(
  ways: Ways<Name>,
  rounds = ROUNDS
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[]
  const best = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY]))
  const answers = new Map<Name, string>()
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now()
      const answer = await ways[name]()
      best[name] = Math.min(best[name]!, performance.now() - start)
      if (answer !== undefined) answers.set(name, JSON.stringify(answer))
    }
  }
  if (new Set(answers.values()).size > 1) {
    const told = [...answers].map(([name, answer]) => `${name} ${answer}`).join(', ')
    throw new Error(`they do not give the same answer: ${told}`)
  }
  return best as Record<Name, number>
}

/** `12.3x, target 2x: met`. */
export const against = (theirs: number, ours: number, target: number): string =>
  `${(theirs / ours).toFixed(1)}x as fast; target ${target}x: ${theirs / ours >= target ? 'met' : 'missed'}`

export const below = (value: number, target: number, unit: string): string =>
  `target < ${target} ${unit}: ${value < target ? 'met' : 'missed'}`
