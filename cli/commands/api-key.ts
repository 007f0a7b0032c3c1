// `ssmd api-key create|list|revoke`: the keys of the data API, in a folder that the API reads too. A key is shown once, when it
// is created: the folder has its digest.

import { randomBytes } from 'node:crypto'
import { SsmdError, usageError } from '#crds/errors.ts'
import { parseDuration } from '#crds/quantities.ts'
import { rfc3339Seconds } from '#crds/rfc3339.ts'
import { type ApiKey, isKeyName, isScope, SCOPES, stateOf } from '#data/keys/api-key.ts'
import { isFeedPattern } from '#data/keys/feed-patterns.ts'
import { digestOf, idOfKey, isKeyId, makeKey, RANDOM_BYTES } from '#data/keys/format.ts'
import { secretManifest } from '#data/keys/secret.ts'
import { KeyStore, type Listed } from '#data/keys/store.ts'
import { resolveDay } from '#data/model/day.ts'
import { terminalWidth, write, writeJson, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { clean } from '../text.ts'

/** `yaml`: the whole store as a Secret. */
export type KeyOutput = 'table' | 'json' | 'yaml'

type Common = { readonly store: string; readonly output: KeyOutput }

export type CreateKeyOptions = Common & {
  readonly name: string
  readonly scope: readonly string[] | undefined
  readonly feed: readonly string[] | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly expires: string | undefined
}

export async function runCreateKey(options: CreateKeyOptions): Promise<void> {
  const { id, text } = makeKey(randomBytes(RANDOM_BYTES))
  const key = newKey(options, id, digestOf(text).toString('hex'), Date.now())
  const store = new KeyStore(options.store)
  await store.add(key)
  switch (options.output) {
    case 'json':
      return writeJson({ key: text, ...shown({ key, lastUsed: null }) })
    case 'yaml':
      // The manifest may be piped to kubectl or written to a file: the key goes another way.
      process.stderr.write(`${text}\n  this key is shown only now; the manifest has its digest\n`)
      return writeManifest(store)
    case 'table':
      return writeLines([
        text,
        '',
        `This key is shown only now: ${options.store} has its digest. It may: ${key.scopes.join(', ')}; feeds: ${key.feeds.join(', ')}; ${daysOf(key)}; ${expiryOf(key)}.`,
        '',
        `  ssmd data-api --api-keys ${options.store}`,
        `  curl -H 'X-API-Key: ${text}' http://127.0.0.1:8080/v1/feeds`,
        '',
        `To end it: ssmd api-key revoke ${id}`,
      ])
  }
}

/** Throws SSMD_E_USAGE for what makes no key. */
function newKey(options: CreateKeyOptions, id: string, sha256: string, nowMs: number): ApiKey {
  const { name } = options
  if (!isKeyName(name))
    throw usageError(
      `${JSON.stringify(name)} is no name for a key`,
      'use up to 63 letters, digits, spaces and ._@+-, such as research or ann@example.com'
    )
  const scopes = listed(options.scope).map((scope) => {
    if (isScope(scope)) return scope
    throw usageError(`there is no scope ${scope}`, `the scopes are ${SCOPES.join(', ')}`)
  })
  const feeds = listed(options.feed)
  for (const feed of feeds)
    if (!isFeedPattern(feed))
      throw usageError(
        `--feed ${feed} is no feed`,
        "write kalshi, live.kalshi, or a pattern in quotes: 'kraken*', '*'"
      )
  const day = (text: string | undefined) =>
    text === undefined ? null : resolveDay(text, nowMs, [])
  const [from, to] = [day(options.from), day(options.to)]
  if (from !== null && to !== null && from >= to)
    throw usageError(
      `there is no day from ${from} to before ${to}`,
      'the last day is the one before --to'
    )
  return {
    version: 1,
    id,
    name,
    sha256,
    scopes: scopes.length === 0 ? SCOPES : [...new Set(scopes)],
    feeds: feeds.length === 0 ? ['*'] : [...new Set(feeds)],
    from,
    to,
    expires: options.expires === undefined ? null : expiry(options.expires, nowMs),
    created: rfc3339Seconds(nowMs),
    revoked: null,
  }
}

/** Values that are given several times, or with commas between. */
const listed = (values: readonly string[] = []): string[] =>
  values.flatMap((value) => value.split(',')).filter((value) => value !== '')

/** A duration such as 90d, or the day on which it ends. */
function expiry(text: string, nowMs: number): string {
  const isDuration = /^\d+[a-z]+$/.test(text)
  const ms = isDuration
    ? nowMs + duration(text)
    : Date.parse(`${resolveDay(text, nowMs, [])}T00:00:00Z`)
  if (ms <= nowMs) throw usageError(`--expires ${text} is over`, 'write 90d, 12h, or a later day')
  return rfc3339Seconds(ms)
}

function duration(text: string): number {
  try {
    return parseDuration(text)
  } catch (cause) {
    throw usageError(`--expires: ${(cause as Error).message}`, 'write 90d, 12h, or a day')
  }
}

export async function runListKeys({ store: folder, output }: Common): Promise<void> {
  const store = new KeyStore(folder)
  if (output === 'yaml') return writeManifest(store)
  const { keys, damaged } = await store.list()
  if (damaged.length > 0) process.exitCode = 3
  if (output === 'json') {
    const problems = damaged.map(({ message }) => message)
    return writeJson({ store: folder, keys: keys.map(shown), damaged: problems })
  }
  if (keys.length + damaged.length === 0)
    return writeLines([`${folder} holds no key: ssmd api-key create <name> makes one`])
  const rows = keys.map(({ key, lastUsed }) => [
    key.id,
    key.name,
    stateOf(key, Date.now()),
    key.scopes.join(' '),
    key.feeds.join(' '),
    daysOf(key),
    key.expires?.slice(0, 16).replace('T', ' ') ?? 'never',
    lastUsed?.slice(0, 16).replace('T', ' ') ?? '-',
  ])
  await writeLines([
    ...renderTable(COLUMNS, rows, terminalWidth()),
    ...damaged.map(({ message }) => clean(message)),
  ])
}

export async function runRevokeKey(options: Common & { readonly id: string }): Promise<void> {
  // A person with the key at hand need not look for its id.
  const id = idOfKey(options.id) ?? options.id.replace(/^ssmd_/, '')
  if (!isKeyId(id))
    throw usageError(
      `${JSON.stringify(options.id.slice(0, 20))} is no id of a key`,
      'ssmd api-key list shows the ids'
    )
  const store = new KeyStore(options.store)
  const key = await store.revoke(id, Date.now())
  if (key === undefined)
    throw new SsmdError('SSMD_E_NOT_FOUND', `${options.store} holds no key ${id}`, {
      hint: 'ssmd api-key list shows those that there are; --store names another folder',
    })
  switch (options.output) {
    case 'json':
      return writeJson({ id, name: key.name, revoked: key.revoked })
    case 'yaml':
      return writeManifest(store)
    case 'table':
      return writeLines([`key ${id} (${key.name}) is revoked: its next request is refused`])
  }
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', least: 8 },
  { title: 'STATE' },
  { title: 'SCOPES', least: 9, spare: 1 },
  { title: 'FEEDS', least: 8 },
  { title: 'DAYS', spare: 2 },
  { title: 'EXPIRES' },
  { title: 'LAST USED', spare: 3 },
]

/** A key for a program to read: without its digest. */
function shown({ key, lastUsed }: Listed['keys'][number]) {
  const { version: _version, sha256: _sha256, ...rest } = key
  return { ...rest, lastUsed, state: stateOf(key, Date.now()) }
}

function daysOf({ from, to }: ApiKey): string {
  if (from !== null) return to === null ? `from ${from}` : `${from} to before ${to}`
  return to === null ? 'all days' : `before ${to}`
}

const expiryOf = ({ expires }: ApiKey): string =>
  expires === null ? 'does not expire' : `expires ${expires}`

async function writeManifest(store: KeyStore): Promise<void> {
  const { keys, damaged } = await store.list()
  // A Secret without one of them would lock its owner out when it is applied.
  if (damaged[0] !== undefined) throw damaged[0]
  await write(secretManifest(keys.map(({ key }) => key)))
}
