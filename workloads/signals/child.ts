// The process that runs one signal: it reads columns from standard input, and writes lines to standard output. It is started without
// environment and permissions (sandbox.ts), and the signal has a compartment of its own: no process, no clock, no chance, no import.

import './lockdown.ts'
import { writeSync } from 'node:fs'
import { canonical } from '#crds/canonical.ts'
import { toSsmdError } from '#crds/errors.ts'
import { EventBatch } from '#market/columns.ts'
import { bookRules } from './book-rules.ts'
import { readDefinition } from './definition.ts'
import { Engine } from './engine.ts'
import { FieldError } from './fields.ts'
import type { Finding } from './findings.ts'
import { GLOBALS } from './globals.ts'
import {
  FrameReader,
  type FromChild,
  type ReplayPart,
  type ToChild,
  useColumns,
} from './messages.ts'
import { replayPart } from './replayer.ts'
import { restoreEngine, saveEngine } from './saved-engine.ts'

/** Turns of loops between two looks at the memory. */
const STRIDE = 1024

/** Of SES, which lists it nowhere: the stack that `errorTaming: safe` hides. */
declare const getStackString: (error: Error) => string

type Load = Extract<ToChild, { kind: 'load' }>

class Runner {
  readonly #load: Load
  #engine: Engine | undefined
  readonly #batch = new EventBatch()
  /** Turns until `#stop` is called; shared with the code of the signal. */
  readonly #steps = new Int32Array(1)
  #left = 0
  /** A limit that was reached. A signal that catches what was thrown does not undo it. */
  #finding: Finding | undefined
  #handler = 'source'

  constructor(load: Load) {
    this.#load = load
  }

  begin(): void {
    this.#begin()
    const { about, handlers } = readDefinition(this.#evaluate(), this.#load.params)
    this.#check()
    this.#handler = 'on'
    this.#engine = new Engine({
      about,
      handlers,
      onCall: () => this.#begin(),
      refuse: (identifier, why) => this.#refuse(identifier, this.#lineOf(new Error('here')), why),
      fires: this.#load.limits.fires,
      booksOf: (feed) => bookRules(this.#load.exchanges[feed]),
      only: this.#load.only,
    })
    const { restored } = this.#load
    if (restored !== null) {
      if (canonical(restored.params) !== canonical(about.params)) {
        throw new FieldError('params', 'the state that is to be continued is of other parameters')
      }
      restoreEngine(this.#engine, restored.engine)
    }
    say({ kind: 'loaded', about })
  }

  run(columns: Extract<ToChild, { kind: 'batch' }>['columns']): void {
    const engine = this.#engine!
    useColumns(this.#batch, columns)
    const fires = engine.run(this.#batch)
    this.#check()
    say({ kind: 'done', fires, counts: engine.counts })
  }

  async replay(part: ReplayPart): Promise<void> {
    const engine = this.#engine!
    const { exchanges } = this.#load
    const isChained = Object.values(exchanges).some((one) => bookRules(one).chained === 'true')
    await replayPart(engine, part, isChained, say)
    this.#check()
    say({ kind: 'done', fires: engine.takeFires(), counts: engine.counts })
  }

  save(): void {
    const saved = saveEngine(this.#engine!)
    if ('problem' in saved) {
      this.#refuse('on', this.#load.lines.init ?? this.#load.lines.on ?? 1, saved.problem)
    }
    say({ kind: 'saved', text: saved.text })
  }

  /** What is thrown is the signal's, and not a fault in ssmd. */
  get isInSignal(): boolean {
    return this.#engine === undefined || this.#engine.isInSignal || this.#finding !== undefined
  }

  /** What is wrong, from what was thrown. */
  findingOf(thrown: unknown): Finding {
    if (this.#finding !== undefined) return this.#finding
    if (thrown instanceof FieldError) {
      const line = lineOfField(this.#load.lines, thrown.field)
      return { identifier: thrown.field, line, why: thrown.message }
    }
    const line = this.#lineOf(thrown)
    return { identifier: this.#handler, line, why: `threw ${textOf(thrown)}` }
  }

  #evaluate(): unknown {
    const { code, name } = this.#load
    const globals = { defineSignal: harden((signal: unknown) => signal) }
    const compartment = new Compartment({ globals, __options__: true })
    // The check of a source can be deceived with a name that it declares elsewhere: these are removed.
    for (const global of Object.getOwnPropertyNames(compartment.globalThis)) {
      if (!GLOBALS.has(global)) delete compartment.globalThis[global]
    }
    const make = compartment.evaluate(`${code}\n//# sourceURL=${name}`) as (
      steps: Int32Array,
      stop: (line: number) => void,
      globals: object
    ) => unknown
    const stop = harden((line: number) => this.#stop(line))
    return harden(make(this.#steps, stop, compartment.globalThis))
  }

  /** Before a call of the signal. */
  #begin(): void {
    if (this.#finding !== undefined) this.#check()
    this.#left = this.#load.limits.steps
    this.#steps[0] = STRIDE
  }

  #check(): void {
    if (this.#finding !== undefined) throw new Error('stopped')
  }

  #stop(line: number): void {
    const { steps, memoryBytes } = this.#load.limits
    this.#left -= STRIDE
    if (this.#finding !== undefined || this.#left <= 0) {
      this.#refuse('loop', line, `more than ${steps} turns of loops in one call`)
    }
    if (process.memoryUsage.rss() > memoryBytes) {
      this.#refuse('memory', line, `more than ${Math.round(memoryBytes / 1024 ** 2)} MiB`)
    }
    this.#steps[0] = STRIDE
  }

  #refuse(identifier: string, line: number, why: string): never {
    this.#finding ??= { identifier, line, why }
    throw new Error(this.#finding.why)
  }

  /** Where in the source an error was made; else where the running function begins. */
  #lineOf(thrown: unknown): number {
    const { name, lines } = this.#load
    const stack = thrown instanceof Error ? getStackString(thrown) : ''
    for (const frame of stack.split('\n')) {
      const at = frame.lastIndexOf(`${name}:`)
      const line = at < 0 ? 0 : Number.parseInt(frame.slice(at + name.length + 1), 10)
      if (line > 0) return line
    }
    return lines[this.#handler] ?? 1
  }
}

/** Of the field, or of the nearest one around it. */
function lineOfField(lines: Readonly<Record<string, number>>, field: string): number {
  const parts = field.split('.')
  for (let count = parts.length; count > 0; count--) {
    const line = lines[parts.slice(0, count).join('.')]
    if (line !== undefined) return line
  }
  return lines.source ?? 1
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown).slice(0, 300)
  } catch {
    return 'what has no text'
  }
}

/** Past the stream: the line is out before a limit can end the process. */
function say(message: FromChild): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
}

let runner: Runner | undefined
const reader = new FrameReader((message) => {
  if (message.kind === 'load') runner = new Runner(message)
  try {
    if (message.kind === 'load') runner!.begin()
    else if (message.kind === 'save') runner!.save()
    else if (message.kind === 'replay') void runner!.replay(message).catch(end)
    else runner!.run(message.columns)
  } catch (thrown) {
    end(thrown)
  }
})

function end(thrown: unknown): never {
  if (runner!.isInSignal) say({ kind: 'refused', finding: runner!.findingOf(thrown) })
  else {
    const { code, message, hint = null } = toSsmdError(thrown)
    say({ kind: 'failed', code, message, hint })
  }
  process.exit(0)
}
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk))
