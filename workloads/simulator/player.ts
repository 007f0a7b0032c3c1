// Moves a source by the clock, at recorded speed, N times as fast or as fast as the clients read, and hands
// its frames to the hub. The only place that knows when something is sent.
import { setImmediate as turn } from 'node:timers/promises'
import type { GeneratedExchange } from '#exchanges/simulation/venue.ts'
import { pause } from '#role/backoff.ts'
import type { Hub, HubLog } from './hub.ts'
import type { Replay } from './replay.ts'

export type Speed = number | 'max'

// Frames go out in batches this far apart: fine enough for a market, coarse enough to be cheap.
const TICK_MS = 5
// While nothing is to be sent, faults are checked this often.
const IDLE_MS = 20
// At full speed this many frames are composed before the clients are served.
const BATCH = 256
// At a given rate this many at most before the sockets get their turn.
const SLICE = 2_000
// A recording starts when no more subscriptions have come for this long, where not all of it is subscribed to.
export const SETTLE_MS = 1_000
// A longer silence of a recording is cut down: files of different days play one after the other.
const SILENCE_MS = 60_000
const SILENCE_LEFT_MS = 1_000
// Bursts are a matter of low rates: who asks for more than this measures, and wants it even.
const EVEN_RATE = 5_000
const BURSTS = [0.25, 2.5, 0.5, 0.75] as const
const BURST_SLOT_MS = 250

type PlayerOptions = {
  readonly hub: Hub
  readonly speed: Speed
  readonly signal: AbortSignal
  readonly log: HubLog
  /** Monotonic milliseconds with a fraction. */
  readonly now: () => number
  /** Default `SETTLE_MS`. */
  readonly settleMs?: number
}

/** Serves faults until the end; everything has been sent. */
async function idle({ hub, signal }: PlayerOptions): Promise<void> {
  while (!signal.aborted) {
    hub.poll()
    hub.flush()
    await pause(IDLE_MS, signal)
  }
}

/** How many times the mean rate a moment has; its mean over each second is 1. */
export function burstAt(ms: number, rate: number): number {
  if (rate > EVEN_RATE) return 1
  return BURSTS[Math.floor(ms / BURST_SLOT_MS) % BURSTS.length] as number
}

/** The generated market, without end. While no client is subscribed, time continues and nothing trades. */
export async function playGenerated(
  exchange: GeneratedExchange,
  rate: number,
  options: PlayerOptions
): Promise<void> {
  if (options.speed === 'max') return playGeneratedAtFullSpeed(exchange, rate, options)
  const { hub, speed, signal, now } = options
  const startMs = exchange.nowMs
  const startedAt = now()
  let last = startedAt
  let owed = 0
  while (!signal.aborted) {
    await pause(hub.subscribed ? TICK_MS : IDLE_MS, signal)
    const at = now()
    hub.poll()
    const exchangeMs = startMs + (at - startedAt) * speed
    // After our own stall, a second's worth is made up for and the rest never happened.
    const elapsed = Math.min(1000, at - last) * speed
    last = at
    if (hub.frozen || !hub.subscribed) owed = 0
    else owed += (elapsed * rate * burstAt(exchangeMs, rate)) / 1000
    const count = Math.floor(owed)
    owed -= count
    // Frozen, the market stands still: nothing trades and no client is sent anything.
    if (hub.frozen) continue
    const fromMs = exchange.nowMs
    // In slices, so that a rate beyond this machine fills no memory and stops no ping.
    for (let made = 0; made <= count && !signal.aborted; made += SLICE) {
      const frames = Math.min(SLICE, count - made)
      const part = count === 0 ? 1 : (made + frames) / count
      exchange.advance(fromMs + (exchangeMs - fromMs) * part, frames, hub)
      hub.flush()
      if (frames === SLICE) await turn()
    }
  }
}

async function playGeneratedAtFullSpeed(
  exchange: GeneratedExchange,
  rate: number,
  options: PlayerOptions
): Promise<void> {
  const { hub, signal } = options
  let exchangeMs = exchange.nowMs
  while (!signal.aborted) {
    hub.poll()
    if (hub.frozen || !hub.subscribed) {
      await pause(IDLE_MS, signal)
      continue
    }
    exchangeMs += (BATCH * 1000) / rate
    exchange.advance(exchangeMs, BATCH, hub)
    hub.flush()
    await hub.drained(signal)
    await turn()
  }
}

/** A recording, once: from when enough is subscribed to until its last frame. */
export async function playReplay(replay: Replay, options: PlayerOptions): Promise<void> {
  const { hub, speed, signal, now, log } = options
  await subscribedTo(replay, options)
  let nextMs = await replay.ready()
  let recordedMs = nextMs ?? 0
  let startedAt = now()
  if (nextMs !== null) log.info({ speed, frames: replay.total }, 'replay starts')
  while (!signal.aborted && nextMs !== null) {
    hub.poll()
    if (hub.frozen) {
      const from = now()
      await pause(TICK_MS, signal)
      startedAt += now() - from
      continue
    }
    // At full speed time means nothing: what no client listens to waits for one.
    if (speed === 'max' && !hub.subscribed) await subscribedTo(replay, options)
    const until =
      speed === 'max' ? Number.POSITIVE_INFINITY : recordedMs + (now() - startedAt) * speed
    if (speed !== 'max' && nextMs - until > SILENCE_MS * speed) {
      log.info({ seconds: Math.round((nextMs - until) / 1000) }, 'silence of the recording skipped')
      recordedMs = nextMs - SILENCE_LEFT_MS * speed
      startedAt = now()
      continue
    }
    const readOn = replay.play(until, BATCH, hub)
    if (readOn) nextMs = await replay.ready()
    else nextMs = replay.nextMs
    hub.flush()
    if (speed === 'max') {
      await hub.drained(signal)
      await turn()
    } else if (nextMs !== null && nextMs > until) {
      await pause(Math.min(IDLE_MS, Math.max(1, (nextMs - until) / speed)), signal)
    } else await turn()
  }
  if (nextMs === null) log.info({ frames: replay.progress.sent }, 'replay ended')
  await idle(options)
}

/** Waits until all that is recorded is subscribed to, or something is and no more is asked for. */
async function subscribedTo(replay: Replay, options: PlayerOptions): Promise<void> {
  const { hub, signal, now } = options
  const contents = [...replay.contents()]
  let changedAt = now()
  let wake: () => void = () => {}
  let covered = false
  const look = (): void => {
    changedAt = now()
    covered = hub.subscribed && contents.every(({ channel, market }) => hub.wants(channel, market))
    wake()
  }
  const unlisten = hub.onChange(look)
  look()
  while (!signal.aborted) {
    if (covered) break
    if (hub.subscribed && now() - changedAt >= (options.settleMs ?? SETTLE_MS)) break
    hub.poll()
    await Promise.race([
      new Promise<void>((resolve) => {
        wake = resolve
      }),
      pause(IDLE_MS * 5, signal),
    ])
  }
  unlisten()
}
