// What a Kalshi connection does next: the difference between what is wanted and what is confirmed, as commands.
// Few at a time and one a subscription; channels that want the same share one command.

import * as command from './commands.ts'
import { tellResumed } from './resumed.ts'
import { type Command, confirm, later, reconnect, type State, scopeOf } from './state.ts'
import {
  completeUntilMs,
  MARKETS_PER_UPDATE,
  missing,
  type Subscription,
  surplus,
} from './subscriptions.ts'

const IN_FLIGHT = 4
const ANSWER_MS = 30_000
const SNAPSHOT_MS = 10_000
const MAX_FAILURES = 3

/** A command that could be sent, at `notBefore` or later. */
type Step = { readonly notBefore: number; send(): string }

/** Sends what may be sent, and sets `wakeAt`. */
export function advance(state: State, nowMs: number): void {
  if (!state.open) return
  expire(state, nowMs)
  tellResumed(state)
  let soonest = Number.POSITIVE_INFINITY
  while (state.commands.size < IN_FLIGHT) {
    const next = nextCommand(state, nowMs)
    if (typeof next === 'number') {
      soonest = next
      break
    }
    state.actions.push({ kind: 'send', text: next })
    state.nextSendMs = nowMs + state.spacingMs
  }
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
  if (state.strays.length > 0) {
    return from > nowMs ? from : command.unsubscribe(++state.lastId, state.strays.pop()!)
  }
  let soonest = Number.POSITIVE_INFINITY
  for (const sub of state.subs) {
    if (sub.command !== 0) continue
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
  // What begins comes before what ends: a market's first frames are lost for good.
  const room = Math.max(0, state.limit - sub.confirmed.size)
  const more = missing(sub, Math.min(sub.batch, MARKETS_PER_UPDATE, room), nowMs)
  if (more.length > 0) return step('add', 'add_markets', more)
  const extra = surplus(sub, MARKETS_PER_UPDATE)
  if (extra.length > 0) {
    if (extra.length < sub.confirmed.size) return step('delete', 'delete_markets', extra)
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
    one.retryAt <= nowMs
  const subs = sub.alone ? [sub] : state.subs.filter(joins)
  const channels = subs.map((one) => one.channel.name)
  const text = ask(state, 'subscribe', subs, markets ?? [], nowMs, (id) =>
    command.subscribe(id, channels, markets)
  )
  for (const one of subs) {
    one.state = 'asked'
    one.asked = { id: state.lastId, markets: markets ?? [] }
  }
  return text
}

function ask(
  state: State,
  kind: Command['kind'],
  subs: readonly Subscription[],
  markets: readonly string[],
  nowMs: number,
  text: (id: number) => string
): string {
  const id = ++state.lastId
  for (const sub of subs) sub.command = id
  const awaited = new Set(kind === 'snapshot' ? markets : [])
  state.commands.set(id, { id, kind, subs, markets, awaited, sentMs: nowMs })
  return text(id)
}

const deadline = (one: Command): number =>
  one.sentMs + (one.kind === 'snapshot' ? SNAPSHOT_MS : ANSWER_MS)

/** Commands that were never answered. */
function expire(state: State, nowMs: number): void {
  for (const one of state.commands.values()) {
    if (nowMs < deadline(one)) continue
    state.commands.delete(one.id)
    for (const sub of one.subs) {
      if (sub.command !== one.id) continue
      later(sub, nowMs)
      if (one.kind === 'subscribe' && sub.sid !== 0) {
        // Its data came, so it is there, although nobody said so.
        sub.state = 'live'
        confirm(sub, one.markets)
      } else if (
        one.kind === 'subscribe' ||
        (one.kind !== 'snapshot' && sub.failures >= MAX_FAILURES)
      ) {
        // Asked again on the same connection it might be there twice.
        reconnect(state, 'protocol', `${one.kind} was not answered for ${ANSWER_MS / 1000} s`)
      }
    }
  }
}

/** All that is wanted is confirmed, or refused for good reason. */
function isSettled(state: State, nowMs: number): boolean {
  if (!state.symbolsKnown) return false
  return state.subs.every((sub) => {
    if (sub.refused !== '') return true
    const complete = missing(sub, 1, nowMs).length === 0
    return complete && (sub.state === 'live' || (sub.state === 'new' && sub.slice !== null))
  })
}
