// A reply subject, below the prefix that the user of this NATS connection may subscribe to. The client library uses that prefix
// only for its own requests.

import { createInbox, type NatsConnection } from 'nats'

type WithOptions = { readonly options?: { readonly inboxPrefix?: string } }

export const newInbox = (nc: NatsConnection): string =>
  createInbox((nc as NatsConnection & WithOptions).options?.inboxPrefix)
