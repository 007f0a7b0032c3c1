// A subject to be answered on, below the prefix that the user of this connection may subscribe to. The client library
// knows the prefix and uses it for its own requests only.

import { createInbox, type NatsConnection } from 'nats'

type WithOptions = { readonly options?: { readonly inboxPrefix?: string } }

export const newInbox = (nc: NatsConnection): string =>
  createInbox((nc as NatsConnection & WithOptions).options?.inboxPrefix)
