// What the agent says while it works: one kind of event, out of the graph, into every renderer and into the transcript.

import type { ToolClass } from './tools/tool.ts'

export type Usage = {
  readonly inputTokens: number
  readonly cacheWriteTokens: number
  readonly cacheReadTokens: number
  readonly outputTokens: number
}

/** A call that needs an approval, with what the person is shown. */
export type PendingCall = {
  readonly id: string
  readonly tool: string
  readonly class: ToolClass
  /** As checked. */
  readonly input: unknown
  readonly title: string
  readonly text: string
  readonly sha256?: string
  readonly target: string
}

export type Decision =
  | { readonly decision: 'approve'; readonly scope: 'once' | 'session' }
  /** `note` goes to the model. */
  | { readonly decision: 'deny'; readonly note?: string }
  /** Another input in its place: it is checked and shown again. */
  | { readonly decision: 'edit'; readonly input: unknown }

export type AgentEvent =
  /** A piece of the answer. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | {
      readonly kind: 'tool-start'
      readonly id: string
      readonly tool: string
      readonly input: unknown
    }
  | { readonly kind: 'tool-progress'; readonly id: string; readonly line: string }
  | {
      readonly kind: 'tool-end'
      readonly id: string
      readonly tool: string
      readonly ok: boolean
      readonly summary: string
      /** The answer as it was given to the model. */
      readonly text: string
      readonly ms: number
    }
  | { readonly kind: 'approval'; readonly calls: readonly PendingCall[] }
  | { readonly kind: 'decided'; readonly id: string; readonly decision: Decision }
  | {
      readonly kind: 'usage'
      readonly model: string
      readonly usage: Usage
      readonly costUsd: number | null
    }
  /** The model is asked again: the text since the last event of another kind is void. */
  | {
      readonly kind: 'retry'
      readonly attempt: number
      readonly why: string
      readonly waitMs: number
    }
  | {
      readonly kind: 'plan'
      readonly items: readonly {
        readonly text: string
        readonly status: 'open' | 'doing' | 'done'
      }[]
    }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'done'; readonly reason: DoneReason }

/** `answered`: the model has ended its turn. `approval`: it waits for a decision. */
export type DoneReason =
  | 'answered'
  | 'approval'
  | 'refused'
  | 'max-tokens'
  | 'max-turns'
  | 'budget'
  | 'interrupted'
  | 'failed'
