// What frames look like: the fields of each message type, from a sample of the last day. It describes what the exchange sends today, and
// promises nothing.

import { plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { frameSchemas } from '../read/frame-schema.ts'
import { always, BUDGET, FEED, integer, json, listOf, SMALL, TYPES, text } from './common.ts'

const COLUMNS: readonly Column[] = [
  always(text('type', 'The message type.')),
  always(text('field', 'Its place in the frame: msg.price; of a list, bids[].')),
  always(json('kinds', 'What it was: text, integer, number, flag, object, list, null.')),
  always(integer('frames', 'Frames of the sample that have it.')),
  always(integer('of', 'Frames of the sample.')),
  text('example', 'A value of it.'),
]

export const schema: Query = {
  name: 'schema',
  path: '/v1/schema',
  summary: 'What the frames of a message type look like: fields, kinds, examples',
  description:
    'One row for each field of each message type, from up to 200 frames of the last day that has some. Fields by their place in the ' +
    'frame, in the order of their first appearance. Frames that are no JSON have one field without a name.',
  class: 'read',
  parameters: [FEED, TYPES],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const found = await frameSchemas(context, String(parameters.feed), listOf(parameters, 'type'))
    const rows = found.flatMap(({ type, frames: of, fields }) =>
      fields.map((field, place) => ({ ...field, type, place, of }))
    )
    return plainRows({ columns: COLUMNS, rows, order: ['type', 'place'] }, context)
  },
}
