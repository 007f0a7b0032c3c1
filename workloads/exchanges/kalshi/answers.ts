// What Kalshi's acks and errors change in the state of a connection. Every documented form is taken; an answer
// that fits nothing changes nothing.

import { goLive, listed, subscribed } from './confirmed.ts'
import { remedyOf } from './error-codes.ts'
import { confirmFound, ended, missFrom, refuseChannel, refuseMarket } from './refusals.ts'
import type { Reply } from './replies.ts'
import {
  bySid,
  type Command,
  endSid,
  lapse,
  later,
  lowerLimit,
  pause,
  reconnect,
  renew,
  type State,
  settle,
} from './state.ts'
import { isWanted, type Subscription } from './subscriptions.ts'

type Of<K extends Reply['kind']> = Extract<Reply, { kind: K }>

/** Of a common command that failed in part, the rest is asked for one by one after this. */
const ALONE_MS = 500
const SMALLER_MS = 1_000
/** So often a market or a subscription is given up in vain. */
const MAX_REFUSALS = 3

export function applyReply(state: State, reply: Reply, nowMs: number): void {
  switch (reply.kind) {
    case 'subscribed':
      subscribed(state, reply, nowMs)
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
    case 'list':
      listed(state, reply, nowMs)
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

function ok(state: State, reply: Of<'ok'>, nowMs: number): void {
  const asked = state.commands.get(reply.id)
  const sub = asked?.subs[0] ?? bySid(state, reply.sid)
  if (sub === undefined || asked?.kind === 'subscribe') return
  if (asked?.kind === 'add') confirmFound(state, sub, asked.markets)
  if (asked?.kind === 'delete') gone(sub, asked.markets)
  if (reply.markets !== null && sub.slice !== null && asked?.kind !== 'snapshot') {
    const all = new Set(reply.markets)
    const leftOut = [...sub.confirmed].filter((market) => !all.has(market))
    // Those in doubt are on record as unanswered already.
    const lost = leftOut.filter((market) => !sub.uncertain.has(market))
    gone(sub, leftOut)
    const words = 'an ok leaves it out'
    for (const market of lost) {
      refuseMarket(sub, market, { kind: 'unanswered', words, sinceMs: nowMs }, nowMs)
    }
    confirmFound(state, sub, all)
    for (const market of asked?.kind === 'add' ? asked.markets : []) {
      if (!all.has(market)) {
        const words = 'the ok to add_markets leaves it out'
        refuseMarket(sub, market, { kind: 'refused', words, sinceMs: asked!.sentMs }, nowMs)
      }
    }
  }
  if (asked === undefined) return
  state.answered = true
  state.commands.delete(asked.id)
  settle(state, sub)
}

function gone(sub: Subscription, markets: readonly string[]): void {
  for (const market of markets) {
    sub.confirmed.delete(market)
    sub.uncertain.delete(market)
  }
}

function unsubscribed(state: State, reply: Of<'unsubscribed'>, nowMs: number): void {
  const asked = state.commands.get(reply.id)
  if (asked?.kind === 'unsubscribe') {
    state.answered = true
    state.commands.delete(asked.id)
    for (const ours of asked.subs) renewOurs(state, ours, nowMs)
    endSid(state, asked.stray)
    // Released, and confirmed by a late ack meanwhile.
    const late = bySid(state, asked.stray)
    if (late !== undefined) ended(state, late, 'it was released before its late ack', nowMs)
    return
  }
  const sub = bySid(state, reply.sid)
  // The late answer to our unsubscribe comes for a subscription that is given up.
  if (sub?.state === 'ending') renewOurs(state, sub, nowMs)
  else if (sub !== undefined) ended(state, sub, 'the exchange ended the subscription', nowMs)
  else endSid(state, reply.sid)
}

/** We ended it; markets that it had and that are still wanted are missing until it exists again. */
function renewOurs(state: State, sub: Subscription, nowMs: number): void {
  const isMissed = [...sub.confirmed].some((market) => isWanted(sub, market, nowMs))
  renew(state, sub)
  const reason = 'the connector renewed the subscription'
  if (isMissed) missFrom(state, sub, { atMs: nowMs, cause: 'not-subscribed', reason })
}

function snapshot(state: State, reply: Of<'snapshot'>): void {
  const asked = state.commands.get(reply.id)
  if (asked?.kind !== 'snapshot') return
  state.answered = true
  asked.awaited.delete(reply.market)
  if (asked.awaited.size > 0) return
  state.commands.delete(asked.id)
  for (const sub of asked.subs) settle(state, sub)
}

function error(state: State, reply: Of<'error'>, nowMs: number): void {
  state.lastError = `error ${reply.code}: ${reply.text}`
  const remedy = remedyOf(reply.code)
  const asked = answeredBy(state, reply, remedy)
  if (asked === undefined) {
    if (remedy === 'reconnect') reconnect(state, 'unauthorized', state.lastError)
    else unasked(state, reply, nowMs)
    return
  }
  state.answered = true
  // Of a common command, what was confirmed before the error is well.
  const fits = (sub: Subscription) => reply.channel === '' || sub.channel.name === reply.channel
  const waiting = asked.subs.filter((sub) => sub.command === asked.id)
  const meant = waiting.some(fits) ? waiting.filter(fits) : waiting
  if (meant.length === waiting.length) {
    asked.failed = true
    lapse(state, asked)
  }
  if (remedy === 'wait') pause(state, nowMs)
  const common = meant.length > 1 && remedy !== 'wait' && remedy !== 'harmless'
  for (const sub of meant) {
    sub.command = 0
    if (sub.state === 'asked') sub.state = 'new'
    if (common) {
      sub.alone = true
      sub.retryAt = nowMs + ALONE_MS
    } else mend(state, sub, asked, reply, nowMs)
  }
}

/** The command that an error answers: by its id, or, without one, the only one that it can mean. */
function answeredBy(
  state: State,
  reply: Of<'error'>,
  remedy: ReturnType<typeof remedyOf>
): Command | undefined {
  if (reply.id !== 0) return state.commands.get(reply.id)
  // These speak of a subscription or of the connection where they answer no command.
  if (reply.sid !== 0 || remedy === 'resubscribe' || remedy === 'reconnect') return undefined
  const open = [...state.commands.values()].filter(
    ({ subs, markets }) =>
      (reply.channel === '' || subs.some((sub) => sub.channel.name === reply.channel)) &&
      (reply.markets.length === 0 || reply.markets.some((market) => markets.includes(market)))
  )
  return open.length === 1 ? open[0] : undefined
}

/** An error that answers nothing: it tells that a subscription is over. */
function unasked(state: State, reply: Of<'error'>, nowMs: number): void {
  if (remedyOf(reply.code) !== 'resubscribe') {
    lateError(state, reply, nowMs)
    return
  }
  // The answer to a command that is forgotten: its subscription has been created again since.
  if (reply.id !== 0 && reply.sid === 0) return
  const live = state.subs.filter((sub) => sub.state === 'live')
  const only = reply.sid === 0 && live.length === 1 ? live[0] : undefined
  const sub = bySid(state, reply.sid) ?? only
  if (sub !== undefined) ended(state, sub, state.lastError, nowMs)
  // Some subscription is dead and it does not say which.
  else if (reply.sid === 0) reconnect(state, 'protocol', state.lastError)
  else endSid(state, reply.sid)
}

/** It names no command that is under way: it explains why one was not answered, or will not be. */
function lateError(state: State, reply: Of<'error'>, nowMs: number): void {
  const words = state.lastError
  const late = state.lapsed.get(reply.id)
  if (late === undefined) {
    state.said = { words, atMs: nowMs }
    return
  }
  for (const sub of late.subs) {
    if (sub.refused?.kind === 'unanswered') sub.refused = { ...sub.refused, kind: 'refused', words }
  }
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
  if (asked.kind === 'list') {
    const remedy = remedyOf(reply.code)
    if (remedy === 'retry') later(sub, nowMs)
    // It knows no such command: asked for again, what then comes twice is released.
    else if (remedy !== 'wait') sub.doubtful = false
    return
  }
  const reason = { kind: 'refused', words: state.lastError, sinceMs: asked.sentMs } as const
  switch (remedyOf(reply.code)) {
    case 'harmless':
      if (asked.kind === 'subscribe') goLive(state, sub, 0, markets, nowMs)
      else confirmFound(state, sub, markets)
      settle(state, sub)
      return
    case 'resubscribe':
      // For a subscription that does not exist yet, or is no longer wanted, nothing is lost.
      if (sub.state === 'live') {
        ended(state, sub, state.lastError, nowMs)
        return
      }
      renew(state, sub)
      later(sub, nowMs)
      return
    case 'smaller':
      sub.retryAt = nowMs + SMALLER_MS
      gone(
        sub,
        markets.filter((market) => sub.uncertain.has(market))
      )
      lowerLimit(state, sub.confirmed.size || Math.floor(markets.length / 2))
      return
    case 'retry':
      later(sub, nowMs)
      return
    case 'refused':
      refuseChannel(state, sub, reason, nowMs)
      return
    case 'reconnect':
      refuseChannel(state, sub, reason, nowMs)
      // Others are answered otherwise: the key is good, and only not for this channel.
      if (state.subs.every((one) => one.refused !== null)) {
        reconnect(state, 'unauthorized', state.lastError)
      }
      return
    case 'narrow':
      narrow(state, sub, asked, reply, nowMs)
      return
    case 'wait':
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
  const reason = { kind: 'refused', words: state.lastError, sinceMs: asked.sentMs } as const
  switch (asked.kind) {
    case 'list':
      return
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
      else gone(sub, markets)
      settle(state, sub)
      return
    case 'subscribe':
    case 'add': {
      if (markets.length === 0) {
        refuseChannel(state, sub, reason, nowMs)
        return
      }
      const named = reply.markets.filter((market) => markets.includes(market))
      const culprits = named.length > 0 ? named : markets.length === 1 ? markets : []
      for (const market of culprits) refuseMarket(sub, market, reason, nowMs)
      // It does not say which: half of them the next time, until one is left.
      if (culprits.length === 0) sub.batch = Math.max(1, Math.floor(markets.length / 2))
      sub.retryAt = nowMs + state.spacingMs
    }
  }
}
