// The ports of simulators on this computer. The first one gets the well-known port if it is free; each keeps its port while it
// is wanted, so that no connector needs a new address.
import type { Declared } from '../desired.ts'
import { SIMULATOR_PORT, simulatedFeeds } from '../environment/desired.ts'
import { simulatorName } from '../render/names.ts'
import { freePort } from './ports.ts'

export class SimulatorPorts {
  readonly #ports = new Map<string, number>()

  /** The port of a simulator, by its Deployment's name. */
  get(name: string): number | undefined {
    return this.#ports.get(name)
  }

  async choose(declared: Declared, date: string): Promise<void> {
    const wanted = declared.environments.flatMap((environment) =>
      simulatedFeeds(environment, declared.feeds, { date }).map((feed) =>
        simulatorName(environment.metadata.name, feed.metadata.name)
      )
    )
    for (const name of this.#ports.keys()) if (!wanted.includes(name)) this.#ports.delete(name)
    for (const name of wanted) {
      if (this.#ports.has(name)) continue
      const isTaken = [...this.#ports.values()].includes(SIMULATOR_PORT)
      this.#ports.set(name, await freePort(isTaken ? [] : [SIMULATOR_PORT]))
    }
  }
}
