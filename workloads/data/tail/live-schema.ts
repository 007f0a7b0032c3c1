// The JSON Schema of what `/v1/live` answers.

import type { Schema } from '../model/query.ts'

const text: Schema = { type: 'string' }
const count: Schema = { type: 'integer', minimum: 0 }
const figure = (description: string): Schema => ({ type: ['number', 'null'], description })

const FEED: Readonly<Record<string, Schema>> = {
  feed: text,
  environment: text,
  exchange: { type: ['string', 'null'] },
  simulated: { type: 'boolean' },
  state: {
    ...text,
    description:
      'capturing, connecting, waiting, failed, stopping; silent: no program reports; disconnected: NATS cannot be reached.',
  },
  rate: figure('Frames a second over the last two seconds.'),
  rate1m: figure('Frames a second over the last minute.'),
  lastRecord: { type: ['string', 'null'], description: 'RFC 3339.' },
  lastRecordAgeSeconds: figure('Seconds since the last record.'),
  lagSeconds: figure('Age of the oldest frame that is not archived, or not yet in NATS.'),
  gapsToday: figure(
    "Gaps of the present UTC day in its archive; without an archive, jumps of the exchange's sequence since its connector started."
  ),
  connections: count,
  connected: count,
  symbols: count,
  dropped: { ...count, description: 'Frames that a connector had no room for.' },
  message: { ...text, description: 'What hinders it; empty if nothing does.' },
  troubles: {
    type: 'array',
    items: {
      type: 'object',
      required: ['kind', 'message', 'since'],
      properties: { kind: text, message: text, since: { type: 'number' } },
    },
  },
}

export const LIVE_SCHEMA: Schema = {
  type: 'object',
  required: ['live', 'at', 'environments', 'feeds'],
  additionalProperties: false,
  properties: {
    live: { type: 'boolean' },
    why: { ...text, description: 'Why it is not live, and what to do.' },
    at: { ...text, description: 'RFC 3339.' },
    environments: {
      type: 'array',
      items: {
        type: 'object',
        required: ['environment', 'state', 'message'],
        additionalProperties: false,
        properties: {
          environment: text,
          state: { enum: ['connected', 'disconnected'] },
          message: text,
        },
      },
    },
    feeds: {
      type: 'array',
      items: {
        type: 'object',
        required: Object.keys(FEED),
        additionalProperties: false,
        properties: FEED,
      },
    },
  },
}
