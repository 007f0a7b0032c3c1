// A JetStream KV bucket: the last value of each key, on disk. It is one as the `nats kv` command makes and reads them. An existing
// bucket is used as it is.

import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { askJetStream, JETSTREAM, JetStreamError, toBusError } from './api.ts'
import { bucketStream, bucketSubject } from './names.ts'

export type BucketWant = { readonly name: string; readonly replicas: number }

/** Of one value: what a server takes by default, less room for its headers. */
export const MAX_VALUE_BYTES = 1_000_000
const HEADER_ROOM = 1024
const TIMEOUT_MS = 5_000

/** The largest value that the connected server takes. */
export const maxValueBytes = (nc: NatsConnection): number =>
  Math.min(MAX_VALUE_BYTES, (nc.info?.max_payload ?? 1024 * 1024) - HEADER_ROOM)

/** Creates a missing bucket. */
export async function ensureBucket(nc: NatsConnection, want: BucketWant): Promise<void> {
  const stream = bucketStream(want.name)
  const what = `making bucket ${want.name}`
  try {
    await askJetStream(nc, `STREAM.INFO.${stream}`, undefined, `reading bucket ${want.name}`)
    return
  } catch (thrown) {
    if (!isRefusal(thrown, JETSTREAM.streamNotFound)) throw thrown
  }
  try {
    await askJetStream(nc, `STREAM.CREATE.${stream}`, bucketConfig(want), what)
  } catch (thrown) {
    // Another program was faster, with other settings.
    if (!isRefusal(thrown, JETSTREAM.nameInUse)) throw thrown
  }
}

const bucketConfig = ({ name, replicas }: BucketWant): object => ({
  name: bucketStream(name),
  subjects: [bucketSubject(name, '>')],
  retention: 'limits',
  storage: 'file',
  discard: 'new',
  max_msgs_per_subject: 1,
  num_replicas: replicas,
  allow_rollup_hdrs: true,
  deny_delete: true,
  allow_direct: true,
})

/** The value of a key; undefined if it has none. */
export async function readKey(
  nc: NatsConnection,
  bucket: string,
  key: string
): Promise<Uint8Array | undefined> {
  const stream = bucketStream(bucket)
  const what = `reading ${key} of bucket ${bucket}`
  try {
    const subject = `$JS.API.DIRECT.GET.${stream}.${bucketSubject(bucket, key)}`
    const { data, headers } = await nc.request(subject, '', { timeout: TIMEOUT_MS })
    const code = headers?.code ?? 0
    if (code === 404) return undefined
    if (code !== 0) {
      throw new SsmdError('SSMD_E_NATS', `${what}: ${code} ${headers?.description ?? ''}`)
    }
    return headers?.has('KV-Operation') ? undefined : data
  } catch (thrown) {
    throw toBusError(thrown, what)
  }
}

/** Resolves once JetStream has the value. */
export async function writeKey(
  nc: NatsConnection,
  bucket: string,
  key: string,
  value: Uint8Array
): Promise<void> {
  const what = `writing ${key} of bucket ${bucket}`
  let answer: { readonly error?: { readonly err_code?: number; readonly description?: string } }
  try {
    const msg = await nc.request(bucketSubject(bucket, key), value, { timeout: TIMEOUT_MS })
    answer = msg.json()
  } catch (thrown) {
    throw toBusError(thrown, what)
  }
  if (!answer.error) return
  const { err_code: code = 0, description = 'unknown error' } = answer.error
  throw new JetStreamError(what, code, description)
}

const isRefusal = (thrown: unknown, code: number): boolean =>
  thrown instanceof JetStreamError && thrown.errCode === code
