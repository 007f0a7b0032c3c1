// Has Parquet files made by a process of its own, which ends with the last of them, or with the reader.

import { fork } from 'node:child_process'
import { SsmdError } from '#crds/errors.ts'
import type { QueryContext } from '../model/query.ts'
import { BUILDER, type Build, type Built } from './builder.ts'

export async function runBuilder(
  build: Build,
  segments: number,
  { signal, onProgress }: Pick<QueryContext, 'signal' | 'onProgress'>
): Promise<void> {
  signal.throwIfAborted()
  const child = fork(BUILDER, [], {
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  child.on('error', reject)
  child.on('exit', (code, name) =>
    reject(new SsmdError('SSMD_E_INTERNAL', `making files for SQL ended with ${name ?? code}`))
  )
  child.on('message', (message: Built) => {
    if (message.kind === 'progress') onProgress?.(message.done, segments)
    else if (message.kind === 'end') resolve()
    else {
      const { code, message: text, hint } = message
      reject(new SsmdError(code, text, hint === undefined ? {} : { hint }))
    }
  })
  try {
    child.send(build, (error) => error && reject(error))
    await promise
  } finally {
    signal.removeEventListener('abort', abort)
    child.kill('SIGKILL')
  }
}
