// One conversation: what a person says goes in, events come out. It is kept in a folder of its own, and continues in another process where
// this one ended, whenever that was.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Message, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type * as LangGraphModule from '@langchain/langgraph'
import { describeError, SsmdError } from '#crds/errors.ts'
import { packageOnFirstUse } from '#packages/on-first-use.ts'
import type { AgentEvent, Decision, DoneReason, PendingCall } from '../agent-events.ts'
import { blocksOf } from '../graph/conversation.ts'
import { type GateQuestion, type Graph, graphOf } from '../graph/graph.ts'
import type { ModelSettings } from '../graph/request.ts'
import { type JsonlSaver, openSaver } from '../graph/saver.ts'
import type { State } from '../graph/state.ts'
import type { Ask } from '../model/messages.ts'
import type { Tools } from '../tools/call.ts'
import { CallJournal } from './journal.ts'
import { lockSession, type SessionLock } from './lock.ts'
import { Transcript } from './transcript.ts'

export type SessionOptions = {
  /** Made if it is missing. */
  readonly folder: string
  readonly tools: Tools
  /** Asks the model; opened by the first that is said. */
  readonly ask: (ask: Ask) => Promise<Message>
  readonly settings: () => ModelSettings
  readonly compact: (
    state: State,
    signal: AbortSignal
  ) => Promise<readonly MessageParam[] | undefined>
  /** Calls of the model for one thing that a person says. @default 50 */
  readonly maxRounds?: number
  /** Dollars of the session. @default without a bound */
  readonly maxCostUsd?: number
  readonly nowMs: () => number
  readonly log: (line: string) => void
}

/** Holds something that the person said, and not results of tools alone. */
const isSaid = (message: MessageParam): boolean =>
  message.role === 'user' && blocksOf(message).some(({ type }) => type === 'text')

/** Of LangGraph, for one turn: each round takes three. */
const STEPS_A_ROUND = 4
const THREAD = 'session'

export class Session {
  readonly #options: SessionOptions
  readonly #graph: Graph
  readonly #saver: JsonlSaver
  readonly #transcript: Transcript
  readonly #lock: SessionLock
  #costUsd: number
  #isTroubled = false

  private constructor(
    options: SessionOptions,
    graph: (session: Session) => Graph,
    saver: JsonlSaver,
    transcript: Transcript,
    lock: SessionLock
  ) {
    this.#options = options
    this.#saver = saver
    this.#transcript = transcript
    this.#lock = lock
    this.#costUsd = transcript.costUsd
    this.#graph = graph(this)
  }

  /** Throws SSMD_E_LOCKED if another process has it open. */
  static async open(options: SessionOptions): Promise<Session> {
    const { folder, log, tools, ask, settings, compact, nowMs, maxRounds = 50 } = options
    // Prompts would leave the user's computer.
    for (const name of Object.keys(process.env)) {
      if (/^LANG(SMITH|CHAIN)_/.test(name)) delete process.env[name]
    }
    const url = await packageOnFirstUse('@langchain/langgraph', { log })
    const langGraph = (await import(url.href)) as typeof LangGraphModule
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const lock = await lockSession(folder)
    try {
      const saver = await openSaver(langGraph, join(folder, 'checkpoints.jsonl'))
      const journal = await CallJournal.open(join(folder, 'calls.jsonl'))
      const transcript = await Transcript.open(join(folder, 'transcript.jsonl'))
      const make = (session: Session): Graph =>
        graphOf({
          ...{ langGraph, saver, ask, tools, settings, maxRounds, compact, nowMs },
          isWithinBudget: () => session.costUsd < (options.maxCostUsd ?? Number.POSITIVE_INFINITY),
          begin: (id) => journal.begin(id),
          end: (id) => journal.end(id),
        })
      return new Session(options, make, saver, transcript, lock)
    } catch (thrown) {
      await lock.release()
      throw thrown
    }
  }

  /** Of all calls whose price is known, those before a restart among them. */
  get costUsd(): number {
    return this.#costUsd
  }

  async state(): Promise<State> {
    return (await this.#graph.getState(this.#config())).values as State
  }

  /** Calls that wait for a decision. */
  async pending(): Promise<readonly PendingCall[]> {
    const { tasks } = await this.#graph.getState(this.#config())
    const [found] = tasks.flatMap(({ interrupts }) => interrupts)
    return (found?.value as GateQuestion | undefined)?.calls ?? []
  }

  /** Whether something was begun and has not ended: an abort or a crash. */
  async isUnfinished(): Promise<boolean> {
    const { next } = await this.#graph.getState(this.#config())
    return next.length > 0 && (await this.pending()).length === 0
  }

  /** What waited for a decision is dropped, and the model is told so. */
  send(text: string, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    this.#transcript.add({ kind: 'said', text })
    return this.#run({ input: text }, signal)
  }

  decide(
    decisions: Readonly<Record<string, Decision>>,
    signal: AbortSignal
  ): AsyncGenerator<AgentEvent> {
    return this.#run({ resume: decisions }, signal)
  }

  /** Continues where it was interrupted. */
  resume(signal: AbortSignal): AsyncGenerator<AgentEvent> {
    return this.#run(null, signal)
  }

  /** Forgets the last things that the person said, and all that followed them. How many there were to forget. */
  async rewind(count: number): Promise<number> {
    const { messages = [] } = await this.state()
    const said = [...messages.keys()].filter((i) => isSaid(messages[i]!))
    const first = said.at(-count) ?? said[0]
    if (first === undefined) return 0
    await this.#graph.updateState(
      this.#config(),
      { messages: { all: messages.slice(0, first) }, reason: 'answered' },
      'model'
    )
    return said.filter((i) => i >= first).length
  }

  /** Replaces the messages by those of `make`; whether it made any. */
  async replace(
    make: (state: State) => Promise<readonly MessageParam[] | undefined>
  ): Promise<boolean> {
    const all = await make(await this.state())
    if (all === undefined) return false
    await this.#graph.updateState(
      this.#config(),
      { messages: { all }, reason: 'answered' },
      'model'
    )
    return true
  }

  async close(): Promise<void> {
    this.#saver.close()
    await this.#transcript.close()
    await this.#lock.release()
  }

  #config() {
    const { maxRounds = 50 } = this.#options
    return {
      configurable: { thread_id: THREAD },
      recursionLimit: maxRounds * STEPS_A_ROUND + 10,
      durability: 'sync' as const,
    }
  }

  /** Every event goes into the transcript before it is handed out. Ends with `done`; throws only on a fault in ssmd. */
  async *#run(
    input: { readonly input: string } | { readonly resume: object } | null,
    signal: AbortSignal
  ): AsyncGenerator<AgentEvent> {
    let reason: DoneReason = 'failed'
    try {
      const command =
        input !== null && 'resume' in input ? await this.#resumption(input.resume) : input
      const stream = await this.#graph.stream(command as never, {
        ...this.#config(),
        streamMode: 'custom',
        signal,
      })
      for await (const event of stream as AsyncIterable<AgentEvent>) yield this.#heard(event)
      const calls = await this.pending()
      if (calls.length > 0) yield this.#heard({ kind: 'approval', calls })
      const { reason: ended } = await this.state()
      reason = calls.length > 0 ? 'approval' : ((ended as DoneReason | null) ?? 'failed')
    } catch (thrown) {
      reason = signal.aborted ? 'interrupted' : 'failed'
      if (!signal.aborted) yield this.#heard({ kind: 'notice', text: describeError(thrown) })
    }
    const trouble = this.#saver.trouble()
    if (trouble !== undefined && !this.#isTroubled) {
      this.#isTroubled = true
      const why = describeError(trouble)
      yield this.#heard({ kind: 'notice', text: `the session is not kept from here on: ${why}` })
    }
    yield this.#heard({ kind: 'done', reason })
  }

  async #resumption(decisions: object): Promise<unknown> {
    if ((await this.pending()).length === 0) {
      throw new SsmdError('SSMD_E_USAGE', 'nothing waits for a decision', {
        hint: 'say what to do next',
      })
    }
    const url = await packageOnFirstUse('@langchain/langgraph', { log: this.#options.log })
    const { Command } = (await import(url.href)) as typeof LangGraphModule
    return new Command({ resume: decisions })
  }

  #heard(event: AgentEvent): AgentEvent {
    if (event.kind === 'usage') this.#costUsd += event.costUsd ?? 0
    this.#transcript.add(event)
    return event
  }
}
