// Whether what a Feed says about an exchange without an adapter can work: what neither its schema nor a rule of an API server
// can say. Pure; for `ssmd validate`, the operator and the connector.

import type { FeedMessageType, FeedSpec } from './feed.gen.ts'
import { listWords } from './problems.ts'

export type DescriptionProblem = {
  /** Path of the field, such as `spec.messageTypes[0].symbol`. */
  readonly field: string
  readonly message: string
  readonly hint: string
}

const OWN = ['type', 'symbol', 'time', 'sequence', 'channel', 'id', 'reason', 'code'] as const
/** Fields that may stand in each entry of a list. */
const OF_ENTRIES = /^(symbol|time|trade[.].*|quote[.].*)$/

/** Everything that is wrong. Only asked where the Feed describes its exchange. */
export function descriptionProblems(spec: FeedSpec): DescriptionProblem[] {
  const { messageTypes = [], subscribe = [], symbols } = spec
  const problems = messageTypes.flatMap((type, i) => typeProblem(type, `spec.messageTypes[${i}]`))
  const namesSymbols = /\{symbols?\}/.test(JSON.stringify(subscribe))
  if (namesSymbols && symbols === undefined)
    problems.push({
      field: 'spec.symbols',
      message: 'expected symbols, found none: spec.subscribe names them',
      hint: 'give spec.symbols.include, a list of names',
    })
  const glob = symbols?.include.findIndex((symbol) => /[*?]/.test(symbol)) ?? -1
  if (namesSymbols && glob >= 0 && symbols?.discover.path === undefined)
    problems.push({
      field: `spec.symbols.include[${glob}]`,
      message: `expected exact names, found the glob ${JSON.stringify(symbols?.include[glob])}: nothing says how to ask which symbols there are`,
      hint: 'give spec.symbols.discover.path, or write the names out',
    })
  return problems
}

function typeProblem(type: FeedMessageType, at: string): DescriptionProblem[] {
  const wrong = (field: string, message: string, hint: string) => [
    { field: `${at}.${field}`, message, hint },
  ]
  const { kind = 'data', trade, quote, scope, sequence, match = '' } = type
  let list: string | null = null
  for (const [field, path] of pathsOf(type)) {
    const [head = '', ...tails] = path.split('[]')
    if (tails.length > 1)
      return wrong(
        field,
        `expected at most one [] in a path, found ${path}`,
        'name one entry, such as [0]'
      )
    if (tails.length === 0) continue
    if (!OF_ENTRIES.test(field))
      return wrong(
        field,
        `expected a path to one value, found ${path}, which leads into every entry of a list`,
        `name one entry: ${path.replace('[]', '[0]')}`
      )
    if (list !== null && list !== head)
      return wrong(
        field,
        `expected a path into ${list}[], as the others of this type, found ${path}`,
        'all paths of a type that have [] name the same list'
      )
    list = head
  }
  if (trade !== undefined && quote !== undefined)
    return wrong('quote', 'expected trade or quote, found both', 'declare two types')
  if (kind !== 'data' && (trade ?? quote) !== undefined)
    return wrong(
      'kind',
      `expected data, found ${kind} with ${trade ? 'trade' : 'quote'}`,
      'remove one of the two'
    )
  if (scope !== undefined && sequence === undefined)
    return wrong(
      'scope',
      'expected a sequence that counts in this scope, found none',
      'give sequence, or remove scope'
    )
  if (match.split('{symbol}').length > 2)
    return wrong('match', `expected {symbol} once, found ${match}`, 'write * for other parts')
  const both = (trade?.buy ?? []).filter((word) => trade?.sell?.includes(word))
  if (both.length > 0)
    return wrong(
      'trade.sell',
      `expected words that are not in buy, found ${listWords(both, 'and')}`,
      'remove them from one of the two'
    )
  return []
}

/** Every path of a type, with the name of its field. */
function pathsOf(type: FeedMessageType): (readonly [field: string, path: string])[] {
  const { buy: _, sell: __, ...trade } = type.trade ?? {}
  const all = [
    ...OWN.map((name) => [name, type[name]] as const),
    ...(type.scope?.split('+') ?? []).map((path) => ['scope', path] as const),
    ...Object.entries(trade).map(([name, path]) => [`trade.${name}`, path] as const),
    ...Object.entries(type.quote ?? {}).map(([name, path]) => [`quote.${name}`, path] as const),
  ]
  return all.flatMap(([field, path]) => (path === undefined ? [] : [[field, path] as const]))
}
