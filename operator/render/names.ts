// Names of the objects that ssmd creates, within the limits of Kubernetes.
import { shortHashOf } from '#crds/canonical.ts'

/** The label of objects of all shards of a feed but the first. */
export const SHARD = 'ssmd.io/shard'

/** The shard that an object of a connector belongs to, by its labels. */
export const shardIn = (labels: Readonly<Record<string, string>> | undefined): number =>
  Number(labels?.[SHARD] ?? 0)

// The limit of a DNS label, for names of Services and values of labels.
const LABEL_LENGTH = 63

/** The first of a feed's connectors has the name that it has alone. */
export const connectorName = (environment: string, feed: string, shard = 0): string =>
  `connector-${environment}-${feed}${shard === 0 ? '' : `-${shard}`}`

export const archiverName = (archive: string): string => `archiver-${archive}`

export const signalName = (signal: string): string => `signal-${signal}`

export const simulatorName = (environment: string, feed: string): string =>
  `simulator-${environment}-${feed}`

/** `text`, or its beginning and a hash of it if it is longer than a DNS label. */
export function fitLabel(text: string, length: number = LABEL_LENGTH): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 9)}-${shortHashOf(text).slice(0, 8)}`
}

/** The Service in front of a simulator. */
export const simulatorService = (environment: string, feed: string): string =>
  fitLabel(simulatorName(environment, feed))
