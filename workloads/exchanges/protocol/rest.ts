// One question to an exchange over REST, answered by a JSON object with a list in it. Size, time and shape are bounded,
// and every way it can fail names the request, the limit and what was found.

import { ExchangeError, type Failure } from './adapter.ts'
import { failureOf, shownUrl, unreachable } from './failure.ts'
import { JsonList, JsonListError } from './json-list.ts'

export type Question = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Name of the list in the answer. */
  readonly list: string
  /** Other members that are wanted. */
  readonly keep: readonly string[]
  onItem(item: unknown): void
}

export type AskOptions = {
  readonly nowMs: () => number
  readonly fetch?: typeof fetch
  /** Bytes of an answer after decompression. Default 64 MiB: a thousand markets of Kalshi are some 3 MB. */
  readonly maxBytes?: number
  /** Bytes of one entry, or of one member that is kept. Default 256 KiB. */
  readonly maxItemBytes?: number
  /** For the whole answer. Default 15 s. */
  readonly timeoutMs?: number
}

const MAX_BYTES = 64 * 1024 * 1024
/** A market of Kalshi is some 3 KB. */
const MAX_ITEM_BYTES = 256 * 1024
const ANSWER_MS = 15_000
/** What is read of an answer that is an error. */
const MAX_ERROR_BYTES = 2_000
const MAX_SHOWN = 300

/**
 * Asks, hands over each entry as it comes, and returns the members to keep. A list that is null is empty. Throws
 * ExchangeError; entries that came before it are good.
 */
export async function ask(
  question: Question,
  options: AskOptions,
  signal: AbortSignal
): Promise<ReadonlyMap<string, unknown>> {
  const { url, headers, list, keep, onItem } = question
  const { maxBytes = MAX_BYTES, maxItemBytes = MAX_ITEM_BYTES, timeoutMs = ANSWER_MS } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  const reader = new JsonList({ list, keep, maxBytes: maxItemBytes, onItem })
  try {
    const response = await (options.fetch ?? fetch)(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout]),
    })
    if (!response.ok) throw await refusal(response, question, options)
    let bytes = 0
    for await (const piece of piecesOf(response)) {
      bytes += piece.length
      if (bytes > maxBytes) {
        throw new JsonListError(`more than ${maxBytes} bytes, which is the limit`)
      }
      reader.write(piece)
    }
    reader.end()
  } catch (thrown) {
    if (thrown instanceof ExchangeError) throw thrown
    if (thrown instanceof JsonListError) throw badAnswer(url, thrown.message)
    if (!timeout.aborted) throw new ExchangeError(unreachable(url, thrown), thrown)
    const what = `no whole answer within ${timeoutMs / 1000} s`
    throw failed('network', `cannot ask ${shownQuestion(url)}: ${what}`, thrown)
  }
  if (reader.found === 'nothing') throw badAnswer(url, `an object without \`${list}\``)
  if (reader.found === 'other') throw badAnswer(url, `\`${list}\` that is not a list`)
  return reader.kept
}

/** An answer that has the wrong shape. */
export const badAnswer = (url: string, what: string): ExchangeError =>
  failed('protocol', `${shownQuestion(url)} answered ${what}`)

/** A request as messages show it: path and query, but nothing that could be a secret. */
export function shownQuestion(url: string): string {
  const { search } = new URL(url)
  const text = `${shownUrl(url)}${search}`
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

function failed(kind: 'network' | 'protocol', message: string, cause?: unknown): ExchangeError {
  return new ExchangeError({ kind, message, status: 0, retryAfterMs: null }, cause)
}

async function refusal(
  response: Response,
  { url }: Question,
  { nowMs }: AskOptions
): Promise<ExchangeError> {
  const { status, headers } = response
  let body = ''
  for await (const piece of piecesOf(response)) {
    body += Buffer.from(piece).toString('utf8')
    if (body.length > MAX_ERROR_BYTES) break
  }
  const failure: Failure = failureOf(
    status,
    headers.get('retry-after'),
    body.slice(0, MAX_ERROR_BYTES),
    nowMs()
  )
  return new ExchangeError({ ...failure, message: `${shownQuestion(url)}: ${failure.message}` })
}

/** The body as it comes, decompressed; what is not read to its end is cancelled. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body
}
