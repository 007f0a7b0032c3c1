// What a session holds between two steps: plain data, kept by every checkpoint.

import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type * as LangGraphModule from '@langchain/langgraph'
import type { Decision, Usage } from '../agent-events.ts'
import type { Preview } from '../tools/tool.ts'

type LangGraph = typeof LangGraphModule

/** Of one call: what the person decided about what was shown. */
export type Decided = {
  readonly decision: Decision
  readonly preview: Preview
  /** As it was shown: the model's, or what the person made of it. */
  readonly input: unknown
}

export type Grant = { readonly tool: string; readonly target: string }

export type PlanItem = { readonly text: string; readonly status: 'open' | 'doing' | 'done' }

/** Messages to append, or all that there are from now on. */
export type MessagesUpdate = readonly MessageParam[] | { readonly all: readonly MessageParam[] }

const isWhole = (update: MessagesUpdate): update is { readonly all: readonly MessageParam[] } =>
  'all' in update

/** The same whether updates come one by one or together. */
const reduceMessages = (
  messages: readonly MessageParam[],
  updates: MessagesUpdate[]
): readonly MessageParam[] => {
  const last = updates.findLastIndex(isWhole)
  const whole = last < 0 ? messages : (updates[last] as { all: readonly MessageParam[] }).all
  return [
    ...whole,
    ...updates.slice(last + 1).flatMap((update) => update as readonly MessageParam[]),
  ]
}

/** Full copies of the messages are rare: a session of 100 turns stays small. */
const SNAPSHOT_EVERY = 200

export function stateOf({ Annotation, DeltaChannel }: LangGraph) {
  const messages = new DeltaChannel<readonly MessageParam[], MessagesUpdate>(reduceMessages, {
    initialValueFactory: () => [],
    snapshotFrequency: SNAPSHOT_EVERY,
  })
  const last = <T>(value: T) => Annotation<T>({ reducer: (_, next) => next, default: () => value })
  return Annotation.Root({
    messages: messages as never as ReturnType<
      typeof Annotation<readonly MessageParam[], MessagesUpdate>
    >,
    /** What the person said, until it is part of the messages. */
    input: last<string | null>(null),
    /** Calls of the model since the person spoke. */
    rounds: last<number>(0),
    /** By id of the call. */
    decided: last<Readonly<Record<string, Decided>>>({}),
    /** Approved for the rest of the session. */
    grants: last<readonly Grant[]>([]),
    plan: last<readonly PlanItem[]>([]),
    /** Of the last call. */
    usage: last<Usage | null>(null),
    /** Why the turn ended, once it has. */
    reason: last<string | null>(null),
  })
}

export type State = ReturnType<typeof stateOf>['State']
export type Update = Partial<ReturnType<typeof stateOf>['Update']>
