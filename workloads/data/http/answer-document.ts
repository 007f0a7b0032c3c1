// One JSON document as an answer: a manifest may be megabytes, so it is compressed and sent as rows are.

import { Body } from './body.ts'
import type { ReaderLimits } from './limits.ts'
import { takesGzip } from './negotiation.ts'
import type { ApiContext } from './route.ts'

export async function answerDocument(
  ctx: ApiContext,
  document: unknown,
  limits: ReaderLimits
): Promise<void> {
  ctx.state.format = 'json'
  ctx.status = 200
  ctx.vary('Accept-Encoding')
  ctx.set('Content-Type', 'application/json')
  const gzip = takesGzip(ctx, 'json')
  const body = new Body(ctx, { gzip, limits, onStart: () => {}, trailers: [] })
  await body.write(Buffer.from(`${JSON.stringify(document)}\n`))
  await body.end({})
}
