// What Kalshi's acks and errors change in the state of a connection. Every documented form is taken; an answer
// that fits nothing changes nothing.

import { remedyOf } from './error-codes.ts'
import type { Reply } from './replies.ts'
import {
  bySid,
  type Command,
  confirm,
  ended,
  later,
  lowerLimit,
  pause,
  reconnect,
  refuseChannel,
  refuseMarket,
  renew,
  type State,
  scopeOf,
  settle,
} from './state.ts'
import type { Subscription } from './subscriptions.ts'

type Of<K extends Reply['kind']> = Extract<Reply, { kind: K }>

/** Of a common command that failed in part, the rest is asked for one by one after this. */
const ALONE_MS = 500
const SMALLER_MS = 1_000
/** So often a market or a subscription is given up in vain. */
const MAX_REFUSALS = 3

export function applyReply(state: State, reply: Reply, nowMs: number): void {
  switch (reply.kind) {
    case 'subscribed':
      subscribed(state, reply)
      return
    case 'ok':
      ok(state, reply, nowMs)
      return
    case 'unsubscribed':
      unsubscribed(state, reply, nowMs)
      return
    case 'error':
      error(state, reply, nowMs)
      return
    case 'snapshot':
      snapshot(state, reply)
      return
    case 'lifecycle':
      if (reply.market !== '' && (reply.event === 'created' || reply.event === 'activated')) {
        state.actions.push({ kind: 'found', symbol: reply.market })
      }
      return
    case 'other':
      return
  }
}

function subscribed(state: State, reply: Of<'subscribed'>): void {
  const { channel, sid } = reply
  const fits = (sub: Subscription) => channel === null || sub.channel.name === channel
  const asked = reply.id === 0 ? pendingSubscribe(state, fits) : state.commands.get(reply.id)
  const sub =
    asked?.subs.find((one) => one.command === asked.id && fits(one)) ??
    // An ack behind an error of the same command.
    state.subs.find(
      (one) => reply.id !== 0 && one.state === 'new' && one.asked.id === reply.id && fits(one)
    )
  if (sub === undefined) {
    // Nobody waits for it: left alone, it would send every frame twice.
    if (sid > 0 && bySid(state, sid) === undefined) state.strays.push(sid)
    return
  }
  sub.state = 'live'
  sub.refused = ''
  if (sid > 0) sub.sid = sid
  sub.confirmed.clear()
  confirm(sub, sub.asked.markets)
  settle(state, sub)
  if (sub.ended !== null) {
    const { atMs, reason } = sub.ended
    state.actions.push({
      kind: 'renewed',
      sinceMs: atMs,
      reason,
      ...scopeOf(sub),
    })
    sub.ended = null
  }
  if (asked?.subs.every((one) => one.command !== asked.id)) state.commands.delete(asked.id)
}

/** The command that an ack without an id answers. */
function pendingSubscribe(state: State, fits: (sub: Subscription) => boolean): Command | undefined {
  return [...state.commands.values()].find(
    (one) => one.kind === 'subscribe' && one.subs.some((sub) => sub.command === one.id && fits(sub))
  )
}

function ok(state: State, reply: Of<'ok'>, nowMs: number): void {
  const asked = state.commands.get(reply.id)
  const sub = asked?.subs[0] ?? bySid(state, reply.sid)
  if (sub === undefined || asked?.kind === 'subscribe') return
  if (asked?.kind === 'add') confirm(sub, asked.markets)
  if (asked?.kind === 'delete') for (const market of asked.markets) sub.confirmed.delete(market)
  if (reply.markets !== null && sub.slice !== null && asked?.kind !== 'snapshot') {
    const all = new Set(reply.markets)
    for (const market of sub.confirmed) if (!all.has(market)) sub.confirmed.delete(market)
    confirm(sub, all)
    for (const market of asked?.kind === 'add' ? asked.markets : []) {
      if (!all.has(market)) refuseMarket(sub, market, nowMs)
    }
  }
  if (asked === undefined) return
  state.commands.delete(asked.id)
  settle(state, sub)
}

function unsubscribed(state: State, reply: Of<'unsubscribed'>, nowMs: number): void {
  const asked = state.commands.get(reply.id)
  const ours = asked?.kind === 'unsubscribe' ? asked.subs[0] : undefined
  if (ours !== undefined) {
    renew(state, ours)
    return
  }
  const sub = bySid(state, reply.sid)
  if (sub !== undefined) ended(state, sub, 'the exchange ended the subscription', nowMs)
}

function snapshot(state: State, reply: Of<'snapshot'>): void {
  const asked = state.commands.get(reply.id)
  if (asked?.kind !== 'snapshot') return
  asked.awaited.delete(reply.market)
  if (asked.awaited.size > 0) return
  state.commands.delete(asked.id)
  for (const sub of asked.subs) settle(state, sub)
}

function error(state: State, reply: Of<'error'>, nowMs: number): void {
  state.lastError = `error ${reply.code}: ${reply.text}`
  const remedy = remedyOf(reply.code)
  if (remedy === 'reconnect') {
    reconnect(state, 'unauthorized', state.lastError)
    return
  }
  const asked = state.commands.get(reply.id)
  if (asked === undefined) {
    unasked(state, reply, nowMs)
    return
  }
  state.commands.delete(asked.id)
  if (remedy === 'wait') pause(state, nowMs)
  // Of a common command, what was confirmed before the error is well.
  const subs = asked.subs.filter((sub) => sub.command === asked.id)
  const common = subs.length > 1 && remedy !== 'wait' && remedy !== 'harmless'
  for (const sub of subs) {
    sub.command = 0
    if (sub.state === 'asked') sub.state = 'new'
    if (common) {
      sub.alone = true
      sub.retryAt = nowMs + ALONE_MS
    } else mend(state, sub, asked, reply, nowMs)
  }
}

/** An error that answers nothing: it tells that a subscription is over. */
function unasked(state: State, reply: Of<'error'>, nowMs: number): void {
  if (remedyOf(reply.code) !== 'resubscribe') return
  // The answer to a command that is forgotten: its subscription has been made anew since.
  if (reply.id !== 0 && reply.sid === 0) return
  const live = state.subs.filter((sub) => sub.state === 'live')
  const only = reply.sid === 0 && live.length === 1 ? live[0] : undefined
  const sub = bySid(state, reply.sid) ?? only
  if (sub !== undefined) ended(state, sub, state.lastError, nowMs)
  // Some subscription is dead and it does not say which.
  else if (reply.sid === 0) reconnect(state, 'protocol', state.lastError)
}

/** One subscription, whose command was answered by an error. */
function mend(
  state: State,
  sub: Subscription,
  asked: Command,
  reply: Of<'error'>,
  nowMs: number
): void {
  const { markets } = asked
  switch (remedyOf(reply.code)) {
    case 'harmless':
      if (asked.kind === 'subscribe') sub.state = 'live'
      confirm(sub, markets)
      settle(state, sub)
      return
    case 'resubscribe':
      // For a subscription that is not there yet, or no longer wanted, nothing is lost.
      if (sub.state === 'live') {
        ended(state, sub, state.lastError, nowMs)
        return
      }
      renew(state, sub)
      later(sub, nowMs)
      return
    case 'smaller':
      sub.retryAt = nowMs + SMALLER_MS
      lowerLimit(state, sub.confirmed.size || Math.floor(markets.length / 2))
      return
    case 'retry':
      later(sub, nowMs)
      return
    case 'refused':
      refuseChannel(state, sub, nowMs)
      return
    case 'narrow':
      narrow(state, sub, asked, reply, nowMs)
      return
    case 'wait':
    case 'reconnect':
      return
  }
}

/** The exchange dislikes something in the command. */
function narrow(
  state: State,
  sub: Subscription,
  asked: Command,
  reply: Of<'error'>,
  nowMs: number
): void {
  const { markets } = asked
  switch (asked.kind) {
    case 'snapshot':
      // It knows no get_snapshot: but a new subscription begins with one.
      sub.state = 'ending'
      return
    case 'unsubscribe':
    case 'delete':
      later(sub, nowMs)
      if (sub.failures < MAX_REFUSALS) return
      // It comes from an exchange that will not let go; what it still sends is archived.
      if (asked.kind === 'unsubscribe') renew(state, sub)
      else for (const market of markets) sub.confirmed.delete(market)
      settle(state, sub)
      return
    case 'subscribe':
    case 'add': {
      if (markets.length === 0) {
        refuseChannel(state, sub, nowMs)
        return
      }
      const named = reply.markets.filter((market) => markets.includes(market))
      const culprits = named.length > 0 ? named : markets.length === 1 ? markets : []
      for (const market of culprits) refuseMarket(sub, market, nowMs)
      // It does not say which: half of them the next time, until one is left.
      if (culprits.length === 0) sub.batch = Math.max(1, Math.floor(markets.length / 2))
      sub.retryAt = nowMs + state.spacingMs
    }
  }
}
