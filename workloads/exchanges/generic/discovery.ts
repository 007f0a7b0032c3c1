// Which symbols an exchange has: one question over REST, whose answer a Feed describes by the path of a list and of a name in
// its entries.

import { ExchangeError } from '../protocol/adapter.ts'
import { failureOf, unreachable } from '../protocol/failure.ts'
import { badAnswer, shownQuestion } from '../protocol/rest.ts'

export type DiscoveryOptions = {
  readonly url: string
  /** Paths; empty: the value itself. */
  readonly list: string
  readonly name: string
  readonly nowMs: () => number
  readonly fetch?: typeof fetch
}

const ANSWER_MS = 15_000
const MAX_BYTES = 64 * 1024 * 1024
const MAX_NAME = 128

/** All names, each once. Throws ExchangeError. */
export async function discoverNames(
  { url, list, name, nowMs, fetch: ask = fetch }: DiscoveryOptions,
  signal: AbortSignal
): Promise<readonly string[]> {
  const limit = AbortSignal.timeout(ANSWER_MS)
  let text: string
  try {
    const response = await ask(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.any([signal, limit]),
    })
    text = await bounded(response, url)
    if (!response.ok) {
      const failure = failureOf(
        response.status,
        response.headers.get('retry-after'),
        text.slice(0, 2_000),
        nowMs()
      )
      throw new ExchangeError({ ...failure, message: `${shownQuestion(url)}: ${failure.message}` })
    }
  } catch (thrown) {
    if (thrown instanceof ExchangeError) throw thrown
    throw new ExchangeError(unreachable(url, thrown), thrown)
  }
  return namesIn(text, { url, list, name })
}

/** The names in an answer; exported for tests. */
export function namesIn(
  text: string,
  { url, list, name }: Pick<DiscoveryOptions, 'url' | 'list' | 'name'>
): readonly string[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw badAnswer(url, 'something that is not JSON')
  }
  const entries = at(answer, list)
  const where = list === '' ? 'something' : `\`${list}\``
  if (!Array.isArray(entries)) throw badAnswer(url, `${where} that is not a list`)
  const names = new Set<string>()
  for (const entry of entries) {
    const value = at(entry, name)
    const symbol = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    // What cannot be a symbol of a Feed is none.
    if (symbol !== '' && symbol.length <= MAX_NAME && !/[ \t\r\n,]/.test(symbol)) names.add(symbol)
  }
  if (names.size === 0 && entries.length > 0)
    throw badAnswer(url, `a list without a name${name === '' ? '' : ` at \`${name}\``}`)
  return [...names]
}

async function bounded(response: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > MAX_BYTES) throw badAnswer(url, `more than ${MAX_BYTES} bytes, which is the limit`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** What stands at a path of names and places in lists, or undefined. */
function at(value: unknown, path: string): unknown {
  let here = value
  for (const [name, index] of path.matchAll(/\[(\d+)\]|[^.[\]]+/g)) {
    if (typeof here !== 'object' || here === null) return undefined
    const key = index ?? name
    if (!Object.hasOwn(here, key)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return here
}
