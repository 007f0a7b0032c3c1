// The Deployments of this computer: starts and stops processes as desired, restarts only changed ones and names the causes.
// Stops component by component.
import type { ConfigMap, Deployment, KubeObject } from '../render/objects.ts'
import type { Component } from '../render/pod.ts'
import { rolloutCauses } from '../render/rollout.ts'
import { describeConfigChange } from './config-change.ts'
import { type LocalContext, LocalDeployment } from './deployment.ts'

export class Runner {
  readonly #context: LocalContext
  readonly #running = new Map<string, LocalDeployment>()
  /** Configuration of the last start of each, to tell what an edit changed. */
  readonly #configs = new Map<string, ConfigMap>()
  #hurried = false

  constructor(context: LocalContext) {
    this.#context = context
  }

  /** All that run or should, by name. */
  list(): readonly LocalDeployment[] {
    return [...this.#running.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Reconciles one component; resolves once unwanted processes have stopped and new ones have been started. */
  async apply(component: Component, objects: readonly KubeObject[]): Promise<void> {
    const configMaps = new Map<string, ConfigMap>()
    const wanted = new Map<string, Deployment>()
    for (const object of objects) {
      if (object.kind === 'ConfigMap') configMaps.set(object.metadata.name, object)
      if (object.kind === 'Deployment') wanted.set(object.metadata.name, object)
    }
    const steps: Promise<void>[] = []
    for (const [name, running] of this.#running) {
      if (running.component !== component || wanted.has(name)) continue
      this.#running.delete(name)
      this.#configs.delete(name)
      this.#tell(
        name,
        `no longer declared: stopping${component === 'archiver' || component === 'signal' ? '; its data stays' : ''}`
      )
      steps.push(running.stop())
    }
    for (const [name, deployment] of wanted) {
      const running = this.#running.get(name)
      if (running === undefined) this.#start(deployment, configMaps)
      else steps.push(this.#update(running, deployment, configMaps))
    }
    await Promise.all(steps)
  }

  async stop(component: Component): Promise<void> {
    const these = this.list().filter((deployment) => deployment.component === component)
    await Promise.all(these.map((deployment) => deployment.stop()))
  }

  /** From now on, kills instead of waiting. */
  hurry(): void {
    this.#hurried = true
    for (const deployment of this.#running.values()) deployment.hurry()
  }

  #start(deployment: Deployment, configMaps: ReadonlyMap<string, ConfigMap>): void {
    const { name } = deployment.metadata
    const started = new LocalDeployment(deployment, configMaps, this.#context)
    if (this.#hurried) started.hurry()
    this.#running.set(name, started)
    this.#remember(name, configMaps)
    started.start()
  }

  async #update(
    running: LocalDeployment,
    deployment: Deployment,
    configMaps: ReadonlyMap<string, ConfigMap>
  ): Promise<void> {
    const { name } = running
    const causes = rolloutCauses(running.deployment.spec.template, deployment.spec.template)
    if (causes.length === 0) {
      running.update(deployment, configMaps)
      this.#remember(name, configMaps)
      return
    }
    const before = this.#configs.get(name)
    const after = configMaps.get(name)
    const change =
      causes.includes('config') && before && after ? describeConfigChange(before, after) : ''
    this.#tell(name, `restarting: ${causes.join(', ')} changed${change && ` (${change})`}`)
    await running.stop()
    // It may have become unwanted while it was stopping.
    if (this.#running.get(name) === running) this.#start(deployment, configMaps)
  }

  #remember(name: string, configMaps: ReadonlyMap<string, ConfigMap>): void {
    const config = configMaps.get(name)
    if (config) this.#configs.set(name, config)
  }

  #tell(subject: string, text: string): void {
    this.#context.onEvent({ at: this.#context.nowMs(), level: 'info', subject, text })
  }
}
