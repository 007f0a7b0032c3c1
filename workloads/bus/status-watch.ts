// Whether a NATS connection is up, as the client tells it: what was written before `down` may be lost, and what is
// written between `down` and `up` is thrown away by the client at its next dial, silently.

import { Events, type NatsConnection, type Status } from 'nats'

export type StatusWatch = { close(): void }

/** Calls `on` for each change, in order, until closed or until the connection is. */
export function watchStatus(nc: NatsConnection, on: (status: Status) => void): StatusWatch {
  let open = true
  const statuses = nc.status()
  const follow = async (): Promise<void> => {
    for await (const status of statuses) {
      if (!open) return
      on(status)
    }
  }
  void follow()
  return {
    close() {
      open = false
    },
  }
}

/** The two changes that matter to whoever publishes or subscribes. */
export function watchUpDown(nc: NatsConnection, on: { down(): void; up(): void }): StatusWatch {
  return watchStatus(nc, (status) => {
    if (status.type === Events.Disconnect) on.down()
    else if (status.type === Events.Reconnect) on.up()
  })
}
