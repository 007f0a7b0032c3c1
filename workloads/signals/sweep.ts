// Many runs of a signal at a time, one thread for each. Results are handed out in the order of the jobs, so that equal sweeps leave equal
// runs, whatever the number of threads.

import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SsmdError } from '#crds/errors.ts'
import { Refusal } from './findings.ts'
import type { Run } from './run-backtest.ts'
import type { SweepJob, SweepReply, SweepWork } from './sweep-worker.ts'

export async function* sweep(
  work: SweepWork,
  jobs: readonly SweepJob[],
  threads: number
): AsyncGenerator<Run, void> {
  const workers: Worker[] = []
  const waiting = jobs.map((job) => ({ job, ...Promise.withResolvers<Run>() }))
  let next = 0
  // What follows a failure is not awaited any more.
  for (const { promise } of waiting) promise.catch(() => {})
  const start = (worker: Worker): void => {
    const mine = waiting[next++]
    if (mine === undefined) {
      void worker.terminate()
      return
    }
    const ended = (reason: unknown): void => mine.reject(reason)
    worker.once('error', ended)
    worker.once('message', (reply: SweepReply) => {
      worker.off('error', ended)
      if (reply.kind === 'done') mine.resolve(reply.run)
      else mine.reject(reasonOf(reply))
      start(worker)
    })
    worker.postMessage(mine.job)
  }
  try {
    const file = new URL(`./sweep-worker${extname(import.meta.url)}`, import.meta.url)
    for (let i = 0; i < Math.min(threads, jobs.length); i++) {
      const worker = new Worker(file, { workerData: work })
      workers.push(worker)
      start(worker)
    }
    for (const { promise } of waiting) yield await promise
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function reasonOf(reply: Exclude<SweepReply, { readonly kind: 'done' }>): Error {
  if (reply.kind === 'refused') return new Refusal(reply.finding)
  const { code, message, hint } = reply
  return new SsmdError(code, message, hint === undefined ? {} : { hint })
}
