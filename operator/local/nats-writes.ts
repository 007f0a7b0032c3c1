// Watches whether JetStream accepts messages. After a failed write, nats-server (2.15.2) answers no more publishes to that
// stream, even once the disk has space again; only a restart helps. Its health endpoint names such streams.
import { setTimeout as sleep } from 'node:timers/promises'
import { type BusOptions, connectBus } from '#bus/connect.ts'
import { hasSpace } from '#role/space.ts'

/** A stream that takes no messages, and the error of its last write. */
export type Refused = { readonly stream: string; readonly reason: string }

export type Verdict =
  | { readonly kind: 'well' }
  /** `until` describes the wait, for a person. */
  | { readonly kind: 'wait'; readonly until: string }
  | { readonly kind: 'restart' }

/** A lasting refusal. Times are unix milliseconds. */
export type Refusal = {
  readonly since: number
  /** Restarts that did not help for long, and when the last one was. */
  readonly restarts: number
  readonly restartedAt: number
}

// A quota does not show in the free space, and other errors may be temporary: restart after this, then less and less often.
const OTHER_MS = 30_000
// Between two restarts for a disk that fills again and again: doubled up to the most.
const AGAIN_MS = 10_000
const MOST_MS = 600_000
/** Restarts are forgotten after this long without a refusal. */
const CALM_MS = 120_000
const LOOK_MS = 2_000
const ASK_MS = 5_000

const isFull = ({ reason }: Refused): boolean => /no space left on device/i.test(reason)

/** What to do about streams that are refused, pure. `room` is whether the disk of the store has space. */
export function judgeRefusal(
  refused: readonly Refused[],
  refusal: Refusal,
  room: boolean,
  now: number
): Verdict {
  if (refused.length === 0) return { kind: 'well' }
  const full = refused.every(isFull)
  if (full && !room) return { kind: 'wait', until: 'there is space' }
  const first = full ? 0 : OTHER_MS
  const pause =
    refusal.restarts === 0 ? 0 : Math.min(MOST_MS, AGAIN_MS * 2 ** (refusal.restarts - 1))
  const due = Math.max(refusal.since + first, refusal.restartedAt + pause)
  if (now >= due) return { kind: 'restart' }
  return { kind: 'wait', until: `${Math.ceil((due - now) / 1000)} s have passed` }
}

/** The streams that an answer of the server's health names as failing to write. */
export function refusedIn(answer: unknown): Refused[] {
  const { errors } = (answer as { data?: { errors?: unknown } }).data ?? {}
  if (!Array.isArray(errors)) return []
  return errors.flatMap(({ stream, error }: { stream?: string; error?: string }) => {
    const reason = /write error: (?:.*: )?(.+)$/.exec(error ?? '')?.[1]
    return stream === undefined || reason === undefined ? [] : [{ stream, reason }]
  })
}

export const describeRefused = (refused: readonly Refused[]): string =>
  refused.map(({ stream, reason }) => `${stream} (${reason})`).join(', ')

export type WritesOptions = {
  readonly to: Omit<BusOptions, 'signal'>
  /** The folder of the store. */
  readonly store: string
  readonly signal: AbortSignal
  nowMs(): number
  /** Receives the refused streams and what happens next, or the empty text, at each check. */
  onTrouble(text: string): void
  restart(reason: string): void
}

/** Checks until the signal aborts. */
export async function watchWrites(options: WritesOptions): Promise<void> {
  const { to, store, signal, nowMs } = options
  const nc = await connectBus({ ...to, signal }).catch((thrown) => {
    if (!signal.aborted) throw thrown
  })
  if (!nc) return
  let refusal: Refusal = { since: 0, restarts: 0, restartedAt: 0 }
  try {
    while (!signal.aborted) {
      const refused = await nc
        .request('$SYS.REQ.SERVER.PING.HEALTHZ', '{"details":true}', { timeout: ASK_MS })
        .then((message) => refusedIn(message.json()))
        // The server is down or busy, which is shown elsewhere: retry.
        .catch(() => undefined)
      if (signal.aborted) return
      const now = nowMs()
      if (refused?.length === 0) {
        const calm = now - refusal.restartedAt > CALM_MS
        refusal = { ...refusal, since: 0, restarts: calm ? 0 : refusal.restarts }
        options.onTrouble('')
      } else if (refused !== undefined) {
        if (refusal.since === 0) refusal = { ...refusal, since: now }
        // A missing store shows at the next start, in the server's error.
        const room = await hasSpace(store).catch(() => true)
        const verdict = judgeRefusal(refused, refusal, room, now)
        const what = `takes no messages for ${describeRefused(refused)}`
        if (verdict.kind === 'wait') {
          options.onTrouble(`${what}; restarts once ${verdict.until}`)
        } else if (verdict.kind === 'restart') {
          refusal = { since: 0, restarts: refusal.restarts + 1, restartedAt: now }
          options.restart(refused.every(isFull) ? `${what}, although the disk has space` : what)
        }
      }
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  } finally {
    await nc.close()
  }
}
