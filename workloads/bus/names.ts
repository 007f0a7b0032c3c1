// The names on which operator and workloads agree: subjects, streams, consumers.
// Feed, Environment, Archive and Signal names are RFC 1123 labels, so they never hold a dot or an underscore.

import { SIGNAL_PREFIX } from '#crds/signals.ts'

/** Subject of the log of one slot (wire/shards.ts): blocks, stored by JetStream. */
export const logSubject = (environment: string, feed: string, slot: number): string =>
  `${environment}.${feed}.log.${slot}`

/** All slots of a feed's log: what its stream holds. */
export const logSubjects = (environment: string, feed: string): string =>
  `${environment}.${feed}.log.>`

/** Subject of the unstored live records of one type and symbol; see `subjectToken`. */
export const liveSubject = (
  environment: string,
  feed: string,
  type: string,
  symbol: string
): string => `${environment}.${feed}.live.${subjectToken(type)}.${subjectToken(symbol)}`

/** Every live subject of a feed. */
export const liveSubjects = (environment: string, feed: string): string =>
  `${environment}.${feed}.live.>`

/** Where the connectors of a feed say up to which time all they received is in the stream; see times.ts. */
export const timeSubject = (environment: string, feed: string): string =>
  `${environment}.${feed}.time`

/** Where readers ask them to. */
export const timeAskSubject = (environment: string, feed: string): string =>
  `${environment}.${feed}.time.ask`

/** The JetStream stream that holds one feed of one environment. `_` occurs in no resource name. */
export const streamName = (environment: string, feed: string): string =>
  `ssmd_${environment}_${feed}`

/** The durable consumer of one archive on a feed's stream. */
export const consumerName = (archive: string): string => `archive_${archive}`

/** The feed of what a signal fires; no Feed may have such a name (crds/signals.ts). */
export const signalFeed = (signal: string): string => `${SIGNAL_PREFIX}${signal}`

/** The JetStream KV bucket with the state of an environment's signals: one key each, the name of the signal. */
export const signalBucket = (environment: string): string => `ssmd_${environment}_signals`

/** The stream that JetStream keeps a KV bucket in, and the subject of a key there. */
export const bucketStream = (bucket: string): string => `KV_${bucket}`
export const bucketSubject = (bucket: string, key: string): string => `$KV.${bucket}.${key}`

/** The durable consumer of one sink on the stream of a signal's fires. */
export const sinkConsumer = (sink: string): string => `${SINK_PREFIX}${sink}`
export const SINK_PREFIX = 'sink_'

/** Where a workload reports on itself every few seconds (core NATS, a `Report` as JSON). */
export const reportSubject = (environment: string, role: string, name: string): string =>
  `_ssmd.report.${environment}.${role}.${name}`

/** All reports of an environment. */
export const reportSubjects = (environment: string): string => `_ssmd.report.${environment}.>`

/**
 * A text as one NATS subject token, reversibly: letters, digits, `-` and `_` stay; every other UTF-8 byte,
 * and `=` itself, becomes `=XX` in hex; the empty text becomes `=`. `fromSubjectToken` gives the text back.
 */
export function subjectToken(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text
  if (text === '') return '='
  let token = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte)
    token += /[A-Za-z0-9_-]/.test(char)
      ? char
      : `=${byte.toString(16).padStart(2, '0').toUpperCase()}`
  }
  return token
}

/** The text of a token made by `subjectToken`. */
export function fromSubjectToken(token: string): string {
  if (token === '=') return ''
  const bytes: number[] = []
  for (let i = 0; i < token.length; i++) {
    if (token[i] === '=') {
      bytes.push(Number.parseInt(token.slice(i + 1, i + 3), 16))
      i += 2
    } else bytes.push(token.charCodeAt(i))
  }
  return Buffer.from(bytes).toString('utf8')
}
