// `/openapi.json` and `/docs`: what the API answers, for programs and for people. Both are made once, from the routes.

import { createHash } from 'node:crypto'
import type { Route } from '../http/route.ts'
import { DOCS_CSS, docsPage } from './docs.ts'
import { openapi } from './openapi.ts'

export function documentRoutes(routes: readonly Route[], version: string): Route[] {
  const json = `${JSON.stringify(openapi(routes, version))}\n`
  return [
    fixed('/openapi.json', 'application/json', json),
    fixed('/docs', 'text/html; charset=utf-8', docsPage(routes, version)),
    fixed('/docs.css', 'text/css; charset=utf-8', DOCS_CSS),
  ]
}

function fixed(path: string, type: string, text: string): Route {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  return {
    method: 'GET',
    path,
    need: 'open',
    class: 'light',
    handle(ctx) {
      ctx.set('ETag', etag)
      ctx.set('Cache-Control', 'no-cache')
      ctx.set('Content-Type', type)
      ctx.status = 200
      ctx.body = text
      if (ctx.fresh) ctx.status = 304
    },
  }
}
