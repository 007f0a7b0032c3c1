// A capture with one connector, as its status sees it, for tests of conditions.

import type { CaptureView, ConnectorView } from '../feed/status.ts'

type Connector = Omit<ConnectorView, 'name'>

/** Fields of the capture and of its only connector together. */
export type Alone = Omit<CaptureView, 'connectors'> & Connector & { readonly connector: string }

export const captureAlone = (fields: Alone): CaptureView => {
  const { connector, deployment, observation, pending, report, ...capture } = fields
  return {
    ...capture,
    connectors: [{ name: connector, deployment, observation, pending, report }],
  }
}
