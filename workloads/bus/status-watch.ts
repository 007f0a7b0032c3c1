// Follows whether a NATS connection is up, by the client's status. Bytes written before `down` may be lost; bytes written
// between `down` and `up` are silently discarded by the client at its next dial.

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

/** The two changes that matter to publishers and subscribers. */
export function watchUpDown(nc: NatsConnection, on: { down(): void; up(): void }): StatusWatch {
  return watchStatus(nc, (status) => {
    if (status.type === Events.Disconnect) on.down()
    else if (status.type === Events.Reconnect) on.up()
  })
}
