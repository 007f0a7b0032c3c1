// Acknowledges commits, one at a time and beside the next commits, so that an unreachable NATS delays no commit. A lost
// acknowledgement is harmless: the blocks are delivered again and ignored.

import { describeError } from '#crds/errors.ts'
import type { BlockConsumer } from './consumer.ts'

export class Acknowledger {
  readonly #consumer: Pick<BlockConsumer, 'acknowledge'>
  readonly #log: { warn(fields: object, message: string): void }
  #wanted = 0
  #running: Promise<void> | null = null

  constructor(
    consumer: Pick<BlockConsumer, 'acknowledge'>,
    log: { warn(fields: object, message: string): void }
  ) {
    this.#consumer = consumer
    this.#log = log
  }

  /** Everything up to this sequence is committed. */
  acknowledge(sequence: number): void {
    // Sequences of a recreated stream begin again: the newest commit counts, not the greatest.
    if (sequence === this.#wanted) return
    this.#wanted = sequence
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
  }

  /** Resolves once the last commit is acknowledged, or NATS did not take it. */
  async settle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    let done = Number.NaN
    while (done !== this.#wanted) {
      const sequence = this.#wanted
      try {
        await this.#consumer.acknowledge(sequence)
      } catch (thrown) {
        this.#log.warn({ sequence, reason: describeError(thrown) }, 'not acknowledged; committed')
      }
      done = sequence
    }
  }
}
