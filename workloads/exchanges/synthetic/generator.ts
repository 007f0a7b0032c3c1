// Sends synthetic frames at a rate, inside this process. Paced by the clock, not by a timer a frame: each tick sends
// what is due. What it could not send in time it does not send in a rush; it is late instead, and no frame is left out.

import type { Listener } from '../protocol/adapter.ts'
import { type SyntheticOptions, syntheticFrame } from './content.ts'

export type GeneratorOptions = SyntheticOptions & {
  /** Frames a second. */
  readonly rate: number
  /** Number of frames, then silence; Infinity for no end. */
  readonly limit: number
  readonly nowMs: () => number
}

const TICK_MS = 2
/** After a pause longer than this the pace starts again. */
const BEHIND_MS = 100
/** A tick yields to the rest of the process after this many frames. */
const FRAMES_A_TICK = 2_000
/** It pings, as a real exchange does, so that its silence is not taken for death. */
const PING_MS = 10_000

/** Opens immediately and sends until it is closed. */
export function startGenerator(options: GeneratorOptions, listener: Listener): void {
  const { rate, limit, nowMs } = options
  let sent = 0
  let began = nowMs()
  let paced = 0
  let ended = false
  const tick = () => {
    const now = nowMs()
    let due = Math.floor(((now - began) * rate) / 1000) - paced
    if (due > Math.max(1, (rate * BEHIND_MS) / 1000)) {
      began = now
      paced = 0
      due = Math.ceil((rate * TICK_MS) / 1000)
    }
    const until = Math.min(limit, sent + Math.min(due, FRAMES_A_TICK))
    while (sent < until && !ended) {
      paced++
      listener.frame(Buffer.from(syntheticFrame(options, ++sent), 'latin1'))
    }
    if (sent >= limit) clearInterval(timer)
  }
  const timer = setInterval(tick, TICK_MS)
  const pings = setInterval(() => listener.ping(), PING_MS)
  const end = (code: number) => {
    if (ended) return
    ended = true
    clearInterval(timer)
    clearInterval(pings)
    queueMicrotask(() => listener.closed(code, ''))
  }
  listener.opened({
    send() {},
    ping() {},
    close: () => end(1000),
    terminate: () => end(1006),
  })
}
