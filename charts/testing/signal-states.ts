// Every state that a Signal is seen in, as states.ts has those of the other kinds.

import type { Signal } from '#crds/signal.gen.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { PAUSED } from '../../operator/reconcile/kinds.ts'
import { type SignalView, signalFigures, signalSummary } from '../../operator/signal/status.ts'
import { good, waiting } from '../../operator/status/status.ts'
import {
  FAR,
  failing,
  GENERATION,
  invalid,
  judged,
  NOW,
  PAUSE,
  REFUSED,
  running,
  type Written,
  written,
} from './judged.ts'

const RUNNER = 'signal-wide-spread'
const report = (over: object = {}) =>
  ({
    ...{ role: 'signal', environment: 'lab', feed: 'signal-wide-spread', name: RUNNER },
    ...{ seenAt: NOW, state: 'watching', message: '', signal: 'wide-spread', events: 1_000_000 },
    ...{ firesToday: 12, lastFireAt: NOW, lagSeconds: 0.2, errors: 0, catchUp: null, missed: null },
    ...over,
  }) as const
const troubled = (kind: string, message: string) =>
  report({ troubles: [{ kind, message, since: NOW }] })

function signal(over: Partial<SignalView> = {}, of: Written = {}): KubeObject {
  const view: SignalView = {
    signal: written('Signal', of) as unknown as Signal,
    config: good('Valid'),
    credentials: good('NotNeeded'),
    paused: of.annotations?.[PAUSED] === 'true',
    runner: RUNNER,
    deployment: running(RUNNER),
    pending: [],
    stream: { kind: 'good' },
    report: report() as SignalView['report'],
    settled: true,
    failure: undefined,
    ...over,
  }
  return judged('Signal', signalSummary(view), signalFigures(view), of)
}
const said = (over: object) => signal({ report: report(over) as SignalView['report'] })
const off = { deployment: undefined, report: undefined }

export const SIGNALS = {
  unseen: () => written('Signal', {}),
  running: () => signal(),
  changed: () => {
    const object = signal()
    return { ...object, metadata: { ...object.metadata, generation: GENERATION + 1 } }
  },
  invalid: () => signal({ signal: undefined, config: invalid, ...off }),
  'feed-missing': () =>
    signal({ config: waiting('FeedNotFound', 'spec.feeds[0]: there is no Feed kalshi'), ...off }),
  'secret-missing': () =>
    signal({ credentials: waiting('SecretNotFound', 'there is no Secret hook'), ...off }),
  starting: () => signal(off),
  suspended: () => signal(off, { spec: { suspend: true } }),
  paused: () => signal({}, PAUSE),
  'workload-failed': () => signal({ deployment: failing(RUNNER), report: undefined }),
  quiet: () => said({ events: 0, lastFireAt: null, lagSeconds: null }),
  'catching-up': () => said({ state: 'catching-up', message: '3 h behind' }),
  refused: () => said({ state: 'refused', message: 'wide-spread.ts:4: fetch: no network' }),
  'sink-failing': () =>
    signal({
      report: troubled('SinkFailing', 'sink hook: status 503') as SignalView['report'],
    }),
  'nats-away': () => signal({ stream: FAR, report: undefined }),
  'stream-refused': () => signal({ stream: REFUSED, report: undefined }),
  'rollout-pending': () => signal({ pending: ['image'] }),
} satisfies Readonly<Record<string, () => KubeObject>>
