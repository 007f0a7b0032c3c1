// What is to be done, as a list that the person sees: kept by the session, shown when it changes.

import type { Tool } from './tool.ts'

export const PLAN = 'plan'

export const planTool: Tool = {
  name: PLAN,
  class: 'read',
  description:
    'Writes down the steps of a longer task, and their state, for the person to see. Give the whole list each time.',
  input: {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        maxItems: 30,
        items: {
          type: 'object',
          properties: {
            text: { type: 'string', minLength: 1, maxLength: 200 },
            status: { type: 'string', enum: ['open', 'doing', 'done'] },
          },
          required: ['text', 'status'],
          additionalProperties: false,
        },
      },
    },
    required: ['items'],
    additionalProperties: false,
  },
  budget: 1024,
  run: async ({ items }) => {
    const count = (items as readonly unknown[]).length
    return { body: { kept: count }, summary: `${count} steps` }
  },
}
