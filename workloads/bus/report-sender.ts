// Sends a program's report on NATS every two seconds, and once more when it stops. Reports are not stored; `ssmd up` and the
// operator subscribe to them.

import type { NatsConnection } from 'nats'
import type { Report } from './report.ts'

const PERIOD_MS = 2000

export type Reports = Disposable & {
  /** Sends an additional report immediately, after a change that a person should see. */
  send(): void
}

/** Sends `make()` on `subject` now and every two seconds until disposed; disposing sends a last one. */
export function startReports(
  nc: Pick<NatsConnection, 'publish' | 'isClosed'>,
  subject: string,
  make: () => Report
): Reports {
  const send = () => {
    if (!nc.isClosed()) nc.publish(subject, Buffer.from(JSON.stringify(make())))
  }
  send()
  const timer = setInterval(send, PERIOD_MS)
  timer.unref()
  return {
    send,
    [Symbol.dispose]() {
      clearInterval(timer)
      send()
    },
  }
}
