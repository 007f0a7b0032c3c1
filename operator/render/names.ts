// Names of the objects that ssmd makes, and how they stay within what Kubernetes allows.
import { shortHashOf } from '#crds/canonical.ts'

// A DNS label: what the name of a Service and the value of a label may be.
const LABEL_LENGTH = 63

export const connectorName = (environment: string, feed: string): string =>
  `connector-${environment}-${feed}`

export const archiverName = (archive: string): string => `archiver-${archive}`

export const simulatorName = (environment: string, feed: string): string =>
  `simulator-${environment}-${feed}`

/** `text`, or where it is longer than a DNS label its beginning and a hash of the whole. */
export function fitLabel(text: string, length: number = LABEL_LENGTH): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 9)}-${shortHashOf(text).slice(0, 8)}`
}

/** The Service in front of a simulator. */
export const simulatorService = (environment: string, feed: string): string =>
  fitLabel(simulatorName(environment, feed))
