// A runner's metrics: counted where things happen, and read at each scrape.

import { Counter, Gauge, type Registry } from 'prom-client'
import { errorsOf, type Reported } from './report.ts'

export function signalMetrics(
  registry: Registry,
  o: Pick<Reported, 'environment' | 'name' | 'runner' | 'sinks'>
): void {
  const registers = [registry]
  const { environment, name, runner, sinks } = o
  const counter = (rest: string, help: string, read: () => number) =>
    new Counter({
      name: `ssmd_signal_${rest}`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const gauge = (rest: string, help: string, read: () => number) =>
    new Gauge({
      name: `ssmd_signal_${rest}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  new Gauge({
    name: 'ssmd_signal_info',
    help: 'Always 1: which Signal this runner runs.',
    registers,
    labelNames: ['environment', 'signal'],
    collect() {
      this.set({ environment, signal: name }, 1)
    },
  })
  counter('events_total', 'Market events that the signal was handed.', () => runner.figures.events)
  counter('late_events_total', 'Events that came after later ones.', () => runner.figures.late)
  counter('fires_total', 'Fires.', () => runner.figures.fires)
  counter('errors_total', 'Verdicts, and attempts that failed.', () => errorsOf(o))
  gauge(
    'watching',
    '1 while it handles what is captured now, 0 while it catches up, waits or is refused.',
    () => (runner.state === 'watching' ? 1 : 0)
  )
  gauge('refused', '1 if the signal is refused or was stopped.', () =>
    runner.state === 'refused' ? 1 : 0
  )
  gauge('lag_seconds', 'Age of the last event when the signal had handled it.', () =>
    runner.figures.lagMs === null ? Number.NaN : runner.figures.lagMs / 1000
  )
  gauge('last_fire_timestamp_seconds', 'Receive time of the last event that made it fire.', () =>
    runner.figures.lastFireMs === null ? Number.NaN : runner.figures.lastFireMs / 1000
  )
  gauge('pending_fires', 'Fires that JetStream has not acknowledged.', () => runner.pendingFires)
  const labelNames = ['sink']
  const bySink = (rest: string, help: string, read: (sink: (typeof sinks)[number]) => number) =>
    new Gauge({
      name: `ssmd_signal_sink_${rest}`,
      help,
      registers,
      labelNames,
      collect() {
        for (const sink of sinks) this.set({ sink: sink.name }, read(sink))
      },
    })
  bySink('delivered', 'Fires that the sink took since the start.', (s) => s.report.delivered)
  bySink('pending', 'Fires that wait for the sink.', (s) => s.report.pending)
  bySink('failures', 'Attempts that failed in a row.', (s) => s.failures)
}
