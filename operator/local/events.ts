// Events of `ssmd up`, for the log that a person reads.

export type UpEvent = {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  /** Its subject: a Deployment, the feed that a connector reports on, `nats-server`, or `ssmd`. */
  readonly subject: string
  readonly text: string
}
