// A live stream on its way to a caller: as fast as the caller reads and no faster, with a heartbeat while nothing happens. Nothing is
// held for a caller but one piece; one that takes nothing for too long is cut off, and may continue with the id of its last event.

import { toSsmdError } from '#crds/errors.ts'
import { Waking } from '#events/waking.ts'
import { Body, CallerGone } from '../http/body.ts'
import type { Limits } from '../http/limits.ts'
import { problemOf } from '../http/problem.ts'
import type { ApiContext } from '../http/route.ts'
import { eventText, heartbeatText, type Tail } from './sse.ts'

export type StreamLimits = Pick<Limits, 'slowReaderMs' | 'hurriedReaderMs' | 'heartbeatMs'>

export type SendOptions = {
  readonly limits: StreamLimits
  /** Aborted when the caller is gone or the program stops. */
  readonly signal: AbortSignal
  /** Things to say between the events, in order; `wake` is called when there is one. */
  readonly notices?: (wake: () => void) => Disposable & { readonly take: () => string }
}

/** How long a browser waits before it connects again: a server that restarts is back by then. */
const RETRY_MS = 2_000

/** Opens a tail, and sends it until the signal or its end. An error of the opening is thrown, a later one becomes an event `problem`, the last one. */
export async function sendTail(
  ctx: ApiContext,
  open: () => Tail | Promise<Tail>,
  options: SendOptions
): Promise<void> {
  const { limits, signal } = options
  // Headers alone open nothing.
  const tail = ctx.method === 'HEAD' ? null : await open()
  ctx.state.format = 'sse'
  ctx.status = 200
  ctx.set('Content-Type', 'text/event-stream; charset=utf-8')
  ctx.set('Cache-Control', 'no-store')
  // nginx would gather what is sent.
  ctx.set('X-Accel-Buffering', 'no')
  if (tail === null) {
    ctx.body = ''
    return
  }
  const body = new Body(ctx, { gzip: false, limits, onStart: () => {}, trailers: [] })
  const write = (text: string): Promise<void> => body.write(Buffer.from(text))
  // One for all that may happen: racing promises would gather what waits for the slowest of them.
  const waking = new Waking(signal)
  using notices = options.notices?.(() => waking.wake())
  let result: IteratorResult<string, void> | undefined
  const ask = (): void => {
    result = undefined
    tail.texts.next().then(
      (next) => {
        result = next
        waking.wake()
      },
      (thrown) => waking.fail(thrown)
    )
  }
  let isQuiet = false
  const quiet = setTimeout(() => {
    isQuiet = true
    waking.wake()
  }, limits.heartbeatMs)
  try {
    await body.start()
    await write(`retry: ${RETRY_MS}\n${heartbeatText(tail.position())}`)
    ask()
    for (;;) {
      await waking.next()
      const said = notices?.take() ?? ''
      const got: IteratorResult<string, void> | undefined = result
      if (got?.done) break
      const text = said + (got?.value ?? '')
      if (text !== '') await write(text)
      else if (isQuiet) await write(heartbeatText(tail.position()))
      if (text !== '' || isQuiet) quiet.refresh()
      isQuiet = false
      if (got !== undefined) ask()
    }
    await body.end({})
  } catch (thrown) {
    if (thrown instanceof CallerGone || signal.aborted || !body.isStarted) throw thrown
    const { status, title, detail, code, hint } = problemOf(thrown, ctx.path, ctx.state.requestId)
    const data = JSON.stringify({ status, title, detail, code, hint })
    await write(eventText({ event: 'problem', data }))
    await body.end({})
    // Said to the caller; the log has what is our fault.
    if (toSsmdError(thrown).code === 'SSMD_E_INTERNAL') throw thrown
  } finally {
    clearTimeout(quiet)
    waking.close()
    void tail.texts.return()
  }
}
