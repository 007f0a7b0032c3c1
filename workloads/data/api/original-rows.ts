// The original paths whose answers are made of the rows of a query: a sample of frames, the fields of a message type, the builders.

import { TextBuffer } from '../formats/text-buffer.ts'
import { jsonValues } from '../formats/values.ts'
import { answerDocument } from '../http/answer-document.ts'
import { Body } from '../http/body.ts'
import type { Limits } from '../http/limits.ts'
import type { ApiContext } from '../http/route.ts'
import { dayAfter } from '../model/day.ts'
import type { Parameter, Parameters, Query, QueryContext, Schema } from '../model/query.ts'
import type { RowRun, Rows } from '../model/rows.ts'
import { FEED } from '../queries/common.ts'
import { Holdings } from '../read/holdings.ts'
import { DATE } from './file-route.ts'

/** A path of the first API, as it is made today. */
export type Made = {
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly parameters: readonly Parameter[]
  readonly schema: Schema
  readonly answer: (ctx: ApiContext, values: Parameters, context: QueryContext) => Promise<void>
}

const TYPE: Parameter = {
  name: 'type',
  schema: { type: 'string', description: "The exchange's message type.", examples: ['trade'] },
}

/** Rows of a query that other rows are made of. */
async function rowsOf(query: Query, values: Parameters, context: QueryContext): Promise<Rows> {
  const answer = await query.run(values, context)
  if (answer.kind !== 'rows') throw new Error(`${query.name} answered a document`)
  return answer.rows
}

const valuesOf = (rows: Rows, run: RowRun, name: string) =>
  run.columns[rows.columns.findIndex((column) => column.name === name)]

const SAMPLE_LIMIT: Parameter = {
  name: 'limit',
  schema: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 10,
    description: 'Frames at most.',
  },
}

export function sample(records: Query, limits: Limits): Made {
  return {
    path: '/datasets/{feed}/{date}/sample',
    id: 'sample',
    summary: 'Some frames of a day, as the exchange sent them',
    parameters: [
      FEED,
      DATE,
      { name: 'ticker', schema: { type: 'string', description: 'The symbol.' } },
      TYPE,
      SAMPLE_LIMIT,
    ],
    schema: { type: 'array', items: {} },
    async answer(ctx, { feed, date, ticker, type, limit }, context) {
      // Its error names the days that there are.
      await new Holdings(context).day(String(feed), String(date))
      const rows = await rowsOf(
        records,
        {
          feed: [String(feed)],
          from: `${date}T00:00:00.000000000Z`,
          to: `${dayAfter(String(date))}T00:00:00.000000000Z`,
          ...(ticker === undefined ? {} : { symbol: [String(ticker)] }),
          ...(type === undefined ? {} : { type: [String(type)] }),
        },
        context
      )
      const body = new Body(ctx, { gzip: false, limits, onStart: () => {}, trailers: [] })
      await writeFrames(rows, Number(limit), body)
      await body.end({})
    },
  }
}

/** A JSON array of the first frames, each as it was received if it is JSON. */
async function writeFrames(rows: Rows, limit: number, body: Body): Promise<void> {
  const out = new TextBuffer()
  let left = limit
  out.text('[')
  for await (const run of rows.runs) {
    const frames = jsonValues(valuesOf(rows, run, 'frame')!, 'rfc3339')
    for (let i = 0; i < run.length && left > 0; i++) {
      const start = out.length
      if (left < limit) out.text(',\n')
      // Events of connections are no frames.
      if (frames(out, i)) left--
      else out.length = start
    }
    await body.write(out.view())
    out.clear()
    if (left === 0) break
  }
  out.text(']\n')
  await body.write(out.view())
}

const KINDS: Readonly<Record<string, string>> = {
  text: 'string',
  integer: 'number',
  flag: 'boolean',
  list: 'array',
}

export function schema(query: Query, limits: Limits): Made {
  return {
    path: '/schema/{feed}/{type}',
    id: 'schemaOfType',
    summary: 'The fields of the frames of a message type, as they are sent today',
    parameters: [FEED, { ...TYPE, required: true }],
    schema: {
      type: 'object',
      required: ['type', 'fields'],
      additionalProperties: false,
      properties: {
        type: { type: 'string' },
        fields: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    async answer(ctx, { feed, type }, context) {
      const rows = await rowsOf(query, { feed: String(feed), type: [String(type)] }, context)
      const fields: Record<string, string> = {}
      for await (const run of rows.runs) {
        const names = valuesOf(rows, run, 'field')
        const kinds = valuesOf(rows, run, 'kinds')
        if (names?.type !== 'text' || kinds?.type !== 'json')
          throw new Error('schema has no fields')
        for (let i = 0; i < run.length; i++) {
          const known = (kinds.values[i] as readonly string[]).map((kind) => KINDS[kind] ?? kind)
          fields[names.values[i] ?? ''] = [...new Set(known)].join('|')
        }
      }
      await answerDocument(ctx, { type, fields }, limits)
    },
  }
}

export function builders(query: Query, limits: Limits): Made {
  const text: Schema = { type: 'string' }
  return {
    path: '/builders',
    id: 'originalBuilders',
    summary: 'What can be made of market events',
    parameters: [],
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'description', 'derived'],
        additionalProperties: false,
        properties: { id: text, description: text, derived: { type: 'array', items: text } },
      },
    },
    async answer(ctx, _, context) {
      const rows = await rowsOf(query, {}, context)
      const answer: object[] = []
      for await (const run of rows.runs) {
        const [names, says, outputs] = ['name', 'says', 'outputs'].map((name) =>
          valuesOf(rows, run, name)
        )
        if (names?.type !== 'text' || says?.type !== 'text' || outputs?.type !== 'json')
          throw new Error('builders have no outputs')
        for (let i = 0; i < run.length; i++) {
          const derived = (outputs.values[i] as readonly { name: string }[]).map(({ name }) => name)
          answer.push({ id: names.values[i], description: says.values[i], derived })
        }
      }
      await answerDocument(ctx, answer, limits)
    },
  }
}
