// Names of the objects that ssmd creates, within the limits of Kubernetes.
import { shortHashOf } from '#crds/canonical.ts'

// The limit of a DNS label, for names of Services and values of labels.
const LABEL_LENGTH = 63

export const connectorName = (environment: string, feed: string): string =>
  `connector-${environment}-${feed}`

export const archiverName = (archive: string): string => `archiver-${archive}`

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
