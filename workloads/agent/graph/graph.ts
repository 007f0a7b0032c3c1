// The graph of a session: prepare → model → gate → tools → model … → end. The gate alone interrupts, and changes nothing; tools run in the
// step behind it, and only with the decisions that it kept.

import type {
  Message,
  MessageParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type * as LangGraphModule from '@langchain/langgraph'
import type { LangGraphRunnableConfig } from '@langchain/langgraph'
import type { AgentEvent, Decision, PendingCall, Usage } from '../agent-events.ts'
import type { Ask } from '../model/messages.ts'
import { costOf } from '../model/prices.ts'
import type { Tools } from '../tools/call.ts'
import { PLAN } from '../tools/plan-tool.ts'
import type { ToolContext } from '../tools/tool.ts'
import { usesOf, withUserText } from './conversation.ts'
import { isGranted, isSame, pendingCalls, permissionOf } from './gate.ts'
import { type ModelSettings, requestOf } from './request.ts'
import type { JsonlSaver } from './saver.ts'
import {
  type Decided,
  type Grant,
  type PlanItem,
  type State,
  stateOf,
  type Update,
} from './state.ts'

type LangGraph = typeof LangGraphModule

export type GraphDeps = {
  readonly langGraph: LangGraph
  readonly saver: JsonlSaver
  readonly ask: (ask: Ask) => Promise<Message>
  readonly tools: Tools
  readonly settings: () => ModelSettings
  /** Calls of the model for one thing that a person says. */
  readonly maxRounds: number
  /** In dollars, of the session; what was spent is asked before each call. */
  readonly isWithinBudget: () => boolean
  /** Messages that fit the model again, or undefined if they do. */
  readonly compact: (
    state: State,
    signal: AbortSignal
  ) => Promise<readonly MessageParam[] | undefined>
  /** Kept on the disk before a call of class write runs; true if it was begun before and never ended. */
  readonly begin: (id: string) => Promise<boolean>
  readonly end: (id: string) => Promise<void>
  readonly nowMs: () => number
}

/** What the gate asks, and what it is answered: by id of the call. */
export type GateQuestion = { readonly kind: 'approve'; readonly calls: readonly PendingCall[] }
export type GateDecisions = Readonly<Record<string, Decision>>

const NEVER = new AbortController().signal
const emit = (config: LangGraphRunnableConfig, event: AgentEvent): void => config.writer?.(event)

export function graphOf(deps: GraphDeps) {
  const { langGraph, saver } = deps
  const { StateGraph, START, END, interrupt } = langGraph
  const state = stateOf(langGraph)
  return new StateGraph(state)
    .addNode('prepare', prepare)
    .addNode('model', (now, config) => askModel(now, config, deps))
    .addNode('gate', (now, config) => gate(now, config, deps, interrupt))
    .addNode('run', (now, config) => runTools(now, config, deps))
    .addEdge(START, 'prepare')
    .addEdge('prepare', 'model')
    .addConditionalEdges('model', ({ reason }) => (reason === null ? 'gate' : END), ['gate', END])
    .addEdge('gate', 'run')
    .addEdge('run', 'model')
    .compile({ checkpointer: saver })
}

export type Graph = ReturnType<typeof graphOf>

/** What was never answered is answered, and what the person said follows. */
function prepare({ messages, input }: State): Update {
  const all = withUserText(messages, input ?? 'continue')
  // Usually only one message is new: the rest is not kept again.
  const isWhole = JSON.stringify(all.slice(0, -1)) === JSON.stringify(messages)
  const update = isWhole ? all.slice(-1) : { all }
  return { messages: update, input: null, rounds: 0, decided: {}, reason: null }
}

async function askModel(
  state: State,
  config: LangGraphRunnableConfig,
  deps: GraphDeps
): Promise<Update> {
  const { tools, settings, ask, maxRounds, isWithinBudget, compact, nowMs } = deps
  const signal = config.signal ?? NEVER
  if (state.rounds >= maxRounds) return { reason: 'max-turns' }
  if (!isWithinBudget()) return { reason: 'budget' }
  const compacted = await compact(state, signal)
  const messages = compacted ?? state.messages
  const now = settings()
  const message = await ask({
    params: requestOf(now, tools.all, messages),
    signal,
    onText: (text) => emit(config, { kind: 'text', text }),
    onThinking: (text) => emit(config, { kind: 'thinking', text }),
    onRetry: (attempt, why, waitMs) => emit(config, { kind: 'retry', attempt, why, waitMs }),
  })
  const usage = usageOf(message)
  const day = new Date(nowMs()).toISOString().slice(0, 10)
  const costUsd = costOf(message.model, usage, day)
  emit(config, { kind: 'usage', model: message.model, usage, costUsd })
  const reason = reasonOf(message)
  // Input of a tool that was cut reads as whole: only the stop reason tells. Such a call is not kept.
  const content = message.content.filter((block) => reason === null || block.type !== 'tool_use')
  const said: MessageParam[] = content.length === 0 ? [] : [{ role: 'assistant', content }]
  return {
    messages: compacted === undefined ? said : { all: [...compacted, ...said] },
    rounds: state.rounds + 1,
    usage,
    reason,
  }
}

function usageOf({ usage }: Message): Usage {
  return {
    inputTokens: usage.input_tokens,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    outputTokens: usage.output_tokens,
  }
}

/** Null: tools are to be run. */
function reasonOf({ stop_reason: stop, content }: Message): string | null {
  switch (stop) {
    case 'tool_use':
      return content.some(({ type }) => type === 'tool_use') ? null : 'answered'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'max-tokens'
    case 'refusal':
      return 'refused'
    default:
      return 'answered'
  }
}

async function gate(
  { messages, grants }: State,
  config: LangGraphRunnableConfig,
  { tools }: GraphDeps,
  interrupt: LangGraph['interrupt']
): Promise<Update> {
  const context = contextOf(config, 'gate')
  const decided: Record<string, Decided> = {}
  const added: Grant[] = []
  let uses: readonly Use[] = usesOf(messages.at(-1)!)
  // What a person edits is shown again. LangGraph replays earlier decisions, so each turn asks for the next ones.
  while (uses.length > 0) {
    const shown = await pendingCalls(uses, tools, context)
    const open = shown.filter(({ call }) => !isGranted([...grants, ...added], call))
    for (const { call, preview } of shown) {
      const approved = { decision: 'approve', scope: 'session' } as const
      if (!open.some((one) => one.call.id === call.id)) {
        decided[call.id] = { decision: approved, preview, input: call.input }
      }
    }
    if (open.length === 0) break
    const asked: GateQuestion = { kind: 'approve', calls: open.map(({ call }) => call) }
    const decisions = interrupt(asked) as GateDecisions
    const edited: Use[] = []
    for (const { call, preview } of open) {
      const decision = decisions[call.id] ?? NO_DECISION
      emit(config, { kind: 'decided', id: call.id, decision })
      if (decision.decision === 'edit') {
        const checked = tools.check(call.tool, decision.input)
        if (checked.ok) edited.push({ id: call.id, name: call.tool, input: checked.input })
        else
          decided[call.id] = { decision: denied(checked.error.message), preview, input: call.input }
        continue
      }
      decided[call.id] = { decision, preview, input: call.input }
      if (decision.decision === 'approve' && decision.scope === 'session') {
        added.push({ tool: call.tool, target: call.target })
      }
    }
    uses = edited
  }
  return { decided, grants: [...grants, ...added] }
}

type Use = { readonly id: string; readonly name: string; readonly input: unknown }

const denied = (note: string): Decision => ({ decision: 'deny', note })
const NO_DECISION = denied('no decision was made')

async function runTools(
  { messages, decided }: State,
  config: LangGraphRunnableConfig,
  deps: GraphDeps
): Promise<Update> {
  const results: ToolResultBlockParam[] = []
  let plan: readonly PlanItem[] | undefined
  for (const { id, name, input } of usesOf(messages.at(-1)!)) {
    config.signal?.throwIfAborted()
    emit(config, { kind: 'tool-start', id, tool: name, input })
    const startedMs = deps.nowMs()
    const { ok, text, summary } = await runOne(id, name, input, decided[id], config, deps)
    const ms = deps.nowMs() - startedMs
    emit(config, { kind: 'tool-end', id, tool: name, ok, summary, text, ms })
    if (name === PLAN && ok) {
      plan = (input as { items: readonly PlanItem[] }).items
      emit(config, { kind: 'plan', items: plan })
    }
    results.push({
      type: 'tool_result',
      tool_use_id: id,
      content: text,
      ...(ok ? {} : { is_error: true }),
    })
  }
  const answers: MessageParam[] = [{ role: 'user', content: results }]
  return { messages: answers, decided: {}, ...(plan === undefined ? {} : { plan }) }
}

type Ran = { readonly ok: boolean; readonly text: string; readonly summary: string }

async function runOne(
  id: string,
  name: string,
  raw: unknown,
  decided: Decided | undefined,
  config: LangGraphRunnableConfig,
  { tools, begin, end }: GraphDeps
): Promise<Ran> {
  const context = contextOf(config, id)
  const input = decided?.input ?? raw
  const checked = tools.check(name, input)
  if (!checked.ok) return failed(checked.error.message, checked.error)
  const permission = permissionOf(checked.tool, decided)
  if (permission.kind === 'denied') return failed(permission.why, { denied: permission.why })
  if (permission.kind === 'free') return ran(await tools.call(name, input, context))
  if (await begin(id)) {
    const why = 'it was begun before and the session ended in the middle: look whether it is done'
    return failed(why, { interrupted: why })
  }
  const now = await checked.tool.preview?.(checked.input, context)
  if (now !== undefined && !isSame(permission.preview, now)) {
    await end(id)
    const why = 'what it would change is no longer what was approved'
    return failed(why, { changed: why })
  }
  const result = ran(await tools.call(name, input, context, permission.preview))
  await end(id)
  return result
}

const failed = (summary: string, body: object): Ran => ({
  ok: false,
  text: JSON.stringify(body),
  summary: summary.slice(0, 200),
})

const ran = (result: Awaited<ReturnType<Tools['call']>>): Ran =>
  result.ok ? result : { ok: false, text: result.text, summary: result.error.message }

const contextOf = (config: LangGraphRunnableConfig, id: string): ToolContext => ({
  signal: config.signal ?? NEVER,
  onProgress: (line) => emit(config, { kind: 'tool-progress', id, line }),
})
