// What was said and done, one event a line, for people, audits and evals: appended as it happens. Pieces of text that follow one another are
// one line.

import { createWriteStream, type WriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { AgentEvent } from '../agent-events.ts'

export type TranscriptLine = AgentEvent | { readonly kind: 'said'; readonly text: string }

export class Transcript {
  readonly #out: WriteStream
  /** Of the calls that it tells of. */
  readonly costUsd: number
  #text = ''
  #error: unknown

  private constructor(out: WriteStream, costUsd: number) {
    this.#out = out
    this.costUsd = costUsd
    // A full disk: the session continues, and says so by its checkpoints.
    out.on('error', (error) => {
      this.#error ??= error
    })
  }

  static async open(path: string): Promise<Transcript> {
    const lines = await readTranscript(path)
    const costUsd = lines.reduce(
      (sum, line) => sum + (line.kind === 'usage' ? (line.costUsd ?? 0) : 0),
      0
    )
    return new Transcript(createWriteStream(path, { flags: 'a', mode: 0o600 }), costUsd)
  }

  add(line: TranscriptLine): void {
    if (line.kind === 'text') {
      this.#text += line.text
      return
    }
    if (line.kind === 'thinking' || line.kind === 'tool-progress') return
    // What was void is not kept.
    if (line.kind === 'retry') this.#text = ''
    this.#flush()
    this.#write(line)
  }

  async close(): Promise<void> {
    this.#flush()
    await new Promise<void>((resolve) => this.#out.end(() => resolve()))
  }

  #flush(): void {
    if (this.#text !== '') this.#write({ kind: 'text', text: this.#text })
    this.#text = ''
  }

  #write(line: TranscriptLine): void {
    if (this.#error === undefined) this.#out.write(`${JSON.stringify(line)}\n`)
  }
}

/** Lines that are not whole are left out. */
export async function readTranscript(path: string): Promise<TranscriptLine[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as TranscriptLine]
    } catch {
      return []
    }
  })
}
