// A program's report on itself: sent on NATS every two seconds, and once more when it stops. Not stored;
// whoever wants to know listens (`ssmd up`, the operator).

import type { NatsConnection } from 'nats'
import type { Report } from './report.ts'

const PERIOD_MS = 2000

export type Reports = Disposable & {
  /** Sends one at once, beside the others: something changed that a person should see. */
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
