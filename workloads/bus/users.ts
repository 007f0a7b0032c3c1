// The permissions on NATS, one row per role; no other file defines them. A server with these users admits each only to the
// subjects that its row names for its feeds, and to its own inbox. A new role adds a row.

import { signalOfFeed } from '#crds/signals.ts'
import {
  bucketStream,
  bucketSubject,
  liveSubjects,
  logSubjects,
  reportSubject,
  reportSubjects,
  signalBucket,
  streamName,
  timeAskSubject,
  timeSubject,
} from './names.ts'

/** What a user is for: feeds of one Environment. */
export type BusScope = {
  readonly environment: string
  readonly feeds: readonly string[]
}

type Row = {
  /** For the person who reads the server's configuration. */
  readonly purpose: string
  /** In the server's system account: it reads the server's health, and none of our messages. */
  readonly system?: true
  /** Of one feed and its stream. */
  readonly publish?: (environment: string, feed: string, stream: string) => readonly string[]
  /** Whatever the feeds are. */
  readonly always?: readonly string[]
  readonly subscribe?: readonly string[]
  /** Of one feed. */
  readonly hear?: (environment: string, feed: string) => readonly string[]
  /** Of one Environment. */
  readonly hearAll?: (environment: string) => readonly string[]
  /** Of the feed that it fires, which has the name of the user. */
  readonly own?: (environment: string, name: string) => readonly string[]
  /** It says every few seconds how it is. */
  readonly reports?: true
}

const asDeclared = (stream: string): readonly string[] => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.CREATE.${stream}`,
  `$JS.API.STREAM.UPDATE.${stream}`,
  // Reads the last block of its predecessor, and checks that a recreated stream can be read.
  `$JS.API.STREAM.MSG.GET.${stream}`,
]

const consuming = (stream: string): readonly string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.*`,
  `$JS.API.CONSUMER.CREATE.${stream}.>`,
  `$JS.API.CONSUMER.DELETE.${stream}.*`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
]

const acknowledging = (stream: string): readonly string[] => [
  `$JS.ACK.${stream}.>`,
  // From 2.15 on a server may put domain and account before the stream.
  `$JS.ACK.*.*.${stream}.>`,
]

const ROWS = {
  connector: {
    purpose: 'publishes what it captures of its feed; removes nothing',
    publish: (environment, feed, stream) => [
      logSubjects(environment, feed),
      liveSubjects(environment, feed),
      timeSubject(environment, feed),
      ...asDeclared(stream),
    ],
    hear: (environment, feed) => [timeAskSubject(environment, feed)],
    reports: true,
  },
  archiver: {
    purpose: 'reads the streams of its feeds, and makes room in them for what comes',
    publish: (_environment, _feed, stream) => [
      ...asDeclared(stream),
      `$JS.API.STREAM.PURGE.${stream}`,
      `$JS.API.CONSUMER.LIST.${stream}`,
      `$JS.API.CONSUMER.INFO.${stream}.*`,
      `$JS.API.CONSUMER.CREATE.${stream}.*`,
      `$JS.API.CONSUMER.DELETE.${stream}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
      ...acknowledging(stream),
    ],
    reports: true,
  },
  reader: {
    purpose: 'reads what its feeds capture, live; keeps nothing on the server',
    publish: (environment, feed, stream) => [
      timeAskSubject(environment, feed),
      `$JS.API.STREAM.INFO.${stream}`,
      ...consuming(stream),
    ],
    hear: (environment, feed) => [liveSubjects(environment, feed), timeSubject(environment, feed)],
    hearAll: (environment) => [reportSubjects(environment)],
  },
  signal: {
    purpose: 'reads its feeds, publishes its fires, and keeps its own state',
    publish: (environment, feed, stream) => [
      timeAskSubject(environment, feed),
      ...asDeclared(stream),
      ...consuming(stream),
    ],
    hear: (environment, feed) => [liveSubjects(environment, feed), timeSubject(environment, feed)],
    own: (environment, name) => {
      const stream = streamName(environment, name)
      const bucket = signalBucket(environment)
      const state = bucketSubject(bucket, signalOfFeed(name))
      return [
        logSubjects(environment, name),
        liveSubjects(environment, name),
        ...asDeclared(stream),
        ...consuming(stream),
        `$JS.API.STREAM.PURGE.${stream}`,
        `$JS.API.CONSUMER.LIST.${stream}`,
        `$JS.API.CONSUMER.NAMES.${stream}`,
        ...acknowledging(stream),
        `$JS.API.STREAM.INFO.${bucketStream(bucket)}`,
        `$JS.API.STREAM.CREATE.${bucketStream(bucket)}`,
        // The state of others stays theirs: this one key is read and written.
        `$JS.API.DIRECT.GET.${bucketStream(bucket)}.${state}`,
        state,
      ]
    },
    reports: true,
  },
  up: {
    purpose: 'listens to reports, and asks how far archives are; changes nothing',
    always: ['$JS.API.CONSUMER.INFO.*.*'],
    subscribe: ['_ssmd.report.>'],
  },
  health: {
    purpose: 'asks the server which streams it can write',
    system: true,
    always: ['$SYS.REQ.SERVER.PING.HEALTHZ'],
  },
  admin: {
    purpose: 'a person with the nats command; no program uses it',
    always: ['>'],
    subscribe: ['>'],
  },
} as const satisfies Record<string, Row>

export type BusRole = keyof typeof ROWS

/** A user as a server is told of it. */
export type BusUser = {
  /** Name of its Deployment, or of its role where there is one of it. */
  readonly name: string
  readonly purpose: string
  readonly system: boolean
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** The prefix of a user's reply subjects: its own, so that no user can read the replies to another. */
export const inboxPrefix = (name: string): string => `_INBOX.${name}`

/** A user of one Environment, or of several. */
export function busUser(
  role: BusRole,
  name: string = role,
  ...scopes: readonly BusScope[]
): BusUser {
  const row: Row = ROWS[role]
  const publish = [...(row.always ?? [])]
  const subscribe = [...(row.subscribe ?? [])]
  for (const { environment, feeds } of scopes) {
    for (const feed of feeds) {
      publish.push(...(row.publish?.(environment, feed, streamName(environment, feed)) ?? []))
      subscribe.push(...(row.hear?.(environment, feed) ?? []))
    }
    publish.push(...(row.own?.(environment, name) ?? []))
    subscribe.push(...(row.hearAll?.(environment) ?? []))
    if (row.reports) publish.push(reportSubject(environment, role, name))
  }
  return {
    name,
    purpose: row.purpose,
    system: row.system ?? false,
    publish,
    subscribe: [...subscribe, `${inboxPrefix(name)}.>`],
  }
}
