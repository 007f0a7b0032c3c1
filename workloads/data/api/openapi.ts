// The OpenAPI 3.1 document of the API, made from the routes that are served: what is not in it is not answered. Pure.

import { ERROR_CODES } from '#crds/errors.ts'
import { PROBLEM_TYPE } from '../http/problem.ts'
import { pathNames, type Route } from '../http/route.ts'
import type { Parameter, Schema } from '../model/query.ts'

type Json = Readonly<Record<string, unknown>>

export function openapi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    if (route.document === undefined) continue
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operationOf(route, route.document),
    }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'ssmd data API',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'v1', description: 'What is archived, with its quality.' },
      { name: 'live', description: 'What is captured now.' },
      { name: 'original', description: 'The paths of the first data API.' },
    ],
    security: [{ key: [] }, { bearer: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Problem: PROBLEM, Quality: QUALITY },
      responses: {
        Problem: {
          description: 'What was wrong, as RFC 9457 has it, with a hint.',
          content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

const DESCRIPTION = [
  'Answers from archives of market data: what was captured, byte for byte, and what was made of it.',
  'Times are receive times in UTC. `from` is inclusive, `to` exclusive; both take RFC 3339 or a day.',
  'Prices and sizes are decimals as text; whole numbers above 2^53 are text, too.',
  'Every answer over an interval says how good the data is: condition, proof and gaps.',
  'An answer that was cut says so and gives `next_cursor`: send it as `cursor` with the same parameters.',
].join(' ')

function operationOf({ path, need }: Route, document: NonNullable<Route['document']>): Json {
  const { id, summary, description, tag, parameters, body, answers } = document
  const inPath = pathNames(path)
  const problem = { $ref: '#/components/responses/Problem' }
  return {
    operationId: id,
    summary,
    description,
    tags: [tag],
    ...(need === 'open' ? { security: [] } : {}),
    parameters: parameters.map((one) => parameterOf(one, inPath.includes(one.name))),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [body.media]: { schema: body.schema } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { says, media }]) => [
          status,
          { description: says, ...contentOf(media) },
        ])
      ),
      '4XX': problem,
      '5XX': problem,
    },
  }
}

function contentOf(media: Readonly<Record<string, Schema>>): Json {
  const types = Object.entries(media)
  if (types.length === 0) return {}
  return { content: Object.fromEntries(types.map(([type, schema]) => [type, { schema }])) }
}

function parameterOf({ name, schema, required, list }: Parameter, isInPath: boolean): Json {
  const { description, examples, ...rest } = schema as Schema & { examples?: readonly unknown[] }
  // Names that JSON Schema does not have: what they mean stands in the description.
  const { format, ...plain } = rest as Schema & { format?: string }
  const value = { ...plain, ...(format === 'day' ? { format: 'date' } : {}) }
  const form = list === true ? { style: 'form', explode: true } : {}
  return {
    name,
    in: isInPath ? 'path' : 'query',
    required: isInPath || required === true,
    ...(description === undefined ? {} : { description }),
    ...form,
    schema: list === true ? { type: 'array', items: value } : value,
    ...(examples === undefined ? {} : { example: list === true ? examples : examples[0] }),
  }
}

const PROBLEM: Schema = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'request_id', 'code', 'error'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', description: 'Where the code is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong with this request.' },
    instance: { type: 'string', description: 'The path that was asked for.' },
    request_id: { type: 'string', description: 'As in the log of the server.' },
    code: { enum: Object.keys(ERROR_CODES) },
    hint: { type: 'string', description: 'What to do.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['parameter', 'message'],
        properties: { parameter: { type: 'string' }, message: { type: 'string' } },
      },
    },
    error: { type: 'string', description: 'The detail again, as the first data API had it.' },
  },
}

const QUALITY: Schema = {
  type: 'object',
  description: 'How good the data of the interval is.',
  required: ['days', 'gaps'],
  properties: {
    days: {
      type: 'array',
      items: {
        type: 'object',
        required: ['feed', 'day', 'condition', 'simulated', 'proof'],
        properties: {
          feed: { type: 'string' },
          day: { type: 'string' },
          condition: { type: 'string' },
          simulated: { type: 'boolean', description: 'True: no market data.' },
          imported: {
            type: 'boolean',
            description: 'True: another program archived it; absent if none did.',
          },
          proof: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
    gaps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['feed', 'day', 'cause', 'from'],
        properties: {
          feed: { type: 'string' },
          day: { type: 'string' },
          cause: { type: 'string' },
          fault: { type: 'string' },
          from: { type: 'string' },
          to: { type: ['string', 'null'] },
          missing: { type: ['integer', 'null'] },
        },
      },
    },
  },
}
