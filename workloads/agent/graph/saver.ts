// Checkpoints of a session as lines of JSON in one file: appended, never rewritten. A last line that was cut is left out, and what it would
// have said is as if it had not happened yet.

import { closeSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import type * as LangGraphModule from '@langchain/langgraph'
import type { MemorySaver } from '@langchain/langgraph'

type LangGraph = typeof LangGraphModule
type Put = Parameters<MemorySaver['put']>
type PutWrites = Parameters<MemorySaver['putWrites']>

type Line =
  | {
      readonly op: 'put'
      readonly config: Put[0]
      readonly checkpoint: Kept
      readonly metadata: Kept
    }
  | {
      readonly op: 'writes'
      readonly config: PutWrites[0]
      readonly writes: readonly (readonly [channel: string, value: Kept])[]
      readonly task: string
      readonly path: string
    }
/** As LangGraph serialises it: its kind, and its bytes as text or base64. */
type Kept = readonly [kind: string, text: string]

export type JsonlSaver = MemorySaver & {
  /** Why the session is kept in memory alone from here on, such as a full disk. */
  readonly trouble: () => unknown
  readonly close: () => void
}

/** Reads what the file holds, and appends to it. Bytes behind its last whole line are cut off. */
export async function openSaver({ MemorySaver }: LangGraph, path: string): Promise<JsonlSaver> {
  let fd: number | undefined
  let trouble: unknown

  class Saver extends MemorySaver {
    override async put(...args: Put): ReturnType<MemorySaver['put']> {
      const [config, checkpoint, metadata] = args
      await this.#append({
        op: 'put',
        config: { configurable: config.configurable ?? {} },
        checkpoint: await this.#kept(checkpoint),
        metadata: await this.#kept(metadata),
      })
      return await super.put(...args)
    }

    override async putWrites(...args: PutWrites): Promise<void> {
      const [config, writes, task, path = ''] = args
      const kept: [string, Kept][] = []
      for (const [channel, value] of writes) kept.push([channel, await this.#kept(value)])
      await this.#append({
        op: 'writes',
        config: { configurable: config.configurable ?? {} },
        writes: kept,
        task,
        path,
      })
      await super.putWrites(...args)
    }

    trouble = (): unknown => trouble

    close = (): void => {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    }

    async replay(line: Line): Promise<void> {
      if (line.op === 'put') {
        const checkpoint = (await this.#read(line.checkpoint)) as Put[1]
        await super.put(line.config, checkpoint, (await this.#read(line.metadata)) as Put[2])
        return
      }
      const writes: PutWrites[1] = []
      for (const [channel, value] of line.writes) writes.push([channel, await this.#read(value)])
      await super.putWrites(line.config, writes, line.task, line.path)
    }

    async #kept(value: unknown): Promise<Kept> {
      const [kind, bytes] = await this.serde.dumpsTyped(value)
      const text =
        kind === 'json'
          ? Buffer.from(bytes).toString('utf8')
          : Buffer.from(bytes).toString('base64')
      return [kind, text]
    }

    #read([kind, text]: Kept): Promise<unknown> {
      return this.serde.loadsTyped(kind, kind === 'json' ? text : Buffer.from(text, 'base64'))
    }

    /** A disk that takes no more leaves the session in memory: it continues, and says so. */
    async #append(line: Line): Promise<void> {
      if (fd === undefined) return
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
        fdatasyncSync(fd)
      } catch (thrown) {
        trouble = thrown
        closeSync(fd)
        fd = undefined
      }
    }
  }

  const saver = new Saver()
  fd = openSync(path, 'a+', 0o600)
  const bytes = readFileSync(path)
  let end = 0
  for (let next = bytes.indexOf(10); next >= 0; next = bytes.indexOf(10, end)) {
    const line = parsed(bytes.toString('utf8', end, next))
    end = next + 1
    if (line !== undefined) await saver.replay(line)
  }
  if (end < bytes.length) truncateSync(path, end)
  return saver
}

/** A line in the middle that is no JSON was damaged by something else than an end of the process: it is as if it were missing. */
function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
