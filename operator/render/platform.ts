// What differs between a cluster and a laptop for the pure functions that turn resources into objects.

export type Platform = {
  readonly image: string
  readonly namespace: string
  /** UTC day, YYYY-MM-DD: decides which version of a feed is in force. */
  readonly date: string
  /** WebSocket address at which a connector reaches the simulator that was made for its feed. */
  simulatorUrl(environment: string, feed: string): string
  /** The folder of the node that a storage path stands for. */
  hostPath(path: string): string
  /** Hash of those fields of a Secret, salted; undefined while the Secret is not there or not read. */
  secretHash(secret: string, fields: readonly string[]): string | undefined
  /** Secret that stands for the variables of a key's `source.env`; undefined where there are none (a cluster). */
  readonly variables: string | undefined
}
