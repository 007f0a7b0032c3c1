// The paths of the first data API, with the members that its answers had. Each is made from a query of today, so there is one engine;
// a query that is not served has no path here.

import { answerDocument } from '../http/answer-document.ts'
import type { Limits } from '../http/limits.ts'
import { requestSignal } from '../http/request-signal.ts'
import { textsOf } from '../http/request-texts.ts'
import type { ApiDeps, Route } from '../http/route.ts'
import { dayAfter } from '../model/day.ts'
import { parameterReader } from '../model/parameters.ts'
import type { Parameter, Query } from '../model/query.ts'
import { FEEDS } from '../queries/common.ts'
import { Holdings } from '../read/holdings.ts'
import { SymbolCounts } from '../read/symbol-counts.ts'
import { builders, type Made, sample, schema } from './original-rows.ts'

const day = (name: string, description: string): Parameter => ({
  name,
  schema: { type: 'string', format: 'day', description, examples: ['2026-11-24'] },
})
export type OriginalOptions = {
  readonly queries: readonly Query[]
  readonly deps: ApiDeps
  readonly limits: Limits
  readonly isLoopbackOnly: boolean
}

export function originalRoutes(options: OriginalOptions): Route[] {
  const { queries, deps, limits } = options
  const named = (name: string): Query | undefined => queries.find((query) => query.name === name)
  const made = [
    datasets(new SymbolCounts(), limits),
    ...[named('records')].flatMap((query) => (query ? [sample(query, limits)] : [])),
    ...[named('schema')].flatMap((query) => (query ? [schema(query, limits)] : [])),
    ...[named('builders')].flatMap((query) => (query ? [builders(query, limits)] : [])),
  ]
  return [health(options), ...made.map((one) => routeOf(one, deps))]
}

function routeOf({ path, id, summary, parameters, schema, answer }: Made, deps: ApiDeps): Route {
  const read = parameterReader(parameters)
  return {
    method: 'GET',
    path,
    need: 'data',
    class: 'read',
    document: {
      id,
      summary,
      description: 'As the first data API answered; /v1 says more.',
      tag: 'original',
      parameters,
      answers: { 200: { says: summary, media: { 'application/json': schema } } },
    },
    async handle(ctx) {
      const values = read(textsOf(ctx))
      using asked = requestSignal(ctx, deps.signal)
      ctx.state.format = 'json'
      ctx.set('Cache-Control', 'private, no-cache')
      ctx.set('Content-Type', 'application/json')
      await answer(ctx, values, {
        ...deps,
        grant: ctx.state.caller.grant,
        signal: asked.signal,
        after: null,
        limit: 100_000,
      })
    },
  }
}

function health({ deps, isLoopbackOnly }: OriginalOptions): Route {
  const body = `${JSON.stringify({ status: 'ok', version: deps.version, keys: !isLoopbackOnly })}\n`
  return {
    method: 'GET',
    path: '/health',
    need: 'open',
    class: 'light',
    document: {
      id: 'health',
      summary: 'Whether the API answers',
      description: 'Needs no key.',
      tag: 'original',
      parameters: [],
      answers: {
        200: {
          says: 'It does.',
          media: {
            'application/json': {
              type: 'object',
              required: ['status', 'version', 'keys'],
              properties: {
                status: { const: 'ok' },
                version: { type: 'string', description: 'Of ssmd.' },
                keys: {
                  type: 'boolean',
                  description: 'False: no key is needed, on loopback only.',
                },
              },
            },
          },
        },
      },
    },
    handle(ctx) {
      ctx.state.format = 'json'
      ctx.set('Cache-Control', 'no-store')
      ctx.set('Content-Type', 'application/json')
      ctx.body = body
    },
  }
}

const MEGABYTE = 1024 * 1024

function datasets(counts: SymbolCounts, limits: Limits): Made {
  return {
    path: '/datasets',
    id: 'originalDatasets',
    summary: 'The days of feeds',
    parameters: [FEEDS, day('from', 'First day.'), day('to', 'Last day, with it.')],
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['feed', 'date', 'records', 'tickers', 'size_mb', 'has_gaps'],
        additionalProperties: false,
        properties: {
          feed: { type: 'string' },
          date: { type: 'string' },
          records: { type: 'integer' },
          tickers: { type: 'integer', description: 'How many symbols the day has.' },
          size_mb: { type: 'number', description: 'Before compression, in 1024² bytes.' },
          has_gaps: { type: 'boolean' },
        },
      },
    },
    async answer(ctx, { feed, from, to }, context) {
      const choice = {
        feeds: feed as readonly string[] | undefined,
        ...(typeof from === 'string' ? { from } : {}),
        ...(typeof to === 'string' ? { to: dayAfter(to) } : {}),
      }
      const { days } = await new Holdings(context).days(choice)
      const rows = []
      for (const held of days) {
        context.signal.throwIfAborted()
        const { records, rawBytes, gaps } = held.facts
        rows.push({
          feed: held.feed,
          date: held.day,
          records,
          tickers: await counts.of(held),
          size_mb: Math.round((rawBytes / MEGABYTE) * 1000) / 1000,
          has_gaps: gaps > 0,
        })
      }
      await answerDocument(ctx, rows, limits)
    },
  }
}
