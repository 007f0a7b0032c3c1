// The running programs of a node: one that ends by itself is a failure of the whole, with its last words; one that is
// restarted or stopped on purpose is not.

import type { Running } from '../../operator/testing/processes.ts'

export class Parts {
  readonly #running: Running[] = []
  readonly failed: Promise<string>
  #fail: (words: string) => void = () => {}

  constructor() {
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
  }

  get all(): readonly Running[] {
    return this.#running
  }

  add(...parts: readonly Running[]): void {
    for (const part of parts) {
      this.#running.push(part)
      void part.ended.then(() => {
        if (this.#running.includes(part)) this.#fail(part.lastWords())
      })
    }
  }

  async stop(name: string, signal?: NodeJS.Signals): Promise<void> {
    for (const part of this.#running.filter((part) => part.name === name)) {
      this.#running.splice(this.#running.indexOf(part), 1)
      await part.stop(signal)
    }
  }

  async stopAll(): Promise<void> {
    const parts = this.#running.splice(0)
    await Promise.all(parts.map((part) => part.stop()))
  }
}
