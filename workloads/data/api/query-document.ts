// What the OpenAPI document says of a query: derived from its columns, so that it cannot differ from what is answered.

import { MEDIA_TYPES } from '../formats/format.ts'
import type { Answers, Route } from '../http/route.ts'
import type { Parameter, Query, Schema } from '../model/query.ts'
import type { Column } from '../model/rows.ts'

export function queryDocument(
  query: Query,
  parameters: readonly Parameter[]
): NonNullable<Route['document']> {
  const { name, summary, description, answer } = query
  return {
    id: name,
    summary,
    description,
    tag: 'v1',
    parameters,
    answers:
      answer.kind === 'rows'
        ? rowsAnswers(answer.columns)
        : {
            200: { says: summary, media: { 'application/json': answer.schema } },
          },
  }
}

function rowsAnswers(columns: readonly Column[]): Answers {
  const row = rowSchema(columns)
  const text: Schema = { type: 'string' }
  return {
    200: {
      says: 'Rows in the order of the query.',
      media: {
        'application/json': {
          type: 'object',
          required: ['rows', 'truncated', 'next_cursor'],
          additionalProperties: false,
          properties: {
            rows: { type: 'array', items: row },
            about: { type: 'object', description: 'Facts of the whole answer.' },
            quality: { $ref: '#/components/schemas/Quality' },
            truncated: { type: 'boolean', description: 'True if rows were left out.' },
            next_cursor: {
              type: ['string', 'null'],
              description: 'Send it as cursor for the rows left out.',
            },
          },
        },
        [MEDIA_TYPES.ndjson]: {
          ...text,
          description:
            'A row a line; the last line is {"_end":{rows,bytes,sha256,complete,…}}, or {"_error":…}.',
        },
        'text/csv': {
          ...text,
          description: 'A line of names, then a row a line; quality is in headers.',
        },
        [MEDIA_TYPES.parquet]: { ...text, format: 'binary' },
        [MEDIA_TYPES.arrow]: { ...text, format: 'binary' },
      },
    },
  }
}

export function rowSchema(columns: readonly Column[]): Schema {
  return {
    type: 'object',
    required: columns.map(({ name }) => name),
    additionalProperties: false,
    properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
  }
}

function columnSchema({ type, says, optional = true }: Column): Schema {
  const or = (plain: string, rest: Schema = {}): Schema => ({
    type: optional ? [plain, 'null'] : plain,
    description: says,
    ...rest,
  })
  switch (type) {
    case 'text':
      return or('string')
    case 'integer':
      return or('integer')
    case 'decimal':
      return or('string', { pattern: '^-?[0-9]+(\\.[0-9]+)?$' })
    case 'time':
      return or('string', {
        pattern: '^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z|-?[0-9]+)$',
      })
    case 'flag':
      return or('boolean')
    case 'json':
    case 'bytes':
      return { description: says }
  }
}
