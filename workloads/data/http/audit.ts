// The audit log: one JSON line for each request that needs a key, with who asked for what and how much was answered. No line
// holds a key, an address with its parameters, or a body.

import { isFeedPattern } from '../keys/feed-patterns.ts'
import { addressOf } from './admission.ts'
import type { ApiContext, ApiDeps } from './route.ts'

/** Names that a line lists: a request may name many feeds. */
const MOST_FEEDS = 20

/** Begins the line of a request; it is written when the answer has ended, however it did. */
export function auditRequest(ctx: ApiContext, log: ApiDeps['log']): void {
  const start = performance.now()
  const { socket } = ctx.req
  const address = addressOf(ctx)
  const before = socket.bytesWritten
  ctx.res.once('close', () => {
    const { route, isOpen, caller, refused, rows, requestId } = ctx.state
    if (isOpen) return
    log.info(
      {
        audit: true,
        request: requestId,
        key: refused === undefined ? caller.name : (refused.key ?? null),
        ...(refused === undefined ? {} : { refused: refused.why }),
        address,
        method: ctx.method,
        route,
        feeds: feedsOf(ctx),
        status: ctx.res.statusCode,
        rows,
        // With headers, as they went out.
        bytes: socket.bytesWritten - before,
        complete: ctx.res.writableFinished,
        ms: Math.round(performance.now() - start),
      },
      'request'
    )
  })
}

/** What was asked for by name; what no feed is called is left out, for it may be anything. */
function feedsOf(ctx: ApiContext): string[] {
  const { feed } = (ctx as unknown as { params?: { feed?: string } }).params ?? {}
  const asked = new URLSearchParams(ctx.querystring).getAll('feed')
  return [...(feed === undefined ? [] : [feed]), ...asked.flatMap((text) => text.split(','))]
    .filter(isFeedPattern)
    .slice(0, MOST_FEEDS)
}
