// `ssmd up` without its display: reads the resources, decides with the pure functions of the cluster operator, runs the result
// as processes, follows edits, and stops in order. The display reads snapshots.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '#crds/errors.ts'
import { type Declared, desiredObjects } from '../desired.ts'
import { SIMULATOR_PORT } from '../environment/desired.ts'
import { simulatorName } from '../render/names.ts'
import type { Platform } from '../render/platform.ts'
import type { Component } from '../render/pod.ts'
import { ifAborted, isAbort, unlessAborted } from './aborted.ts'
import type { BackoffTimes } from './backoff.ts'
import type { LocalContext, LocalDeployment, Program } from './deployment.ts'
import { drained } from './drain.ts'
import { EditedResources } from './edited-resources.ts'
import type { UpEvent } from './events.ts'
import { withoutIdle } from './idle.ts'
import { type Layout, layoutOf, shownPath, storageFolder } from './layout.ts'
import { type Lock, takeLock } from './lock.ts'
import { isOurs, withOurs } from './ours.ts'
import { OwnNats } from './own-nats.ts'
import { PageServer } from './page-server.ts'
import { wantedPage } from './page-wanted.ts'
import { chooseNats } from './problems.ts'
import { ReportListener } from './reports.ts'
import { Runner } from './runner.ts'
import { SimulatorPorts } from './simulator-ports.ts'
import {
  archiveRoots,
  describeFeeds,
  describeProcess,
  type Phase,
  type Snapshot,
} from './snapshot.ts'
import { Steps } from './steps.ts'
import { seedFile, usersOf } from './users.ts'
import { fingerprint, watchEdits } from './watch.ts'

export type RuntimeOptions = {
  /** File or folder of resources. */
  readonly path: string
  readonly data: string
  /** Names; empty: all. */
  readonly environments: readonly string[]
  /** The folder that relative paths mean. */
  readonly current: string
  readonly program: Program
  readonly env: NodeJS.ProcessEnv
  /** Path of nats-server; `say` announces a long build or download. */
  natsServer(say: (line: string) => void): Promise<string>
  readonly backoff?: BackoffTimes
  nowMs(): number
  onEvent(event: UpEvent): void
  onChange(): void
}

// Events that a snapshot holds; the log files have all.
const EVENTS_KEPT = 50
const DAY_CHECK_MS = 5000
// A file that cannot be read in this time is an error, not an edit without changes.
const READ_LIMIT_MS = 10_000
const DRAIN_LIMIT_MS = 15_000
// A program that does not become ready delays the page, which must not slow down the first frame, for at most this long.
const PAGE_LIMIT_MS = 10_000
// A simulator that does not start delays other programs for at most this long.
const SIMULATOR_LIMIT_MS = 3000
const ORDER = [
  'simulator',
  'archiver',
  'connector',
  'signal',
] as const satisfies readonly Component[]

export class LocalRuntime {
  readonly #options: RuntimeOptions
  readonly #layout: Layout
  readonly #resources: EditedResources
  readonly #runner: Runner
  readonly #reports: ReportListener
  readonly #steps: Steps
  readonly #startedAt: number
  readonly #stop = new AbortController()
  readonly #simulatorPorts = new SimulatorPorts()
  readonly #nats: OwnNats
  readonly #page: PageServer
  readonly #events: UpEvent[] = []
  #phase: Phase = 'starting'
  #hurried = false
  #settled = false
  #lock: Lock | undefined
  /** The resources of the current desired objects. */
  #declared: Declared = { feeds: [], environments: [], archives: [], signals: [] }
  #localProblems: readonly string[] = []
  /** Environments that ran since the start. */
  readonly #haveRun = new Set<string>()
  #turn: Promise<void> = Promise.resolve()
  #watching: Promise<void> = Promise.resolve()

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#layout = layoutOf(options.data)
    this.#startedAt = options.nowMs()
    this.#resources = new EditedResources(options)
    this.#steps = new Steps(options.nowMs, options.onChange)
    this.#reports = new ReportListener(options.onChange)
    const context: LocalContext = {
      layout: this.#layout,
      program: options.program,
      env: options.env,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
      nowMs: options.nowMs,
      portOf: (name, port) =>
        port === SIMULATOR_PORT ? this.#simulatorPorts.get(name) : undefined,
      natsCredentials: (deployment) => this.#natsCredentials(deployment),
      onEvent: (event) => this.#tell(event),
      onChange: () => this.#changed(),
    }
    this.#runner = new Runner(context)
    const { layout, env, nowMs, onEvent, onChange } = context
    const shared = { layout, env, nowMs, onEvent, onChange, program: options.program }
    const backoff = options.backoff === undefined ? {} : { backoff: options.backoff }
    this.#page = new PageServer({ ...shared, ...backoff })
    this.#nats = new OwnNats({
      ...shared,
      ...backoff,
      steps: this.#steps,
      natsServer: () =>
        options.natsServer((line) => {
          this.#steps.say('nats-server', line)
          this.#say('nats-server', line)
        }),
    })
  }

  /** Starts everything; throws if nothing can run: no resources, a locked folder, NATS does not start. */
  async start(): Promise<void> {
    const { path, current } = this.#options
    const { signal } = this.#stop
    const what = shownPath(this.#layout.data, current)
    try {
      this.#lock = await takeLock(this.#layout.lock, what, { signal })
      this.#steps.begin('resources', path)
      const seen = await unlessAborted(fingerprint(path), signal)
      await unlessAborted(this.#resources.read(), signal)
      this.#resources.refuseNothing()
      this.#steps.end('resources', this.#resources.count())
      this.#say(path, `ready: ${this.#resources.count()}`)
      await mkdir(this.#layout.run, { recursive: true })
      await this.#reconcile()
      if (this.#stop.signal.aborted) return
      this.#phase = 'running'
      this.#watching = Promise.all([this.#follow(seen), this.#openPage()]).then(() => undefined)
      this.#changed()
    } catch (thrown) {
      if (signal.aborted && isAbort(thrown)) return
      await this.#release()
      throw thrown
    }
  }

  /** Stops in order: connectors, signals, then archivers once they have archived every block, simulators, NATS. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#phase = 'stopping'
    this.#steps.clear()
    await this.#watching
    await this.#turn
    const page = this.#page.stop()
    await this.#step('connectors', () => this.#runner.stop('connector'))
    await this.#step('signals', () => this.#runner.stop('signal'))
    await this.#step('last blocks', () => this.#drain())
    await this.#step('archivers', () => this.#runner.stop('archiver'))
    await this.#step('simulators', () => this.#runner.stop('simulator'))
    await page
    await this.#release()
    this.#phase = 'stopped'
    this.#changed()
  }

  /** Ends the start, or the following of edits; `stop` does the rest. */
  interrupt(): void {
    this.#stop.abort()
  }

  /** Kills the programs that are stopping. No committed record is lost. */
  hurry(): void {
    this.#hurried = true
    this.#runner.hurry()
    this.#page.hurry()
    this.#nats.hurry()
  }

  snapshot(): Snapshot {
    const { path, current, nowMs } = this.#options
    return {
      at: nowMs(),
      startedAt: this.#startedAt,
      phase: this.#phase,
      hurried: this.#hurried,
      settled: this.#settled,
      path,
      data: shownPath(this.#layout.data, current),
      roots: archiveRoots(this.#declared, this.#layout, current),
      logs: shownPath(this.#layout.logs, current),
      nats: this.#nats.describe(),
      page: this.#page.describe(),
      steps: this.#steps.list(),
      feeds: describeFeeds(this.#declared, this.#resources.date),
      processes: this.#runner.list().map(describeProcess),
      reports: this.#reports.list(),
      problems: [...this.#resources.describeProblems(), ...this.#localProblems],
      events: [...this.#events],
    }
  }

  // --- making it so

  /** Runs what is held. One at a time. */
  async #reconcile(): Promise<void> {
    const turn = this.#turn.then(() => this.#makeItSo())
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  async #makeItSo(): Promise<void> {
    if (this.#stop.signal.aborted) return
    const wanted = this.#resources.declared()
    const choice = chooseNats(wanted.environments, this.#nats.url)
    const declared = withoutIdle({ ...wanted, environments: choice.environments }, this.#haveRun)
    await this.#nats.use(choice.natsUrl, usersOf(withOurs(declared)), this.#stop.signal)
    if (this.#stop.signal.aborted) return
    await this.#simulatorPorts.choose(declared, this.#resources.date)
    const desired = desiredObjects(declared, this.#platform())
    this.#declared = declared
    this.#localProblems = [
      ...choice.problems,
      ...desired.collisions.map(
        ({ name, owner, by }) =>
          `${by}: cannot run beside ${owner}: both are called ${name} (rename one)`
      ),
    ]
    this.#reports.follow(
      declared.environments.map(({ spec: { transport } }) => ({
        url: transport.url,
        credentialsFile: isOurs(transport.url)
          ? seedFile(this.#layout, 'up')
          : transport.credentialsRef &&
            join(this.#layout.secrets, transport.credentialsRef.name, 'nats.creds'),
      }))
    )
    for (const component of ORDER) {
      if (this.#stop.signal.aborted) return
      const objects = desired.objects.filter(
        (object) => object.metadata.labels['app.kubernetes.io/component'] === component
      )
      await this.#runner.apply(component, objects)
      // Wait for simulators, so that connectors find their exchange at the first attempt.
      if (component === 'simulator') await this.#simulatorsReady()
    }
    await this.#page.serve(wantedPage(declared, this.#layout, this.#options.current))
    this.#changed()
  }

  /** Starts the data API once all captures run. */
  async #openPage(): Promise<void> {
    const { signal } = this.#stop
    const end = this.#options.nowMs() + PAGE_LIMIT_MS
    while (!this.#settled && this.#options.nowMs() < end) {
      await sleep(50, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
    }
    this.#page.open()
  }

  async #simulatorsReady(): Promise<void> {
    const end = this.#options.nowMs() + SIMULATOR_LIMIT_MS
    const isStarting = ({ component, state }: LocalDeployment) =>
      component === 'simulator' && (state.kind === 'launching' || state.kind === 'starting')
    while (this.#runner.list().some(isStarting) && this.#options.nowMs() < end) {
      if (this.#stop.signal.aborted) return
      await sleep(20)
    }
  }

  #platform(): Platform {
    const { current } = this.#options
    return {
      image: 'ssmd',
      namespace: 'local',
      date: this.#resources.date,
      simulatorUrl: (environment, feed) =>
        `ws://127.0.0.1:${this.#simulatorPorts.get(simulatorName(environment, feed))}`,
      hostPath: (path) => storageFolder(this.#layout, path, current),
      secretHash: () => undefined,
      variables: 'variables',
    }
  }

  #natsCredentials(deployment: string): string | undefined {
    const known = usersOf(withOurs(this.#declared)).some(({ name }) => name === deployment)
    return known ? seedFile(this.#layout, deployment) : undefined
  }

  // --- following

  async #follow(seen: string): Promise<void> {
    const { signal } = this.#stop
    const day = this.#followDay(signal)
    const edits = watchEdits({
      path: this.#options.path,
      signal,
      seen,
      onEdit: () => this.#onEdit(),
    })
    // An unreadable file does not delay a stop; a reconcile that an edit has started does.
    await unlessAborted(Promise.all([day, edits]), signal).catch(ifAborted)
  }

  /** A version of a feed may come into force at midnight UTC. */
  async #followDay(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(DAY_CHECK_MS, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted || this.#resources.isToday()) continue
      await this.#onEdit()
    }
  }

  async #onEdit(): Promise<void> {
    try {
      const late = setTimeout(() => {
        this.#localProblems = [`reading ${this.#options.path} has not ended after 10 s`]
        this.#changed()
      }, READ_LIMIT_MS)
      await unlessAborted(this.#resources.read(), this.#stop.signal).finally(() =>
        clearTimeout(late)
      )
      await this.#reconcile()
    } catch (thrown) {
      if (isAbort(thrown)) return
      // The folder was deleted, or a port is taken: programs continue, and the reason is shown until the next edit.
      this.#localProblems = [describeError(thrown)]
    }
    this.#changed()
  }

  // --- stopping

  async #drain(): Promise<void> {
    await drained({
      declared: this.#declared,
      unarchived: (url, environment, feed, archive) =>
        this.#reports.unarchived(url, environment, feed, archive),
      isRunning: (archiver) =>
        this.#runner.list().some(({ name, state }) => name === archiver && state.kind === 'ready'),
      mayWait: () => !this.#hurried,
      limitMs: DRAIN_LIMIT_MS,
    })
  }

  async #step(name: string, work: () => Promise<void>): Promise<void> {
    this.#steps.begin(name, '')
    await work()
    this.#steps.end(name, '')
  }

  async #release(): Promise<void> {
    await this.#reports.close()
    if (this.#nats.url !== undefined) await this.#step('nats-server', () => this.#nats.stop())
    await this.#lock?.release()
    this.#lock = undefined
  }

  #say(subject: string, text: string): void {
    this.#tell({ at: this.#options.nowMs(), level: 'info', subject, text })
  }

  #tell(event: UpEvent): void {
    this.#events.push(event)
    if (this.#events.length > EVENTS_KEPT) this.#events.shift()
    this.#options.onEvent(event)
    this.#changed()
  }

  #changed(): void {
    if (this.#phase === 'running')
      this.#settled ||= this.#runner.list().every(({ state }) => state.kind === 'ready')
    this.#options.onChange()
  }
}
