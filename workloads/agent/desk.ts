// Puts the parts of the agent together: tools over a source of data, a repository and a cluster; the model; sessions. Nothing large is loaded
// before the first thing is said.

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Archives } from '#data/client/archives.ts'
import type { AgentEvent } from './agent-events.ts'
import { compacted, summarised } from './graph/compact.ts'
import type { ModelSettings } from './graph/request.ts'
import { Model } from './model/messages.ts'
import { Session } from './session/session.ts'
import { SYSTEM } from './system.ts'
import { Tools } from './tools/call.ts'
import { kubectlTools } from './tools/kubectl.ts'
import { planTool } from './tools/plan-tool.ts'
import { type DataSource, queryTools } from './tools/query-tools.ts'
import { redacted } from './tools/redact.ts'
import { findSkills, type Skill, skillTool } from './tools/skills.ts'
import { ssmdTools } from './tools/ssmd-tools.ts'
import type { Tool } from './tools/tool.ts'

export type DeskOptions = {
  readonly env: NodeJS.ProcessEnv
  readonly source:
    | { readonly kind: 'archives'; readonly paths: readonly string[] }
    | { readonly kind: 'api'; readonly url: URL }
  readonly cacheDir?: string | undefined
  /** The folder that holds `exchanges`. */
  readonly repository: string
  /** What starts ssmd. */
  readonly command: readonly [file: string, ...args: string[]]
  readonly kube: { readonly context?: string; readonly namespace?: string }
  /** Leave out the tools that change something. */
  readonly isReadOnly: boolean
  readonly model: string
  readonly maxRounds?: number
  readonly maxCostUsd?: number
  readonly log: (line: string) => void
}

export const USUAL_MODEL = 'claude-sonnet-5-5'
const MAX_TOKENS = 8192
/** Tokens that the models take which are not named otherwise. */
const WINDOW = 200_000

export class Desk implements AsyncDisposable {
  readonly tools: Tools
  readonly skills: readonly Skill[]
  /** Of the model; may be changed between two things that are said. */
  model: string
  readonly #options: DeskOptions
  readonly #archives: () => Promise<Archives>
  #opened: Promise<Archives> | undefined
  #client: Promise<Model> | undefined

  private constructor(options: DeskOptions, skills: readonly Skill[]) {
    this.#options = options
    this.skills = skills
    this.model = options.model
    const { env, source, cacheDir, log } = options
    this.#archives = () => {
      const paths = source.kind === 'archives' ? source.paths : []
      this.#opened ??= Archives.open({ paths, cacheDir, onTrouble: log })
      return this.#opened
    }
    this.tools = new Tools(this.#all(), (text) => redacted(text, env))
  }

  static async open(options: DeskOptions): Promise<Desk> {
    const own = join(import.meta.dirname, 'skills')
    const theirs = join(options.repository, '.ssmd', 'skills')
    return new Desk(options, await findSkills([own, theirs]))
  }

  /** A session in this folder; the model is asked once something is said. */
  async session(folder: string): Promise<Session> {
    const { maxRounds, maxCostUsd, log } = this.#options
    const compactor = this.#compactor()
    return await Session.open({
      folder,
      tools: this.tools,
      ask: compactor.ask,
      settings: compactor.settings,
      compact: (state, signal) => compacted(state, compactor, signal),
      ...(maxRounds === undefined ? {} : { maxRounds }),
      ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
      nowMs: () => Date.now(),
      log,
    })
  }

  /** Replaces all but the last thing that was said by a summary. */
  async compact(session: Session, focus: string, signal: AbortSignal): Promise<boolean> {
    return await session.replace(({ messages = [] }) =>
      summarised(messages, this.#compactor(), signal, focus)
    )
  }

  /** Runs a tool as a person asked for it, and tells of it as the session would. */
  async *call(
    name: string,
    input: object,
    signal: AbortSignal
  ): AsyncGenerator<AgentEvent, string | undefined> {
    const id = `typed-${name}`
    yield { kind: 'tool-start', id, tool: name, input }
    const startedMs = Date.now()
    const result = await this.tools.call(name, input, { signal, onProgress: () => {} })
    const summary = result.ok
      ? result.summary
      : `${result.error.message}${result.error.hint ? ` (${result.error.hint})` : ''}`
    yield {
      kind: 'tool-end',
      id,
      tool: name,
      ok: result.ok,
      summary,
      text: result.text,
      ms: Date.now() - startedMs,
    }
    return result.ok ? result.text : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened)?.[Symbol.asyncDispose]()
  }

  #compactor() {
    const settings = (): ModelSettings => ({
      model: this.model,
      maxTokens: MAX_TOKENS,
      system: SYSTEM,
    })
    const { env, log } = this.#options
    const ask: Model['ask'] = async (one) => {
      this.#client ??= Model.open({
        env,
        wait: async (ms, signal) => void (await wait(ms, undefined, { signal })),
        random: Math.random,
        log,
      })
      return (await this.#client).ask(one)
    }
    return { ask, settings, window: WINDOW }
  }

  #all(): Tool[] {
    const { env, source, repository, command, kube, isReadOnly } = this.#options
    const data: DataSource =
      source.kind === 'api' ? source : { kind: 'archives', open: this.#archives }
    const all = [
      ...queryTools(data),
      ...ssmdTools({
        command,
        repository,
        env,
        paths: source.kind === 'archives' ? source.paths : [],
      }),
      ...kubectlTools({ kubectl: 'kubectl', env, ...kube }),
      skillTool(this.skills),
      planTool,
    ]
    const isWrite = ({ class: kind }: Tool): boolean => kind === 'write' || kind === 'cluster-write'
    return isReadOnly ? all.filter((tool) => !isWrite(tool)) : all
  }
}
