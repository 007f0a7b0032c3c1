// What is said of a signal that is not run, or that was stopped: one sentence with the place in its source.

export type Finding = {
  /** The name that is refused, or the limit that was reached. */
  readonly identifier: string
  /** Line of the source, from 1. */
  readonly line: number
  readonly why: string
}

/** Thrown where a signal must not continue. */
export class Refusal extends Error {
  readonly finding: Finding

  constructor(finding: Finding) {
    super(`line ${finding.line}: ${finding.identifier}: ${finding.why}`)
    this.finding = finding
  }
}
