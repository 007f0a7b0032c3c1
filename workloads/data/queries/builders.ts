// The builders: what can be made of market events.

import { BUILDERS } from '#market/builders/registry.ts'
import { plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { always, BUDGET, json, SMALL, text } from './common.ts'

const COLUMNS: readonly Column[] = [
  always(text('name', 'The builder.')),
  always(text('says', 'What it makes.')),
  always(json('inputs', 'Market events that it takes.')),
  always(json('outputs', 'What it hands out: name, type and meaning of each field.')),
  always(json('parameters', 'What it can be told: name, meaning and default of each.')),
]

export const builders: Query = {
  name: 'builders',
  path: '/v1/builders',
  summary: 'What can be made of market events: order books, bars, averages, spreads and others',
  description: 'One row for each builder of this version of ssmd. It reads no archive.',
  class: 'read',
  parameters: [],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (_, context) => {
    const rows = BUILDERS.map(({ name, says, inputs, outputs, parameters }, place) => ({
      ...{ name, says, inputs, outputs, parameters, place },
    }))
    return plainRows({ columns: COLUMNS, rows, order: ['place'] }, context)
  },
}
