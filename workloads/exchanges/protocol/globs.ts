// Which symbols a feed means: exact names, and globs where `*` stands for any run of characters and `?` for one.
// Matching takes time linear in pattern times name, whatever the pattern; no regular expressions.

export type SymbolFilter = {
  /** Nothing is left out: whole channels can be asked for without naming symbols. */
  readonly everything: boolean
  /** Names to have whether or not discovery knows them, without those that `exclude` takes out. */
  readonly exact: readonly string[]
  /** There are patterns, so that the exchange must be asked what there is. */
  readonly globs: readonly string[]
  matches(symbol: string): boolean
}

const isGlob = (pattern: string): boolean => pattern.includes('*') || pattern.includes('?')

/** Absent, empty or `*` means everything. */
export function symbolFilter(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined
): SymbolFilter {
  const wanted = include === undefined || include.length === 0 ? ['*'] : include
  const refused = exclude ?? []
  const isOut = (symbol: string) => refused.some((pattern) => matchesGlob(pattern, symbol))
  const exact = [...new Set(wanted.filter((name) => !isGlob(name) && !isOut(name)))]
  const globs = wanted.filter(isGlob)
  const names = new Set(exact)
  return {
    everything: globs.includes('*') && refused.length === 0,
    exact,
    globs,
    matches: (symbol) =>
      names.has(symbol) || (globs.some((g) => matchesGlob(g, symbol)) && !isOut(symbol)),
  }
}

/** Whether the whole of `text` is what `glob` describes. */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0
  let t = 0
  let star = -1
  let from = 0
  while (t < text.length) {
    if (g < glob.length && (glob[g] === '?' || (glob[g] === text[t] && glob[g] !== '*'))) {
      g++
      t++
    } else if (glob[g] === '*') {
      star = g++
      from = t
    } else if (star >= 0) {
      // The last star takes one character more.
      g = star + 1
      t = ++from
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}
