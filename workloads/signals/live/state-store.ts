// Where the state of a signal is stored: its key in the environment's bucket. A state is stored only once all fires that it knows of are in
// their stream, so that a runner that continues with it leaves none out.

import type { NatsConnection } from 'nats'
import type { Alarms } from '#bus/alarms.ts'
import { ensureBucket, maxValueBytes, readKey, writeKey } from '#bus/bucket.ts'
import { signalBucket } from '#bus/names.ts'
import type { BlockPublisher } from '#bus/publisher.ts'
import type { StreamFacts } from '#bus/stream.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'

export type StateStoreOptions = {
  readonly nc: NatsConnection
  readonly environment: string
  readonly name: string
  readonly replicas: number
  readonly alarms: Alarms
  readonly publisher: Pick<BlockPublisher, 'idle' | 'lastSequence'>
  /** The stream of the fires. */
  readonly facts: StreamFacts
}

export class StateStore {
  readonly #o: StateStoreOptions
  readonly #bucket: string
  /** What was stored by the process before. */
  readonly stored: Checkpoint | undefined

  static async open(o: StateStoreOptions): Promise<StateStore> {
    const { nc, environment, name, replicas } = o
    const bucket = signalBucket(environment)
    await ensureBucket(nc, { name: bucket, replicas })
    return new StateStore(o, bucket, decodeCheckpoint(await readKey(nc, bucket, name)))
  }

  private constructor(o: StateStoreOptions, bucket: string, stored: Checkpoint | undefined) {
    this.#o = o
    this.#bucket = bucket
    this.stored = stored
  }

  /** One that is too large is a trouble, and the one before stays. */
  async store(state: Omit<Checkpoint, 'version' | 'published'>): Promise<void> {
    const { nc, name, publisher, facts, alarms } = this.#o
    const published = { created: facts.created, sequence: this.#publishedUpTo() }
    const value = encodeCheckpoint({ ...state, published })
    const most = maxValueBytes(nc)
    const isTooLarge = value.length > most
    const message = `${name}: its state has ${value.length} bytes as JSON, and ${most} are the most that are stored`
    alarms.say('state', 'StateTooLarge', isTooLarge ? message : '')
    if (isTooLarge) return
    await publisher.idle()
    await writeKey(nc, this.#bucket, name, value)
  }

  /** A lower sequence only makes the next start look at more of the stream. */
  #publishedUpTo(): number {
    const { publisher, facts } = this.#o
    if (publisher.lastSequence > 0) return publisher.lastSequence
    if (this.stored === undefined) return facts.lastSequence
    const { created, sequence } = this.stored.published
    return created === facts.created ? sequence : 0
  }
}
