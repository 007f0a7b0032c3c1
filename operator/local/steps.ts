// The steps of start and stop, with the time that each took.
import type { Step } from './snapshot.ts'

export class Steps {
  readonly #nowMs: () => number
  readonly #onChange: () => void
  readonly #steps = new Map<string, Step>()

  constructor(nowMs: () => number, onChange: () => void) {
    this.#nowMs = nowMs
    this.#onChange = onChange
  }

  list(): readonly Step[] {
    return [...this.#steps.values()]
  }

  begin(name: string, detail: string): void {
    this.#steps.set(name, { name, detail, beganAt: this.#nowMs(), endedAt: null })
    this.#onChange()
  }

  /** Details of a running step. */
  say(name: string, detail: string): void {
    const step = this.#steps.get(name)
    if (step) this.#steps.set(name, { ...step, detail })
    this.#onChange()
  }

  end(name: string, detail: string): void {
    const step = this.#steps.get(name)
    if (step) this.#steps.set(name, { ...step, detail, endedAt: this.#nowMs() })
    this.#onChange()
  }

  clear(): void {
    this.#steps.clear()
    this.#onChange()
  }
}
