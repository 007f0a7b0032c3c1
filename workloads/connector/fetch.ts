// One question of a session over HTTP. The body is kept as it is received, so no compression is asked for; time and size are
// bounded, and it never throws: what went wrong is part of the answer.

import type { Answer } from '#exchanges/protocol/adapter.ts'
import { failureOf } from '#exchanges/protocol/failure.ts'
import { shownQuestion } from '#exchanges/protocol/rest.ts'

export type Fetch = (url: string, signal: AbortSignal) => Promise<Answer>

const ANSWER_MS = 15_000
/** A book of 5,000 levels is some 300 KB. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_WORDS = 300
const NONE = Buffer.alloc(0)

export const fetcher =
  (nowMs: () => number): Fetch =>
  async (url, signal) => {
    const timeout = AbortSignal.timeout(ANSWER_MS)
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', 'accept-encoding': 'identity' },
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout]),
      })
      const { status, headers } = response
      const body = await bodyOf(response)
      const words = body.toString('utf8', 0, MAX_WORDS)
      const failure = response.ok
        ? null
        : failureOf(status, headers.get('retry-after'), words, nowMs())
      return { status, body, header: (name) => headers.get(name), failure }
    } catch (thrown) {
      const error = thrown as Error & { cause?: Error }
      const what = timeout.aborted
        ? `no whole answer within ${ANSWER_MS / 1000} s`
        : (error.cause?.message ?? error.message)
      const message = `cannot ask ${shownQuestion(url)}: ${what}`
      const failure = { kind: 'network', message, status: 0, retryAfterMs: null } as const
      return { status: 0, body: NONE, header: () => null, failure }
    }
  }

async function bodyOf({ body }: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes, which is the limit`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
