// What every request passes before its route: its key, how often that key may ask, and how many streams it may hold open. A
// caller without a valid key is counted by its address, so that guessing keys is slow.

import { AccessRefused, ANONYMOUS, type Authorize, type Caller } from './access.ts'
import type { Limits } from './limits.ts'
import { RequestError } from './problem.ts'
import { RateLimiter } from './rate-limit.ts'
import type { ApiContext, Route } from './route.ts'

export type Admission = {
  /** Sets the caller and the headers of its rate. Throws a RequestError with 401, 403 or 429. */
  readonly admit: (ctx: ApiContext, route: Route) => Promise<void>
  /** Holds one of the caller's streams until it is disposed of. Throws a RequestError with 429. */
  readonly holdStream: (caller: Caller) => Disposable
}

/** Tokens that an answer costs. */
const COST: Readonly<Record<Route['class'], number>> = {
  light: 1,
  read: 1,
  file: 1,
  stream: 1,
  compute: 5,
}

export function admission(authorize: Authorize, limits: Limits): Admission {
  const byKey = new RateLimiter(limits.keyRate)
  const byAddress = new RateLimiter(limits.refusedRate)
  const streams = new Map<string, number>()
  return {
    async admit(ctx, route) {
      if (route.need === 'open') return
      try {
        ctx.state.caller = await authorize(ctx.req, route.need)
      } catch (thrown) {
        if (!(thrown instanceof AccessRefused) || thrown.status !== 401) throw thrown
        const { isAllowed, headers } = byAddress.take(addressOf(ctx), 1, performance.now())
        if (isAllowed) throw thrown
        throw tooMany('too many requests without a valid API key', headers)
      }
      const { caller } = ctx.state
      // Without keys the caller is on this computer, which is bounded by the gates alone.
      if (caller === ANONYMOUS) return
      const { isAllowed, headers } = byKey.take(caller.name, COST[route.class], performance.now())
      ctx.set(headers)
      if (!isAllowed) throw tooMany('this API key asks too often', headers)
    },
    holdStream({ name }) {
      if (name === ANONYMOUS.name) return { [Symbol.dispose]() {} }
      const open = streams.get(name) ?? 0
      if (open >= limits.streamsPerKey) {
        throw tooMany(`this API key holds ${open} streams open, and may hold no more`, {
          'Retry-After': '5',
        })
      }
      streams.set(name, open + 1)
      return {
        [Symbol.dispose]() {
          const left = (streams.get(name) ?? 1) - 1
          if (left === 0) streams.delete(name)
          else streams.set(name, left)
        },
      }
    },
  }
}

export const addressOf = (ctx: ApiContext): string => ctx.req.socket.remoteAddress ?? ''

const tooMany = (message: string, headers: Readonly<Record<string, string>>): RequestError =>
  new RequestError(429, message, {
    code: 'SSMD_E_BUSY',
    hint: 'wait as long as Retry-After says; RateLimit says what is left',
    headers,
  })
