// The users of this folder's NATS: an NKey for each, its seed readable by the owner of the folder alone. The server is told the
// public halves only, so its configuration holds no secret.
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nkeys } from 'nats'
import { signalFeed } from '#bus/names.ts'
import { type BusUser, busUser } from '#bus/users.ts'
import { feedsOf, shardsOf } from '#crds/environments.ts'
import type { Declared } from '../desired.ts'
import { archiverName, connectorName, signalName } from '../render/names.ts'
import type { Layout } from './layout.ts'
import { writeWhole } from './whole-file.ts'

export type KeyedUser = BusUser & { readonly publicKey: string }

/** A key of the client library, whose own type is `any`. */
type KeyPair = { getPublicKey(): string; getSeed(): Uint8Array }

/** The data API: its user on NATS, and the name of its files. */
export const PAGE = 'data-api'

/** Where a user's seed is. */
export const seedFile = (layout: Layout, name: string): string => join(layout.users, `${name}.nk`)

/** The admitted users: one for each declared connector, archiver and signal, the data API, and those of `ssmd up` itself. */
export function usersOf({ environments, feeds, archives, signals }: Declared): readonly BusUser[] {
  return [
    busUser('up'),
    busUser('health'),
    busUser('admin'),
    busUser(
      'reader',
      PAGE,
      ...environments.map((environment) => ({
        environment: environment.metadata.name,
        feeds: [
          ...feedsOf(environment, feeds).map(({ metadata }) => metadata.name),
          ...signals
            .filter(({ spec }) => spec.environmentRef.name === environment.metadata.name)
            .map(({ metadata }) => signalFeed(metadata.name)),
        ],
      }))
    ),
    ...environments.flatMap((environment) => {
      const { name } = environment.metadata
      return feedsOf(environment, feeds).flatMap((feed) =>
        Array.from({ length: shardsOf(environment, feed) }, (_, shard) =>
          busUser('connector', connectorName(name, feed.metadata.name, shard), {
            environment: name,
            feeds: [feed.metadata.name],
          })
        )
      )
    }),
    ...archives.map(({ metadata, spec }) =>
      busUser('archiver', archiverName(metadata.name), {
        environment: spec.environmentRef.name,
        feeds: spec.feeds,
      })
    ),
    ...signals.map(({ metadata, spec }) =>
      busUser('signal', signalName(metadata.name), {
        environment: spec.environmentRef.name,
        feeds: spec.feeds,
      })
    ),
  ]
}

/** Both lists; a name in both has the rights of both, because a stopping program may still send its last messages. */
export function withUsers(known: readonly BusUser[], more: readonly BusUser[]): readonly BusUser[] {
  const all = new Map(known.map((user) => [user.name, user]))
  for (const user of more) {
    const before = all.get(user.name)
    const publish = new Set([...(before?.publish ?? []), ...user.publish])
    const subscribe = new Set([...(before?.subscribe ?? []), ...user.subscribe])
    all.set(user.name, { ...user, publish: [...publish], subscribe: [...subscribe] })
  }
  return [...all.values()]
}

/**
 * Reads the keys of a folder, except known ones, because each takes time to compute. A missing or torn key is replaced: only
 * the server and its clients on this computer know it.
 */
export async function withKeys(
  layout: Layout,
  users: readonly BusUser[],
  known: readonly KeyedUser[] = []
): Promise<readonly KeyedUser[]> {
  await mkdir(layout.users, { recursive: true, mode: 0o700 })
  await chmod(layout.users, 0o700)
  const keyed: KeyedUser[] = []
  for (const user of users) {
    const publicKey =
      known.find(({ name }) => name === user.name)?.publicKey ??
      (await ensureKey(seedFile(layout, user.name)))
    keyed.push({ ...user, publicKey })
  }
  return keyed
}

async function ensureKey(file: string): Promise<string> {
  const known = publicKeyOf(await readFile(file, 'utf8').catch(ifMissing))
  if (known !== undefined) {
    await chmod(file, 0o600)
    return known
  }
  const made = nkeys.createUser() as KeyPair
  await writeWhole(file, `${Buffer.from(made.getSeed()).toString('latin1')}\n`, 0o600)
  return made.getPublicKey()
}

const ifMissing = (thrown: NodeJS.ErrnoException): string => {
  if (thrown.code === 'ENOENT') return ''
  throw thrown
}

/** Undefined for a text that is no seed of a user. */
function publicKeyOf(text: string): string | undefined {
  try {
    const key = (nkeys.fromSeed(Buffer.from(text.trim())) as KeyPair).getPublicKey()
    return key.startsWith('U') ? key : undefined
  } catch {
    // Empty, cut short or of another kind: replace it.
    return undefined
  }
}

/** The users and permissions of the server's configuration, pure. */
export function usersConfig(users: readonly KeyedUser[]): string {
  const entry = ({ name, purpose, publicKey, publish, subscribe }: KeyedUser) =>
    [
      `    # ${name}: ${purpose}`,
      `    { nkey: ${publicKey}, permissions: {`,
      `      publish: ${JSON.stringify(publish)}`,
      `      subscribe: ${JSON.stringify(subscribe)} } }`,
    ].join('\n')
  const entries = (system: boolean) =>
    users
      .filter((user) => user.system === system)
      .map(entry)
      .join('\n')
  return `# Seeds: the folder users. A client that shows none of them is refused.
authorization {
  users: [
${entries(false)}
  ]
}
system_account: SYS
accounts {
  SYS { users: [
${entries(true)}
  ] }
}
`
}
