// What a Kalshi connection does next: the difference between what is wanted and what is confirmed, as commands.
// Few at a time and one a subscription; channels that want the same share one command.

import * as command from './commands.ts'
import { goLive } from './confirmed.ts'
import { refuseChannel, refuseMarket, tellAtMs, tellMissing } from './refusals.ts'
import { tellResumed } from './resumed.ts'
import {
  type Command,
  lapse,
  later,
  reconnect,
  type State,
  scopeOf,
  settle,
  wantRebuild,
} from './state.ts'
import {
  completeUntilMs,
  isWanted,
  MARKETS_PER_UPDATE,
  missing,
  type Subscription,
  surplus,
} from './subscriptions.ts'

/** Commands of which nothing is answered yet, at most. */
const IN_FLIGHT = 4
/** As many again for those that failed before: what is never answered holds up nothing else. */
const AGAIN_IN_FLIGHT = 2
const ANSWER_MS = 10_000
/** A connection on which no command at all was answered for so long is given up: nothing is lost by it. */
const MUTE_MS = 30_000

/** A command that could be sent, at `notBefore` or later. */
type Step = { readonly notBefore: number; send(): string }

/** Sends what may be sent, and sets `wakeAt`. */
export function advance(state: State, nowMs: number): void {
  if (!state.open) return
  expire(state, nowMs)
  tellResumed(state)
  let soonest = Number.POSITIVE_INFINITY
  for (;;) {
    const next = nextCommand(state, nowMs)
    if (typeof next === 'number') {
      soonest = next
      break
    }
    state.actions.push({ kind: 'send', text: next })
    state.nextSendMs = nowMs + state.spacingMs
  }
  tellMissing(state, nowMs)
  soonest = Math.min(soonest, tellAtMs(state))
  for (const one of state.commands.values()) soonest = Math.min(soonest, deadline(one))
  if (!state.ready && isSettled(state, nowMs)) {
    state.ready = true
    state.actions.push({ kind: 'ready', symbols: state.slices.size })
  }
  state.wakeAt = soonest
}

/** The next command as text, or when there may be one. */
function nextCommand(state: State, nowMs: number): string | number {
  const from = Math.max(state.nextSendMs, state.pausedUntil)
  const isOpen = windows(state)
  let soonest = Number.POSITIVE_INFINITY
  if (state.strays.length > 0 && isOpen.fresh) {
    return from > nowMs ? from : giveBack(state, state.strays.pop()!, nowMs)
  }
  for (const sub of state.subs) {
    if (sub.command !== 0 || !(failedBefore(sub) ? isOpen.again : isOpen.fresh)) continue
    const step = difference(state, sub, nowMs)
    if (step === null) {
      // Where only refused markets are missing, the first of them says when to look again.
      const until = completeUntilMs(sub)
      if (until > nowMs) soonest = Math.min(soonest, until)
      continue
    }
    const at = Math.max(from, sub.retryAt, step.notBefore)
    if (at <= nowMs) return step.send()
    if (at === from) return from // no other can be sooner
    soonest = Math.min(soonest, at)
  }
  return soonest
}

const failedBefore = (sub: Subscription): boolean => sub.failures > 0 || sub.doubtful

/** Whether another command may be sent: one that is tried first, and one that failed before. */
function windows(state: State): { readonly fresh: boolean; readonly again: boolean } {
  let fresh = 0
  let again = 0
  for (const one of state.commands.values()) {
    if (one.again) again++
    else if (!one.answered) fresh++
  }
  return { fresh: fresh < IN_FLIGHT, again: again < AGAIN_IN_FLIGHT }
}

/** Ends a subscription that no command waited for. */
function giveBack(state: State, sid: number, nowMs: number): string {
  return ask(state, 'unsubscribe', [], [], nowMs, (id) => command.unsubscribe(id, sid), sid)
}

/** What stands between what this subscription is and what it should be. */
function difference(state: State, sub: Subscription, nowMs: number): Step | null {
  const { slice, sid } = sub
  const now = (send: () => string): Step => ({ notBefore: 0, send })
  // A filter that becomes empty might mean everything: better no subscription for a moment.
  if (sub.state === 'live' && slice?.wanted.size === 0) sub.state = 'ending'
  switch (sub.state) {
    case 'asked':
      return null
    case 'new': {
      if (sub.doubtful)
        return now(() => ask(state, 'list', [sub], [], nowMs, command.listSubscriptions))
      if (slice === null) return now(() => subscribe(state, sub, null, nowMs))
      const markets = missing(sub, Math.min(sub.batch, state.limit), nowMs)
      return markets.length === 0 ? null : now(() => subscribe(state, sub, markets, nowMs))
    }
    case 'ending':
      if (sid === 0) return null
      return now(() =>
        ask(state, 'unsubscribe', [sub], [], nowMs, (id) => command.unsubscribe(id, sid))
      )
    case 'live':
      return sid === 0 || slice === null ? null : update(state, sub, nowMs)
  }
}

/** The next change of a live subscription. */
function update(state: State, sub: Subscription, nowMs: number): Step | null {
  const step = (
    kind: 'add' | 'delete' | 'snapshot',
    action: Parameters<typeof command.updateSubscription>[2],
    markets: readonly string[]
  ): Step => ({
    notBefore: 0,
    send: () =>
      ask(state, kind, [sub], markets, nowMs, (id) =>
        command.updateSubscription(id, sub.sid, action, markets)
      ),
  })
  if (sub.uncertain.size > 0) {
    const unsure = [...sub.uncertain].filter((market) => isWanted(sub, market, nowMs))
    if (unsure.length > 0) return step('add', 'add_markets', unsure.slice(0, MARKETS_PER_UPDATE))
  }
  // What begins comes before what ends: a market's first frames are lost for good.
  const room = Math.max(0, state.limit - sub.confirmed.size)
  const more = missing(sub, Math.min(sub.batch, MARKETS_PER_UPDATE, room), nowMs)
  if (more.length > 0) return step('add', 'add_markets', more)
  const extra = surplus(sub, MARKETS_PER_UPDATE)
  if (extra.length > 0) {
    if (leavesAny(sub, extra)) return step('delete', 'delete_markets', extra)
    sub.state = 'ending'
    return difference(state, sub, nowMs)
  }
  const { rebuild } = sub
  if (!rebuild.wanted) return null
  const markets = [...sub.confirmed]
  return {
    notBefore: rebuild.notBefore,
    send() {
      rebuild.wanted = false
      rebuild.lastMs = nowMs
      const symbols = markets.length
      state.actions.push({
        kind: 'rebuild',
        how: 'get_snapshot',
        symbols,
        ...scopeOf(sub),
      })
      return step('snapshot', 'get_snapshot', markets).send()
    },
  }
}

/** The filter is surely not empty after this. */
function leavesAny(sub: Subscription, extra: readonly string[]): boolean {
  if (sub.uncertain.size === 0) return extra.length < sub.confirmed.size
  const out = new Set(extra)
  for (const market of sub.confirmed) {
    if (!sub.uncertain.has(market) && !out.has(market)) return true
  }
  return false
}

/** One command for all channels that want the same: they then begin at the same frame. */
function subscribe(
  state: State,
  sub: Subscription,
  markets: readonly string[] | null,
  nowMs: number
): string {
  const joins = (one: Subscription) =>
    one.slice === sub.slice &&
    one.state === 'new' &&
    one.command === 0 &&
    !one.alone &&
    !one.doubtful &&
    one.retryAt <= nowMs
  const subs = sub.alone ? [sub] : state.subs.filter(joins)
  const channels = subs.map((one) => one.channel.name)
  const text = ask(state, 'subscribe', subs, markets ?? [], nowMs, (id) =>
    command.subscribe(id, channels, markets)
  )
  for (const one of subs) one.state = 'asked'
  return text
}

function ask(
  state: State,
  kind: Command['kind'],
  subs: readonly Subscription[],
  markets: readonly string[],
  nowMs: number,
  text: (id: number) => string,
  stray = 0
): string {
  const id = ++state.lastId
  const again = subs.length > 0 && subs.every(failedBefore)
  for (const sub of subs) sub.command = id
  const awaited = new Set(kind === 'snapshot' ? markets : [])
  const one = { id, kind, subs, markets, awaited, sentMs: nowMs, again, stray }
  state.commands.set(id, { ...one, answered: false, failed: false })
  return text(id)
}

const deadline = (one: Command): number => one.sentMs + ANSWER_MS

/** Commands that were never answered. Each is asked again later, and affects only what it is about. */
function expire(state: State, nowMs: number): void {
  for (const one of state.commands.values()) {
    if (nowMs < deadline(one)) continue
    lapse(state, one)
    if (one.stray !== 0) state.strays.push(one.stray)
    for (const sub of one.subs) if (sub.command === one.id) unanswered(state, sub, one, nowMs)
  }
  const mute = !state.answered && state.subs.some(({ refused }) => isMute(refused, nowMs))
  if (mute) reconnect(state, 'protocol', `no command was answered for ${MUTE_MS / 1000} s`)
}

const isMute = (refused: Subscription['refused'], nowMs: number): boolean =>
  refused?.kind === 'unanswered' && nowMs - refused.sinceMs >= MUTE_MS

function unanswered(state: State, sub: Subscription, one: Command, nowMs: number): void {
  const { said } = state
  const also = said !== null && said.atMs >= one.sentMs ? `; it said ${said.words}` : ''
  const words = `${one.kind} was not answered for ${ANSWER_MS / 1000} s${also}`
  const reason = { kind: 'unanswered', words, sinceMs: one.sentMs } as const
  sub.command = 0
  switch (one.kind) {
    case 'subscribe':
      // Its data came, so it exists, although no answer confirmed it.
      if (sub.sid !== 0) {
        goLive(state, sub, sub.sid, one.markets, nowMs)
        return
      }
      sub.state = 'new'
      sub.alone = true
      sub.doubtful = true
      refuseChannel(state, sub, reason, nowMs)
      return
    case 'list':
      // Neither is this: asked for again after all, and what then comes twice is released.
      sub.doubtful = false
      return
    case 'add':
      for (const market of one.markets) {
        sub.confirmed.add(market)
        sub.uncertain.add(market)
        refuseMarket(sub, market, reason, nowMs)
      }
      return
    case 'snapshot':
      if (one.awaited.size < one.markets.length) settle(state, sub)
      wantRebuild(sub, nowMs)
      return
    case 'delete':
      for (const market of one.markets) sub.uncertain.add(market)
      later(sub, nowMs)
      return
    case 'unsubscribe':
      later(sub, nowMs)
  }
}

/** All that is wanted is confirmed, or refused for good reason. */
function isSettled(state: State, nowMs: number): boolean {
  if (!state.symbolsKnown) return false
  return state.subs.every((sub) => {
    if (sub.refused !== null) return sub.refused.kind === 'refused' || state.answered
    const complete = missing(sub, 1, nowMs).length === 0
    return complete && (sub.state === 'live' || (sub.state === 'new' && sub.slice !== null))
  })
}
