// One prompt without a person: for scripts. Tools that change something run only if they were allowed by name; others are denied, and the
// exit code says so.

import type { AgentEvent, Decision, DoneReason, Usage } from './agent-events.ts'
import { PlainRenderer } from './render/plain.ts'
import type { Session } from './session/session.ts'

export type OnceOptions = {
  readonly session: Session
  readonly sessionId: string
  readonly prompt: string
  readonly format: 'text' | 'json' | 'stream-json'
  /** Tools that need no person. */
  readonly allow: readonly string[]
  readonly signal: AbortSignal
  readonly write: (text: string) => void
}

type Totals = {
  usage: Usage
  costUsd: number | null
  calls: { tool: string; ok: boolean }[]
  denied: string[]
  text: string
}

/** 0 answered; 1 failed; 3 the last tool failed, or one needed an approval; 130 interrupted. */
export async function runOnce(options: OnceOptions): Promise<number> {
  const { session, sessionId, prompt, format, allow, signal, write } = options
  const totals: Totals = {
    usage: { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 },
    costUsd: 0,
    calls: [],
    denied: [],
    text: '',
  }
  const plain =
    format === 'text' ? new PlainRenderer(write, { color: false, width: 200 }) : undefined
  let events = session.send(prompt, signal)
  let reason: DoneReason = 'failed'
  for (;;) {
    for await (const event of events) {
      count(totals, event)
      if (event.kind === 'done') reason = event.reason
      if (format === 'stream-json') write(`${JSON.stringify(event)}\n`)
      // What it says in between is no part of the answer.
      else if (event.kind === 'notice' || event.kind === 'text') plain?.show(event)
    }
    if (reason !== 'approval') break
    const decisions: Record<string, Decision> = {}
    for (const { id, tool } of await session.pending()) {
      const isAllowed = allow.includes(tool)
      if (!isAllowed) totals.denied.push(tool)
      decisions[id] = isAllowed
        ? { decision: 'approve', scope: 'once' }
        : { decision: 'deny', note: 'no person can approve it in this run' }
    }
    events = session.decide(decisions, signal)
  }
  if (format === 'text') write('\n')
  if (format === 'json') {
    const { usage, costUsd, calls, denied, text } = totals
    const answer = {
      result: text,
      stop_reason: reason,
      tool_calls: calls,
      denied,
      usage,
      cost_usd: costUsd,
      session_id: sessionId,
    }
    write(`${JSON.stringify(answer)}\n`)
  }
  return exitCode(reason, totals)
}

function count(totals: Totals, event: AgentEvent): void {
  if (event.kind === 'text') totals.text += event.text
  if (event.kind === 'retry' || event.kind === 'tool-start') totals.text = ''
  if (event.kind === 'tool-end') totals.calls.push({ tool: event.tool, ok: event.ok })
  if (event.kind !== 'usage') return
  const { usage, costUsd } = event
  const sum = totals.usage
  totals.usage = {
    inputTokens: sum.inputTokens + usage.inputTokens,
    cacheWriteTokens: sum.cacheWriteTokens + usage.cacheWriteTokens,
    cacheReadTokens: sum.cacheReadTokens + usage.cacheReadTokens,
    outputTokens: sum.outputTokens + usage.outputTokens,
  }
  totals.costUsd = costUsd === null || totals.costUsd === null ? null : totals.costUsd + costUsd
}

function exitCode(reason: DoneReason, { calls, denied }: Totals): number {
  if (reason === 'interrupted') return 130
  if (reason !== 'answered') return 1
  const { ok = true } = calls.at(-1) ?? {}
  return denied.length > 0 || !ok ? 3 : 0
}
