// Combines the rooms kube and runtime: starts caches, then takes the lease, then runs controllers, and stops in the opposite
// order. A standby keeps its caches and queues filled, so it starts working as soon as it leads.
//
// How to build a kind on it (the whole public interface):
//
//   const manager = new Manager({ connection, log, registry, userAgent, name: 'ssmd-operator', … })
//   const feeds = manager.informer(FEEDS, { namespace, indexes: { environment: (feed) => […] } })
//   const deployments = manager.informer(DEPLOYMENTS, { namespace, labelSelector: '…' })
//   manager.controller({ name: 'feed', for: feeds, owns: [deployments],
//     watches: [watching(environments, (environment) => feeds.store.keysBy('environment', …))],
//     reconcile: async (pass) => { … } })
//   manager.task({ name: 'reports', when: 'leading' | 'always', run: async (signal) => { … } })
//   await manager.run(signal)      // returns after an orderly stop; throws LeaseLost: then exit with 1
//
// A reconcile function gets a Pass (pass.ts): `get` (cache), `getLive`, `apply(resource, desired, owner)`,
// `applyStatus(resource, object, status)`, `delete(resource, key, unwanted)`, `event`, `key`, `scope`, `signal`, `log`. It
// returns nothing or `{requeueAfterMs}`, or throws: WaitError(reason, message, retryAfterMs) to be called again without
// an error, TerminalError(reason, message) to be called again only after a change, anything else to be retried with
// back-off (outcome.ts). `Desired` objects hold only the fields that we own: no status, no null, no
// resourceVersion; `ownedBy(owner)` of kube/objects.ts makes the owner reference, `conditionsOf` of kube/conditions.ts the
// conditions. `manager.enqueue(controller, key)` starts a pass for a cause outside Kubernetes.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Checks, Health } from '#role/health.ts'
import { Applier } from '../kube/apply.ts'
import { ApplyGuard } from '../kube/apply-guard.ts'
import { Client } from '../kube/client.ts'
import type { Connection } from '../kube/config.ts'
import { WriteRefused } from '../kube/errors.ts'
import { Recorder } from '../kube/events.ts'
import { Informer, type InformerOptions } from '../kube/informer.ts'
import { Elector, type LeaseLost } from '../kube/lease.ts'
import { DEFAULT_TIMES, type LeaseTimes } from '../kube/lease-machine.ts'
import { type KubeMetrics, kubeMetrics } from '../kube/metrics.ts'
import type { Key, KubeObject, Resource } from '../kube/objects.ts'
import { type AddOptions, PRIORITY, WorkQueue } from '../kube/queue.ts'
import { Sharer } from '../kube/share.ts'
import type { Change } from '../kube/store.ts'
import { systemTimers, type Timers } from '../kube/timers.ts'
import { Transport } from '../kube/transport.ts'
import { Turns } from '../kube/turns.ts'
import { managerChecks } from './checks.ts'
import { Consistency } from './consistency.ts'
import { Controller, DEFAULT_WORKERS, type Reconcile } from './controller.ts'
import { controllerMetrics, watchEventLoop } from './metrics.ts'
import { Precondition, type PreconditionOptions } from './precondition.ts'
import { untilSynced } from './synced.ts'
import { mappedWishes, ownerWishes, ownWish, type Wish } from './triggers.ts'

export type ManagerOptions = {
  readonly connection: Connection
  readonly log: Logger
  readonly registry: Registry
  /** `ssmd-operator/<version> (<sha>)`, as in audit logs and flow schemas. */
  readonly userAgent: string
  /** Field manager; the status has `<name>-status`. */
  readonly name: string
  /** The annotation that holds the hash of what was applied last, such as `ssmd.io/applied-hash`. */
  readonly hashAnnotation: string
  /** The program in Events, such as `ssmd.io/operator`. */
  readonly reportingController: string
  /** Default: no lease; this process leads from the start. For one replica, and for tests. */
  readonly lease?: {
    readonly namespace: string
    readonly name: string
    readonly identity?: string
    readonly times?: LeaseTimes
  }
  /** Changes nothing: every write is sent as a dry run and logged, no lease is taken, no Event is written. */
  readonly readOnly?: boolean
  /** Receives the checks of caches, lease, watches and passes. */
  readonly health?: Health
  /** Must hold before this process leads, and as long as it runs; it receives the client. */
  readonly precondition?: (client: Client) => PreconditionOptions
  /** How long passes in flight may continue after the signal; default 20 s. */
  readonly graceMs?: number
  readonly perSecond?: number
  readonly burst?: number
  readonly timers?: Timers
  readonly random?: () => number
}

export type Watching = {
  readonly informer: Informer
  readonly wishes: (change: Change<KubeObject>) => readonly Wish[]
}

/** Any kind whose change concerns objects of the controller's kind: `map` names their keys. */
export const watching = <T extends KubeObject>(
  informer: Informer<T>,
  map: (object: T) => Iterable<Key>
): Watching => ({
  informer: informer as unknown as Informer,
  wishes: (change) => mappedWishes(change as Change<T>, map),
})

export type ControllerSpec<T extends KubeObject> = {
  readonly name: string
  readonly for: Informer<T>
  /** Kinds whose objects are owned by the controller's kind. */
  readonly owns?: readonly Informer[]
  readonly watches?: readonly Watching[]
  readonly reconcile: Reconcile
  readonly workers?: number
  readonly timeoutMs?: number
  readonly resyncMs?: number
  /** First and longest wait after a failure; default 200 ms and 5 min. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number }
}

export type TaskSpec = {
  readonly name: string
  /** `always`: also on a standby, once the caches are filled. */
  readonly when: 'leading' | 'always'
  /** Ends when the signal aborts; an error ends the manager. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

const FLUSH_MS = 2000

export class Manager {
  readonly client: Client
  readonly recorder: Recorder
  readonly identity: string
  readonly #options: ManagerOptions
  readonly #timers: Timers
  readonly #random: () => number
  readonly #metrics: KubeMetrics
  readonly #observeController: ReturnType<typeof controllerMetrics>
  readonly #applier: Applier
  readonly #elector: Elector | undefined
  readonly #informers: Informer[] = []
  readonly #sharer = new Sharer()
  /** One page is made by the server while another is read here. */
  readonly #lists = new Turns(2)
  readonly #controllers: Controller[] = []
  readonly #tasks: TaskSpec[] = []
  readonly #precondition: Precondition | undefined
  #phase: 'starting' | 'standby' | 'leading' | 'stopping' = 'starting'

  constructor(options: ManagerOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    this.#random = options.random ?? Math.random
    this.#metrics = kubeMetrics(options.registry)
    this.#observeController = controllerMetrics(options.registry)
    const { log, readOnly = false } = options
    const timers = this.#timers
    const transport = new Transport({
      connection: options.connection,
      userAgent: options.userAgent,
      timers,
      random: this.#random,
      observe: this.#metrics.observeRequest,
      ...(options.perSecond === undefined ? {} : { perSecond: options.perSecond }),
      ...(options.burst === undefined ? {} : { burst: options.burst }),
    })
    this.client = new Client(transport)
    if (options.precondition)
      this.#precondition = new Precondition(options.precondition(this.client), { timers, log })
    this.identity = options.lease?.identity ?? `${hostname()}_${randomUUID()}`
    if (options.lease && !readOnly) {
      this.#elector = new Elector({
        client: this.client,
        timers,
        random: this.#random,
        log,
        namespace: options.lease.namespace,
        name: options.lease.name,
        identity: this.identity,
        times: options.lease.times ?? DEFAULT_TIMES,
      })
      const elector = this.#elector
      this.#metrics.collectLease(options.lease.name, () => elector)
    }
    transport.guardWrites((call) => {
      if (readOnly) throw new WriteRefused('readOnly', call)
      if (call.pool !== 'lease' && this.#elector && !this.#elector.mayWrite)
        throw new WriteRefused('notLeading', call)
    })
    this.recorder = new Recorder({
      client: this.client,
      timers,
      log,
      controller: options.reportingController,
      instance: this.identity,
    })
    this.#metrics.countDropped(() => this.recorder.dropped)
    this.#applier = new Applier({
      client: this.client,
      guard: new ApplyGuard({ timers }),
      manager: options.name,
      hashAnnotation: options.hashAnnotation,
      readOnly,
    })
  }

  get phase(): 'starting' | 'standby' | 'leading' | 'stopping' {
    return this.#phase
  }

  informer<T extends KubeObject>(
    resource: Resource<T>,
    options: InformerOptions<T> = {}
  ): Informer<T> {
    const informer = new Informer(
      resource,
      {
        client: this.client,
        timers: this.#timers,
        random: this.#random,
        log: this.#options.log,
        sharer: this.#sharer,
        turns: this.#lists,
        observe: this.#metrics.observeInformer,
      },
      options
    )
    this.#informers.push(informer as unknown as Informer)
    informer.subscribe((change) => {
      if (change.kind === 'deleted') this.#applier.forget(resource, change.key)
    })
    this.#metrics.collectInformer(resource, () => ({
      objects: informer.store.size,
      ageSeconds: informer.silentMs / 1000,
      phase: informer.state.phase,
    }))
    return informer
  }

  controller<T extends KubeObject>(spec: ControllerSpec<T>): Controller {
    const queue = new WorkQueue({
      timers: this.#timers,
      random: this.#random,
      observe: this.#metrics.observeQueue(spec.name),
      ...spec.backoff,
    })
    this.#metrics.collectQueue(spec.name, () => queue.processingSeconds())
    const informerOf = <U extends KubeObject>(resource: Resource<U>) =>
      this.#informers.find(
        (informer) =>
          informer.resource.plural === resource.plural && informer.resource.group === resource.group
      ) as Informer<U> | undefined
    const consistency = new Consistency({ timers: this.#timers, cacheOf: informerOf })
    const controller = new Controller({
      name: spec.name,
      queue,
      reconcile: spec.reconcile,
      deps: {
        client: this.client,
        applier: this.#applier,
        recorder: this.recorder,
        consistency,
        informerOf,
        statusManager: `${this.#options.name}-status`,
        readOnly: this.#options.readOnly ?? false,
      },
      metrics: this.#observeController(spec.name, 2 * (spec.workers ?? DEFAULT_WORKERS)),
      log: this.#options.log,
      timers: this.#timers,
      random: this.#random,
      allKeys: () => spec.for.store.keys(),
      ...(spec.workers === undefined ? {} : { workers: spec.workers }),
      ...(spec.timeoutMs === undefined ? {} : { timeoutMs: spec.timeoutMs }),
      ...(spec.resyncMs === undefined ? {} : { resyncMs: spec.resyncMs }),
    })
    const want = ({ key, ...wish }: Wish) => queue.add(key, wish)
    spec.for.subscribe((change) => want(ownWish(change)))
    for (const informer of spec.owns ?? [])
      informer.subscribe((change) => ownerWishes(change, spec.for.resource).forEach(want))
    for (const { informer, wishes } of spec.watches ?? [])
      informer.subscribe((change) => wishes(change).forEach(want))
    this.#controllers.push(controller)
    return controller
  }

  task(spec: TaskSpec): void {
    this.#tasks.push(spec)
  }

  /** Starts a pass for a cause without a watch. */
  enqueue(
    controller: Controller,
    key: Key,
    options: AddOptions = { priority: PRIORITY.event }
  ): void {
    controller.queue.add(key, options)
  }

  /** Runs until the signal aborts and everything has stopped in order; throws if it cannot continue. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, registry, health } = this.#options
    using loop = watchEventLoop(registry)
    const caches = new AbortController()
    const fatal = new AbortController()
    const ending = AbortSignal.any([signal, fatal.signal])
    const running: Promise<void>[] = []
    /** Background work; its failure stops the manager. */
    const beside = (promise: Promise<void>) =>
      running.push(promise.catch((thrown) => fatal.abort(thrown)))
    try {
      health?.ask(this.#checks(loop.delay))
      for (const informer of this.#informers) beside(informer.run(caches.signal))
      await this.#precondition?.met(ending)
      await untilSynced(this.#informers, {
        log: this.#options.log,
        timers: this.#timers,
        signal: ending,
      })
      const always = AbortSignal.any([ending, caches.signal])
      for (const task of this.#tasks) if (task.when === 'always') beside(task.run(always))
      if (this.#precondition) beside(this.#precondition.watch(always))
      this.#phase = 'standby'
      if (this.#elector) await this.#elector.acquire(ending)
      // A standby may have waited for weeks before it leads.
      await this.#precondition?.still(ending, () => this.#elector?.release())
      this.#phase = 'leading'
      await this.#lead(ending, fatal, beside)
    } catch (thrown) {
      // An abort by the signal is an orderly stop; any other error is thrown below.
      if (!ending.aborted) fatal.abort(thrown)
    } finally {
      this.#phase = 'stopping'
      caches.abort()
      await Promise.all(running)
      this.client.transport.close()
    }
    if (fatal.signal.aborted) {
      log.error({ err: fatal.signal.reason }, 'the operator cannot continue')
      throw fatal.signal.reason
    }
  }

  async #lead(
    ending: AbortSignal,
    fatal: AbortController,
    beside: (promise: Promise<void>) => void
  ): Promise<void> {
    const { log, graceMs = 20_000 } = this.#options
    const passes = new AbortController()
    const holding = new AbortController()
    const tasks = AbortSignal.any([ending, passes.signal])
    const held = this.#elector?.hold(holding.signal).catch((lost: LeaseLost) => {
      // Abort all requests, including those in flight.
      this.client.transport.abortWrites(lost)
      passes.abort(lost)
      if (!fatal.signal.aborted) fatal.abort(lost)
    })
    const leading = this.#tasks.filter((task) => task.when === 'leading')
    for (const task of leading) beside(task.run(tasks))
    const work = this.#controllers.map((controller) => controller.run(passes.signal))
    for (const each of work) beside(each)
    log.info({ controllers: this.#controllers.map(({ name }) => name) }, 'working')
    await aborted(ending)
    this.#phase = 'stopping'
    await Promise.all(this.#controllers.map((controller) => controller.stop(graceMs)))
    passes.abort(new Error('the operator is stopping'))
    await Promise.allSettled(work)
    await this.recorder.flush(FLUSH_MS)
    holding.abort()
    await held
    // Release the lease last, so that two leaders never write at the same time.
    await this.#elector?.release()
  }

  #checks(delay: ReturnType<typeof watchEventLoop>['delay']): Checks {
    const found = this.#precondition
    return managerChecks({
      delay,
      elector: this.#elector,
      times: this.#options.lease?.times ?? DEFAULT_TIMES,
      informers: this.#informers,
      controllers: this.#controllers,
      wrong: found && (() => found.wrong),
    })
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
