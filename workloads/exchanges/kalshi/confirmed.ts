// What Kalshi confirms: acks in time, late or lost. Whatever was confirmed is live once, and what would exist twice
// is released.

import { confirmFound, found } from './refusals.ts'
import type { Reply } from './replies.ts'
import { bySid, type Command, type State, settle } from './state.ts'
import type { Subscription } from './subscriptions.ts'

type Of<K extends Reply['kind']> = Extract<Reply, { kind: K }>

export function subscribed(state: State, reply: Of<'subscribed'>, nowMs: number): void {
  const { channel, sid } = reply
  const fits = (sub: Subscription) =>
    (channel === null || sub.channel.name === channel) && waits(sub)
  const asked = askedFor(state, reply.id, fits)
  const sub = asked?.subs.find(fits)
  if (asked === undefined || sub === undefined) {
    giveBack(state, sid)
    return
  }
  state.answered = true
  // Late, and over already.
  if (state.lapsed.has(asked.id) && state.over.has(sid)) return
  state.over.delete(sid)
  asked.answered = true
  goLive(state, sub, sid, asked.markets, nowMs)
  if (asked.subs.every((one) => one.command !== asked.id)) state.commands.delete(asked.id)
}

/** An ack is welcome: to the command under way, or late to one before it. */
const waits = (sub: Subscription): boolean => sub.state === 'asked' || sub.state === 'new'

/** The command that an ack answers. Without an id it is the oldest one that fits. */
function askedFor(
  state: State,
  id: number,
  fits: (sub: Subscription) => boolean
): Command | undefined {
  if (id !== 0) return state.commands.get(id) ?? state.lapsed.get(id)
  const open = (one: Command) => one.kind === 'subscribe' && one.subs.some(fits)
  return (
    [...state.commands.values()].find(
      (one) => open(one) && one.subs.some((sub) => sub.command === one.id && fits(sub))
    ) ?? [...state.lapsed.values()].find(open)
  )
}

/** Left alone, it would send every frame twice. */
export function giveBack(state: State, sid: number): void {
  if (sid > 0 && bySid(state, sid) === undefined && !state.strays.includes(sid)) {
    state.strays.push(sid)
  }
}

/** The exchange has this subscription: it said so, or its frames say so. */
export function goLive(
  state: State,
  sub: Subscription,
  sid: number,
  markets: readonly string[],
  nowMs: number
): void {
  sub.state = 'live'
  if (sid > 0) sub.sid = sid
  const stray = state.strays.indexOf(sid)
  if (stray >= 0) state.strays.splice(stray, 1)
  sub.confirmed.clear()
  sub.uncertain.clear()
  confirmFound(state, sub, markets)
  const wasSilent = sub.refused?.kind === 'unanswered'
  found(state, sub, nowMs)
  settle(state, sub)
  if (!wasSilent) return
  // The channel answers again: its other subscriptions need not wait.
  for (const other of state.subs) {
    if (other.channel === sub.channel && other.refused?.kind === 'unanswered') other.retryAt = 0
  }
}

/** Our subscriptions that the exchange has: a subscription that it never confirmed is one that need not be asked for again. */
export function listed(state: State, reply: Of<'list'>, nowMs: number): void {
  const asked = state.commands.get(reply.id)
  if (asked?.kind !== 'list') return
  state.commands.delete(asked.id)
  state.answered = true
  for (const sub of asked.subs) sub.command = 0
  const lost = new Map<Subscription, Command>()
  for (const sub of state.subs) {
    if (!sub.doubtful) continue
    const commands = lostAsks(state, sub)
    // One that was sent after the list does not stand in it.
    if (commands.some(({ id }) => id > asked.id)) continue
    sub.doubtful = false
    const [only] = commands
    // Of several with other markets, it is unknown which of them it is.
    if (only !== undefined && commands.every(sameAs(only))) lost.set(sub, only)
  }
  for (const { channel, sid } of reply.subscriptions) {
    if (bySid(state, sid) !== undefined || state.over.has(sid)) continue
    const same = state.subs.filter((sub) => sub.channel.name === channel)
    // Its sid comes with its first frame, or its ack is on the way.
    if (same.some((sub) => sub.state === 'asked' || (sub.state === 'live' && sub.sid === 0)))
      continue
    const mine = same.filter((sub) => sub.state === 'new' && lost.has(sub))
    if (mine.length === 1) goLive(state, mine[0]!, sid, lost.get(mine[0]!)!.markets, nowMs)
    else giveBack(state, sid)
  }
}

/** The subscribes of it that were never answered. */
export const lostAsks = (state: State, sub: Subscription): readonly Command[] =>
  [...state.lapsed.values()].filter(
    ({ kind, failed, subs }) => kind === 'subscribe' && !failed && subs.includes(sub)
  )

export const sameAs =
  (one: Command) =>
  (other: Command): boolean =>
    one.markets.length === other.markets.length &&
    one.markets.every((market, i) => market === other.markets[i])
