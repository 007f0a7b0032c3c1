// The queries of archives as tools: the same parameters and columns as the data API and the commands, over archives on this computer or over
// a data API.

import { askApi } from '../client/api.ts'
import type { Archives } from '../client/archives.ts'
import type { Asked, AskOptions, ResultSink } from '../client/asked.ts'
import type { Parameter, Query } from '../model/query.ts'
import { QUERIES } from '../queries/index.ts'
import { query as sql } from '../sql/query.ts'
import { withinBudget } from './budget.ts'
import type { Json, JsonObject, Schema, Tool, ToolContext } from './tool.ts'

/** Where the data is. Archives are opened by the first that asks. */
export type DataSource =
  | { readonly kind: 'archives'; readonly open: () => Promise<Archives> }
  | { readonly kind: 'api'; readonly url: URL }

/** Rows of an answer if none are asked for: a model reads every one of them. */
const USUAL_ROWS = 50

export const queryTools = (source: DataSource): Tool[] =>
  [...QUERIES, sql].map((query) => toolOf(query, source))

/** `book` is a noun of many meanings; the tool says what it answers. */
const nameOf = ({ name }: Query): string => (name === 'book' ? 'book_at' : name)

function toolOf(query: Query, source: DataSource): Tool {
  const { summary, description, parameters, answer, budget } = query
  const most = answer.kind === 'rows' ? answer.limit.most : 1
  const usual = answer.kind === 'rows' ? Math.min(USUAL_ROWS, answer.limit.usual) : 1
  const columns = answer.kind === 'rows' ? answer.columns.map(({ name }) => name) : []
  const tool: Tool = {
    name: nameOf(query),
    class: query.class,
    description: [
      `${summary}. ${description}`,
      ...(columns.length === 0 ? [] : [`Columns: ${columns.join(', ')}.`]),
    ].join(' '),
    input: {
      type: 'object',
      properties: {
        ...Object.fromEntries(parameters.map((one) => [one.name, memberOf(one)])),
        ...(answer.kind === 'rows'
          ? {
              limit: {
                type: 'integer',
                minimum: 1,
                maximum: most,
                description: `Rows at most. Default: ${usual}.`,
              },
              cursor: {
                type: 'string',
                description: 'Continues an answer: next_cursor of the one before.',
              },
            }
          : {}),
      },
      required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
      additionalProperties: false,
    },
    budget,
    run: async (input, context) => {
      const { limit = usual, cursor } = input as { limit?: number; cursor?: string }
      const texts = textsOf(parameters, input)
      const ask = (rows: number): Promise<JsonObject> =>
        askOnce(
          source,
          { query, texts, format: 'json', raw: false, times: 'rfc3339', limit: rows, cursor },
          context
        )
      const body = await ask(limit)
      // Rows that do not fit are asked for again with a smaller limit: the cursor must stand behind the last row that is shown.
      const fitting = rowsThatFit(body, budget)
      const fitted = fitting === undefined ? body : await ask(Math.max(1, fitting))
      return { body: fitted, summary: summaryOf(fitted) }
    },
  }
  return tool
}

/** A list is given as one value or several. Formats are checked by the query, with better words. */
function memberOf({ schema, list = false }: Parameter): Schema {
  const { format: _, ...one } = schema
  const { description, ...value } = one
  return list ? { description, anyOf: [value, { type: 'array', items: value }] } : one
}

function textsOf(
  parameters: readonly Parameter[],
  input: JsonObject
): (readonly [string, string])[] {
  return parameters.flatMap(({ name }) => {
    const value = input[name]
    if (value === undefined) return []
    return [value].flat().map((one): readonly [string, string] => [name, String(one)])
  })
}

async function askOnce(
  source: DataSource,
  asked: Asked,
  context: ToolContext
): Promise<JsonObject> {
  const chunks: Buffer[] = []
  const sink: ResultSink = async (bytes) => void chunks.push(Buffer.from(bytes))
  const options: AskOptions = {
    signal: context.signal,
    onProgress: (progress) =>
      context.onProgress(
        progress.kind === 'days'
          ? `${progress.done} of ${progress.of} days`
          : `${progress.kind === 'rows' ? progress.rows : progress.bytes} ${progress.kind}`
      ),
    onNotice: context.onProgress,
  }
  if (source.kind === 'api') await askApi(source.url, asked, sink, options)
  else await (await source.open()).ask(asked, sink, options)
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as JsonObject)
    : { answer: body }
}

/** How many rows fit the budget with the rest of the answer; undefined if all do. */
function rowsThatFit(body: JsonObject, budget: number): number | undefined {
  if (!Array.isArray(body.rows)) return undefined
  const { cut } = JSON.parse(withinBudget(body, budget)) as {
    cut?: { rows?: { returned: number } }
  }
  return cut?.rows?.returned
}

function summaryOf({ rows, next_cursor: next, quality }: JsonObject): string {
  const { gaps } = (quality ?? {}) as { gaps?: readonly unknown[] }
  const count = Array.isArray(rows) ? rows.length : undefined
  return [
    count === undefined ? 'answered' : `${count} ${count === 1 ? 'row' : 'rows'}`,
    ...(next ? ['more follow'] : []),
    ...(gaps === undefined || gaps.length === 0 ? [] : [`${gaps.length} gaps in that time`]),
  ].join(', ')
}
