// What `GET /simulator` and the metrics tell: what is played, how far it is, what each client was sent, and
// which faults struck. Reads, and changes nothing.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { GeneratedExchange } from './exchange.ts'
import type { Hub } from './hub.ts'
import type { Settings } from './options.ts'
import { Replay } from './replay.ts'
import type { FaultSchedule } from './schedule.ts'

export type Status = ReturnType<typeof describeSimulator>

export function describeSimulator(
  settings: Settings,
  source: GeneratedExchange | Replay,
  hub: Hub,
  schedule: FaultSchedule
) {
  const replay = source instanceof Replay ? source : undefined
  return {
    simulated: true,
    exchange: 'kalshi',
    source: source.kind,
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
      key: client.key,
      framesSent: client.framesSent,
      answersSent: client.answersSent,
      bytesSent: client.bytesSent,
      pendingBytes: client.pendingBytes,
      subscriptions: [...client.session.subscriptions].map(
        ({ sid, channel, markets, lastSequence }) => ({
          sid,
          channel: channel.name,
          markets: markets?.size ?? null,
          lastSequence,
        })
      ),
    })),
  }
}

export function registerMetrics(registry: Registry, hub: Hub, schedule: FaultSchedule): void {
  const registers = [registry]
  new Counter({
    name: 'ssmd_simulator_frames_sent_total',
    help: 'Simulated data frames sent to clients',
    registers,
    collect() {
      this.reset()
      this.inc(hub.framesSent)
    },
  })
  new Gauge({
    name: 'ssmd_simulator_clients',
    help: 'Connected clients',
    registers,
    collect() {
      this.set(hub.clients.size)
    },
  })
  new Counter({
    name: 'ssmd_simulator_faults_total',
    help: 'Faults on demand that struck',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset()
      for (const [kind, count] of Object.entries(schedule.counts)) this.inc({ kind }, count)
    },
  })
}
