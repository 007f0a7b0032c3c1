// Calls of tools that change something: begun, ended. Kept on the disk before such a call runs, so that a session that ended in the middle
// never runs one twice.

import { appendFile, readFile } from 'node:fs/promises'

type Line = { readonly call: string; readonly state: 'begun' | 'ended' }

export class CallJournal {
  readonly #path: string
  readonly #states: Map<string, Line['state']>

  private constructor(path: string, states: Map<string, Line['state']>) {
    this.#path = path
    this.#states = states
  }

  static async open(path: string): Promise<CallJournal> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const states = new Map<string, Line['state']>()
    for (const line of text.split('\n')) {
      const found = /^\{"call":"([^"\\]+)","state":"(begun|ended)"\}$/.exec(line)
      if (found !== null) states.set(found[1]!, found[2] as Line['state'])
    }
    return new CallJournal(path, states)
  }

  /** True if it was begun before, whether it ended or not. Throws if it cannot be kept: then the call must not run. */
  async begin(call: string): Promise<boolean> {
    if (this.#states.has(call)) return true
    await this.#keep({ call, state: 'begun' })
    return false
  }

  async end(call: string): Promise<void> {
    await this.#keep({ call, state: 'ended' })
  }

  async #keep(line: Line): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true })
    this.#states.set(line.call, line.state)
  }
}
