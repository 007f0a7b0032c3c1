// The users of this folder's NATS: an NKey for each role of #bus/users.ts, its seed readable by the owner of the folder alone. The
// server is told the public halves only, so its configuration holds no secret.
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nkeys } from 'nats'
import { BUS_USERS, type BusRole, type BusUser, isBusRole, permissionsOf } from '#bus/users.ts'
import type { Layout } from './layout.ts'
import { writeWhole } from './whole-file.ts'

/** Public key of each role. */
export type NatsUsers = Readonly<Record<BusRole, string>>

/** What the client library gives for a key; its own type says `any`. */
type KeyPair = { getPublicKey(): string; getSeed(): Uint8Array }

export const roles = (): readonly BusRole[] => Object.keys(BUS_USERS).filter(isBusRole)

export const seedFile = (layout: Layout, role: BusRole): string => join(layout.users, `${role}.nk`)

/** Reads the keys of a folder. A key that is missing or torn is made anew: only the server and its clients here know it. */
export async function ensureUsers(layout: Layout): Promise<NatsUsers> {
  await mkdir(layout.users, { recursive: true, mode: 0o700 })
  await chmod(layout.users, 0o700)
  const keys: Partial<Record<BusRole, string>> = {}
  for (const role of roles()) keys[role] = await ensureKey(seedFile(layout, role))
  return keys as NatsUsers
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
    // Empty, cut short or of another kind: a new one takes its place.
    return undefined
  }
}

/** The part of the server's configuration that says who may do what, pure. */
export function usersConfig(users: NatsUsers): string {
  const entry = (role: BusRole) => {
    const { publish, subscribe } = permissionsOf(role)
    const list = (subjects: readonly string[]) => JSON.stringify(subjects)
    return [
      `    # ${role}: ${BUS_USERS[role].purpose}`,
      `    { nkey: ${users[role]}, permissions: {`,
      `      publish: ${list(publish)}`,
      `      subscribe: ${list(subscribe)} } }`,
    ].join('\n')
  }
  const isSystem = (role: BusRole) => (BUS_USERS[role] as BusUser).system === true
  const entries = (of: readonly BusRole[]) => of.map(entry).join('\n')
  return `# Seeds: the folder users. Whoever has none of them is refused.
authorization {
  users: [
${entries(roles().filter((role) => !isSystem(role)))}
  ]
}
system_account: SYS
accounts {
  SYS { users: [
${entries(roles().filter(isSystem))}
  ] }
}
`
}
