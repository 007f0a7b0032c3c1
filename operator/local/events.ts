// What happened while `ssmd up` runs, in the order in which it happened: for the log of a person, not for
// programs.

export type UpEvent = {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  /** Whom it is about: a Deployment, `nats-server`, or `ssmd`. */
  readonly subject: string
  readonly text: string
}
