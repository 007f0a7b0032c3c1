// The differences between a cluster and a laptop for the pure functions that turn resources into objects.

/** The folder of a node that relative storage paths start from. */
export const HOST_ROOT = '/var/lib/ssmd'

export type Platform = {
  readonly image: string
  readonly namespace: string
  /** UTC day, YYYY-MM-DD: decides which version of a feed is in force. */
  readonly date: string
  /** WebSocket address of the simulator of a feed, for its connector. */
  simulatorUrl(environment: string, feed: string): string
  /** The folder of the node that a storage path stands for. */
  hostPath(path: string): string
  /** Salted hash of those fields of a Secret; undefined while the Secret is missing or not read yet. */
  secretHash(secret: string, fields: readonly string[]): string | undefined
  /** The Secret that holds the variables of a key's `source.env`; undefined in a cluster, which has no variables. */
  readonly variables: string | undefined
}
