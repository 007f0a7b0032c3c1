// Who may do what on NATS: one row a role, and the only place that says so. A server that knows these users lets each publish
// and subscribe to what its row names and to its own inbox, and to nothing else. A later role adds a row.

export type BusUser = {
  /** For the person who reads the server's configuration. */
  readonly purpose: string
  /** Of the server's system account: it sees how the server is, and no message of ours. */
  readonly system?: true
  readonly publish: readonly string[]
  /** Beside its inbox. */
  readonly subscribe: readonly string[]
}

// Names are crds/names.ts's with a `*` for each resource: a role serves every feed of its server.
const STREAM_AS_DECLARED = [
  '$JS.API.STREAM.INFO.*',
  '$JS.API.STREAM.CREATE.*',
  '$JS.API.STREAM.UPDATE.*',
]

export const BUS_USERS = {
  connector: {
    purpose: 'publishes what it captures; reads no stream, removes nothing',
    publish: ['*.*.log.*', '*.*.live.*.*', '_ssmd.report.*.connector.*', ...STREAM_AS_DECLARED],
    subscribe: [],
  },
  archiver: {
    purpose: 'reads streams through its consumer, and makes room in them for what comes',
    publish: [
      '_ssmd.report.*.archiver.*',
      ...STREAM_AS_DECLARED,
      '$JS.API.STREAM.MSG.GET.*',
      '$JS.API.STREAM.PURGE.*',
      '$JS.API.CONSUMER.LIST.*',
      '$JS.API.CONSUMER.INFO.*.*',
      '$JS.API.CONSUMER.CREATE.*.*',
      '$JS.API.CONSUMER.DELETE.*.*',
      '$JS.API.CONSUMER.MSG.NEXT.*.*',
      '$JS.ACK.>',
    ],
    subscribe: [],
  },
  up: {
    purpose: 'listens to reports, and asks how far archives are; changes nothing',
    publish: ['$JS.API.CONSUMER.INFO.*.*'],
    subscribe: ['_ssmd.report.>'],
  },
  health: {
    purpose: 'asks the server which streams it can write',
    system: true,
    publish: ['$SYS.REQ.SERVER.PING.HEALTHZ'],
    subscribe: [],
  },
  admin: {
    purpose: 'a person with the nats command; no program uses it',
    publish: ['>'],
    subscribe: ['>'],
  },
} as const satisfies Record<string, BusUser>

export type BusRole = keyof typeof BUS_USERS

export const isBusRole = (name: string): name is BusRole => Object.hasOwn(BUS_USERS, name)

/** Where a role is answered: a prefix of its own, so that no role can listen to what another is sent. */
export const inboxPrefix = (role: BusRole): string => `_INBOX.${role}`

/** What a role may publish and subscribe to, its inbox included. */
export function permissionsOf(role: BusRole): {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
} {
  const { publish, subscribe } = BUS_USERS[role]
  return { publish, subscribe: [...subscribe, `${inboxPrefix(role)}.>`] }
}
