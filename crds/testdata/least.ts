// The least resource of each kind that is valid.

import type { Kind } from '../kinds.ts'

/** The least that each kind needs. */
export const LEAST: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  Feed: {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name: 'kalshi' },
    spec: {
      exchange: 'kalshi',
      versions: [{ name: 'v2', effectiveFrom: '2025-01-01', endpoint: 'wss://x.test/ws' }],
      channels: ['trade'],
    },
  },
  Environment: {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'local' },
    spec: { feeds: ['kalshi'], transport: { url: 'nats://127.0.0.1:4222' } },
  },
  Archive: {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Archive',
    metadata: { name: 'kalshi-local' },
    spec: { environmentRef: { name: 'local' }, feeds: ['kalshi'], storage: { path: 'data' } },
  },
  Signal: {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Signal',
    metadata: { name: 'wide-spread' },
    spec: { environmentRef: { name: 'local' }, feeds: ['kalshi'], source: 'export default {}' },
  },
}
