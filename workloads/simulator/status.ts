// What `GET /simulator` and the metrics tell: what is played, how far it is, what each client was sent, and
// which faults struck. Reads, and changes nothing.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Settings } from './options.ts'
import { Replay } from './replay.ts'
import type { Stage } from './stage.ts'

export type Status = ReturnType<typeof describeStage>

export function describeStage(settings: Settings, { venue, source, hub, schedule }: Stage) {
  const replay = source instanceof Replay ? source : undefined
  return {
    simulated: true,
    exchange: venue.name,
    source: replay ? 'replay' : 'generated',
    speed: String(settings.speed),
    seed: replay ? null : settings.seed,
    rate: replay ? null : settings.rate,
    markets: replay ? null : settings.markets,
    replay: replay?.progress ?? null,
    recordings: (replay?.accounts ?? []).map(({ file, frames, odd, unplayed, problem }) => ({
      file,
      frames,
      odd,
      unplayed,
      problem,
    })),
    framesSent: hub.framesSent,
    overflows: hub.overflows,
    faults: schedule.counts,
    clients: [...hub.clients].map((client) => ({
      id: client.id,
      key: client.session.who,
      framesSent: client.framesSent,
      answersSent: client.answersSent,
      bytesSent: client.bytesSent,
      pendingBytes: client.pendingBytes,
      subscriptions: client.session.subscriptions(),
    })),
  }
}

export function registerMetrics(registry: Registry, stages: readonly Stage[]): void {
  const registers = [registry]
  new Counter({
    name: 'ssmd_simulator_frames_sent_total',
    help: 'Simulated data frames sent to clients',
    registers,
    collect() {
      this.reset()
      for (const { hub } of stages) this.inc(hub.framesSent)
    },
  })
  new Gauge({
    name: 'ssmd_simulator_clients',
    help: 'Connected clients',
    registers,
    collect() {
      this.set(stages.reduce((sum, { hub }) => sum + hub.clients.size, 0))
    },
  })
  new Counter({
    name: 'ssmd_simulator_faults_total',
    help: 'Faults on demand that struck',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset()
      for (const { schedule } of stages)
        for (const [kind, count] of Object.entries(schedule.counts)) this.inc({ kind }, count)
    },
  })
}
