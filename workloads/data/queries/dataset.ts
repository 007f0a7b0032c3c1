// One day of a feed: its manifest as it is, with the files that can be fetched.

import type { Manifest } from '#archive/read/reader.ts'
import { summaryOf } from '#archive/read/reader.ts'
import { usageError } from '#crds/errors.ts'
import type { Query, Schema } from '../model/query.ts'
import { Holdings } from '../read/holdings.ts'
import { BUDGET, FEED } from './common.ts'

const FILE: Schema = {
  type: 'object',
  required: ['name', 'kind'],
  properties: {
    name: { type: 'string', description: 'Under files/ of this day.' },
    kind: { enum: ['manifest', 'segment', 'index', 'feed'] },
    bytes: { type: 'integer' },
    sha256: { type: 'string', description: 'Of the file; absent where the manifest has none.' },
    sealed: { type: 'boolean', description: 'True if the file never changes again.' },
  },
}

const ANSWER: Schema = {
  type: 'object',
  description: 'The manifest, as the archive format describes it, with `proof` and `files`.',
  required: ['feed', 'day', 'condition', 'simulated', 'records', 'segments', 'gaps', 'files'],
  properties: {
    feed: { type: 'string' },
    day: { type: 'string' },
    exchange: { type: 'string' },
    condition: { enum: ['available', 'degraded', 'pending', 'missing'] },
    simulated: { type: 'boolean' },
    imported: { type: 'boolean' },
    records: { type: 'integer' },
    bytes: { type: 'integer' },
    rawBytes: { type: 'integer' },
    from: { type: ['string', 'null'] },
    to: { type: ['string', 'null'] },
    segments: { type: 'array', items: { type: 'object' } },
    connections: { type: 'array', items: { type: 'object' } },
    gaps: { type: 'array', items: { type: 'object' } },
    proof: { type: 'object', additionalProperties: { type: 'string' } },
    files: { type: 'array', items: FILE },
  },
}

export const dataset: Query = {
  name: 'dataset',
  path: '/v1/datasets/{feed}/{date}',
  summary: 'One day: manifest, files, checksums, gaps',
  description:
    'The manifest of the day, unchanged, with what the protocol can prove, and the files that can be fetched.',
  class: 'read',
  parameters: [
    FEED,
    {
      name: 'date',
      required: true,
      schema: {
        type: 'string',
        format: 'day',
        description: 'The UTC day.',
        examples: ['2026-11-24'],
      },
    },
  ],
  answer: { kind: 'document', schema: ANSWER },
  budget: BUDGET,
  run: async ({ feed, date }, context) => {
    if (feed === undefined || date === undefined) throw usageError('dataset needs feed and date')
    const { manifest } = await new Holdings(context).day(String(feed), String(date))
    const { proof } = summaryOf(manifest)
    return { kind: 'document', body: { ...manifest, feed, proof, files: filesOf(manifest) } }
  },
}

function filesOf({ segments, feeds = [] }: Manifest): object[] {
  return [
    { name: 'manifest.json', kind: 'manifest' },
    ...feeds.map(({ name, bytes, sha256 }) => ({
      name,
      kind: 'feed',
      bytes,
      sha256,
      sealed: true,
    })),
    ...segments.flatMap(({ name, bytes, sha256, sealed, indexBytes }) => [
      { name, kind: 'segment', bytes, sha256, sealed },
      { name: name.replace(/jsonl\.gz$/, 'index.jsonl'), kind: 'index', bytes: indexBytes, sealed },
    ]),
  ]
}
