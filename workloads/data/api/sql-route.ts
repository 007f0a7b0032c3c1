// `POST /v1/query`: SQL as the body of a request, since statements are longer than addresses should be.

import type { Limits } from '../http/limits.ts'
import type { ApiMetrics } from '../http/metrics.ts'
import { RequestError } from '../http/problem.ts'
import type { ApiContext, ApiDeps, Route } from '../http/route.ts'
import { parameterReader, type Texts } from '../model/parameters.ts'
import type { Parameter, Schema } from '../model/query.ts'
import { query } from '../sql/query.ts'
import { queryDocument } from './query-document.ts'
import { answerQuery, rowsParameters } from './query-routes.ts'

const MEDIA = 'application/json'
const MOST_BYTES = 64 * 1024

export function sqlRoute(deps: ApiDeps, limits: Limits, metrics: ApiMetrics): Route {
  const parameters = [...query.parameters, ...rowsParameters(query)]
  const read = parameterReader(parameters)
  return {
    method: 'POST',
    path: query.path,
    need: 'query',
    class: query.class,
    document: {
      ...queryDocument(query, []),
      body: { media: MEDIA, schema: bodySchema(parameters) },
    },
    handle: async (ctx) => {
      if (ctx.querystring !== '') {
        throw new RequestError(400, 'parameters of a query are members of its body', {
          hint: 'send {"sql": "select …", "feed": "kalshi"} as application/json',
        })
      }
      await answerQuery(ctx, query, read(textsOf(await bodyOf(ctx))), deps, limits, metrics)
    },
  }
}

const bodySchema = (parameters: readonly Parameter[]): Schema => ({
  type: 'object',
  required: parameters.filter(({ required }) => required).map(({ name }) => name),
  additionalProperties: false,
  properties: Object.fromEntries(
    parameters.map(({ name, list, schema }) => [
      name,
      list ? { anyOf: [schema, { type: 'array', items: schema }] } : schema,
    ])
  ),
})

async function bodyOf({ req }: ApiContext): Promise<Readonly<Record<string, unknown>>> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== MEDIA) {
    throw new RequestError(415, `the body of a query is ${MEDIA}`, {
      hint: 'send Content-Type: application/json',
      headers: { Accept: MEDIA, Connection: 'close' },
    })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) {
      throw new RequestError(413, `the body has more than ${MOST_BYTES} bytes`, {
        headers: { Connection: 'close' },
      })
    }
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    )
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  } catch {
    // Said below.
  }
  throw new RequestError(400, 'the body is no JSON object in UTF-8', {
    hint: 'send {"sql": "select …"}',
  })
}

/** As an address would have them; a member that is no text, number, flag or list of texts is left as the text that the schema refuses. */
function textsOf(body: Readonly<Record<string, unknown>>): Texts {
  const texts = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(body)) {
    const values = Array.isArray(value) ? value : [value]
    texts.set(
      name,
      values.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one)))
    )
  }
  return texts
}
