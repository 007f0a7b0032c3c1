// What is known of an exchange that a Feed describes: nothing before the Feed is read. Plain data: it imports nothing, and
// `npm run generate` copies it to crds/exchanges.gen.ts.

export const facts = {
  name: 'generic',
  title: 'Described by the Feed',
  /** Only public data can be described. */
  auth: 'none',
  keyFields: [],
  headerFields: [],
  alwaysSimulated: false,
  /** It speaks what the Feed declares. */
  hasSimulator: true,
  /** The Feed names its channels, and by `sequence` what they prove. */
  channels: null,
} as const
