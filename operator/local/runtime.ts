// `ssmd up` without its display: reads the resources, decides with the pure functions of the cluster operator, runs the result
// as processes, follows edits, and stops in order. The display reads snapshots.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BusUser } from '#bus/users.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
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
import { type Layout, layoutOf, shownPath, storageFolder } from './layout.ts'
import { type Lock, takeLock } from './lock.ts'
import { NatsServer } from './nats.ts'
import { loopbackAddress } from './nats-config.ts'
import { isOurs, withOurs } from './ours.ts'
import { PageServer } from './page-server.ts'
import { type PageWanted, wantedPage } from './page-wanted.ts'
import { isFree } from './ports.ts'
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
const ORDER = ['simulator', 'archiver', 'connector'] as const satisfies readonly Component[]

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
  readonly #page: PageServer
  #pageWanted: PageWanted | undefined
  #isPageOpen = false
  /** Its address as it was told last. */
  #pageTold = ''
  readonly #events: UpEvent[] = []
  #phase: Phase = 'starting'
  #hurried = false
  #settled = false
  #lock: Lock | undefined
  #nats: NatsServer | undefined
  #natsUrl: string | undefined
  /** The resources of the current desired objects. */
  #declared: Declared = { feeds: [], environments: [], archives: [] }
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
    this.#page = new PageServer({
      layout: this.#layout,
      program: options.program,
      env: options.env,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
      nowMs: options.nowMs,
      onEvent: (event) => this.#tell(event),
      onChange: () => this.#changed(),
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

  /** Stops in order: connectors, then archivers once they have archived every block, simulators, NATS. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#phase = 'stopping'
    this.#steps.clear()
    await this.#watching
    await this.#turn
    const page = this.#page.stop()
    await this.#step('connectors', () => this.#runner.stop('connector'))
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
    this.#nats?.hurry()
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
      nats: this.#describeNats(),
      page: this.#isPageOpen ? { url: this.#page.url, trouble: this.#page.trouble } : null,
      steps: this.#steps.list(),
      feeds: describeFeeds(this.#declared, this.#resources.date),
      processes: this.#runner.list().map(describeProcess),
      reports: this.#reports.list(),
      problems: [...this.#resources.describeProblems(), ...this.#localProblems],
      events: [...this.#events],
    }
  }

  #describeNats(): Snapshot['nats'] {
    const url = this.#natsUrl
    if (this.#nats === undefined || url === undefined) return null
    const { state, trouble } = this.#nats
    return { url, state, trouble }
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
    const choice = chooseNats(wanted.environments, this.#natsUrl)
    const declared = this.#withoutIdle({ ...wanted, environments: choice.environments })
    await this.#useNats(choice.natsUrl, usersOf(withOurs(declared)))
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
    this.#pageWanted = wantedPage(declared, this.#layout, this.#options.current)
    if (this.#isPageOpen) await this.#page.serve(this.#pageWanted)
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
    this.#isPageOpen = true
    await this.#page.serve(this.#pageWanted)
  }

  /**
   * Leaves out the archives of Environments that are suspended and have not run since the start: nothing of them waits to be archived.
   * One that an edit has suspended keeps its archiver, which has yet to take the last blocks.
   */
  #withoutIdle(declared: Declared): Declared {
    const { environments, archives } = declared
    for (const { spec, metadata } of environments)
      if (!spec.suspend) this.#haveRun.add(metadata.name)
    return {
      ...declared,
      archives: archives.filter(({ spec }) => this.#haveRun.has(spec.environmentRef.name)),
    }
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

  async #useNats(url: string | undefined, users: readonly BusUser[]): Promise<void> {
    if (url === this.#natsUrl) return await this.#nats?.letIn(users)
    const address = url === undefined ? undefined : loopbackAddress(url)
    if (this.#nats && address) {
      const { host, port } = this.#nats.address
      if (host === address.host && port === address.port) return await this.#nats.letIn(users)
      // An edit that names a taken port must not stop the running server.
      if (!(await isFree(address.port, address.host)))
        throw new SsmdError(
          'SSMD_E_PORT_IN_USE',
          `nats-server: ${url} is in use by another program`,
          {
            hint: 'everything continues as before; choose another port',
          }
        )
    }
    const before = this.#nats
    this.#nats = undefined
    this.#natsUrl = undefined
    await before?.stop()
    if (url === undefined || address === undefined) return
    const nats = new NatsServer(address, {
      layout: this.#layout,
      env: this.#options.env,
      natsServer: () =>
        this.#options.natsServer((line) => {
          this.#steps.say('nats-server', line)
          this.#say('nats-server', line)
        }),
      ...(this.#options.backoff === undefined ? {} : { backoff: this.#options.backoff }),
      nowMs: this.#options.nowMs,
      onEvent: (event) => this.#tell(event),
      onChange: () => this.#changed(),
    })
    await nats.letIn(users)
    this.#nats = nats
    this.#natsUrl = url
    this.#steps.begin('nats-server', url)
    await nats.start(this.#stop.signal)
    this.#steps.end('nats-server', url)
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
    const nats = this.#nats
    if (nats) await this.#step('nats-server', () => nats.stop())
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
    const { url } = this.#page
    if (url !== '' && url !== this.#pageTold) {
      this.#pageTold = url
      this.#say('page', url)
    }
    if (this.#phase === 'running')
      this.#settled ||= this.#runner.list().every(({ state }) => state.kind === 'ready')
    this.#options.onChange()
  }
}
