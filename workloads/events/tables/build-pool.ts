// Where tables are built: in this thread as long as there is little to build, for starting another one takes longer; then in others,
// one for each processor. A reading shares its threads with others, or has its own; they end with it.

import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type MemberPlace, Stale } from '#archive/read/members.ts'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import { buildHashed, type HashedBuild, type Want } from './build.ts'
import type { BuildReply, BuildTask } from './build-worker.ts'
import type { DayNormalizers } from './normalizers.ts'

/** Lines that are read here before others are started: half a second of work; a thread takes about as long to start. */
const HERE_BYTES = 64 * 1024 * 1024
/** Lines of other symbols are passed over: as much work as so small a part of lines that are wanted. */
const PASSED_OVER = 0.25

export type BuildPoolOptions = {
  /** 0: everything is built here. @default one for each processor */
  readonly threads?: number | undefined
  /** Bytes of lines that are read here before threads are started. @default 64 MiB */
  readonly hereBytes?: number | undefined
}

/** Builds of less come before larger ones that wait. */
const SMALL_BYTES = 8 * 1024 * 1024

type Job = {
  readonly task: BuildTask
  readonly isSmall: boolean
  readonly done: (reply: BuildReply) => void
  readonly fail: (reason: unknown) => void
}

export class BuildPool implements AsyncDisposable {
  readonly threads: number
  readonly #hereBytes: number
  #bytes = 0
  readonly #waiting: Job[] = []
  readonly #workers = new Map<Worker, Job | null>()

  constructor({ threads = availableParallelism(), hereBytes = HERE_BYTES }: BuildPoolOptions = {}) {
    this.threads = threads
    this.#hereBytes = hereBytes
  }

  async build(
    members: readonly MemberPlace[],
    want: Want,
    { of, reading }: DayNormalizers,
    signal?: AbortSignal
  ): Promise<HashedBuild> {
    const all = members.reduce((sum, { rawBytes }) => sum + rawBytes, 0)
    const bytes = want.symbols === undefined ? all : PASSED_OVER * all
    this.#bytes += bytes
    if (this.threads === 0 || this.#bytes <= this.#hereBytes) {
      return buildHashed(members, want, of, signal)
    }
    const reply = await this.#run({ members, want, reading }, bytes < SMALL_BYTES, signal)
    if (reply.kind === 'failed') {
      const { code, message, hint } = reply
      throw new SsmdError(code as ErrorCode, message, hint === undefined ? {} : { hint })
    }
    const damage = reply.damage.map(({ message, from, to }) => {
      return { error: new Stale(message), from, to }
    })
    return { tables: reply.tables, damage, sha256: reply.sha256 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const workers = [...this.#workers.keys()]
    for (const { fail } of this.#waiting.splice(0)) fail(ended())
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  async #run(
    task: BuildTask,
    isSmall: boolean,
    signal: AbortSignal | undefined
  ): Promise<BuildReply> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<BuildReply>()
    const job = { task, isSmall, done: resolve, fail: reject }
    // What has begun is brought to its end: it is short.
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(job)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(signal!.reason)
    }
    signal?.addEventListener('abort', giveUp)
    const large = this.#waiting.findIndex((other) => !other.isSmall)
    this.#waiting.splice(isSmall && large >= 0 ? large : this.#waiting.length, 0, job)
    this.#assign()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const worker =
        [...this.#workers].find(([, job]) => job === null)?.[0] ??
        (this.#workers.size < this.threads ? this.#start() : undefined)
      if (worker === undefined) return
      const job = this.#waiting.shift()!
      this.#workers.set(worker, job)
      worker.ref()
      worker.postMessage(job.task)
    }
  }

  #start(): Worker {
    const file = new URL(`./build-worker${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(file)
    const end = (reason: unknown): void => {
      const job = this.#workers.get(worker)
      this.#workers.delete(worker)
      job?.fail(reason)
      this.#assign()
    }
    worker.on('message', (reply: BuildReply) => {
      const job = this.#workers.get(worker)
      this.#workers.set(worker, null)
      // An idle thread keeps no program from its end.
      worker.unref()
      job?.done(reply)
      this.#assign()
    })
    worker.on('error', end)
    worker.on('exit', () => end(ended()))
    this.#workers.set(worker, null)
    return worker
  }
}

const ended = (): SsmdError =>
  new SsmdError('SSMD_E_INTERNAL', 'a thread that builds tables has ended', {
    hint: 'the reading that it worked for ended before, or memory was short',
  })
