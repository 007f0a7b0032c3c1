// Where the result of a query goes: standard output, or a file that has its name only once it is whole.
import { once } from 'node:events'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ResultSink } from '#data/client/asked.ts'

export const outputStream: ResultSink = async (bytes) => {
  // A pipe that is full keeps what it was given.
  if (!process.stdout.write(Buffer.from(bytes))) await once(process.stdout, 'drain')
}

export type ResultFile = {
  readonly write: ResultSink
  /** It is whole: it gets its name. */
  done(): Promise<void>
  /** Removes what was written, unless it is whole. */
  giveUp(): Promise<void>
}

export async function outputFile(path: string): Promise<ResultFile> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  const file = await open(part, 'w')
  let isOpen = true
  return {
    write: async (bytes) => {
      await file.write(bytes)
    },
    async done() {
      isOpen = false
      await file.close()
      await rename(part, path)
    },
    async giveUp() {
      if (!isOpen) return
      isOpen = false
      await file.close()
      await rm(part, { force: true })
    },
  }
}
