// Makes a long conversation fit the model again. Old results of tools go first: they can be asked for again. Only then are older turns replaced
// by a summary. What the person said last, and what belongs to it, is never touched.

import type { Message, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Ask } from '../model/messages.ts'
import { blocksOf, repaired } from './conversation.ts'
import { type ModelSettings, requestOf } from './request.ts'
import type { State } from './state.ts'

const DROPPED = 'left out to save room: call the tool again if it is needed'
/** Results shorter than this are kept: they save nothing. */
const SHORT = 300
/** Of the window of the model. */
const FULL = 0.7

export type Compactor = {
  readonly ask: (ask: Ask) => Promise<Message>
  readonly settings: () => ModelSettings
  /** Tokens that the model takes. */
  readonly window: number
}

/** Where the last thing that the person said stands. */
const lastSaid = (messages: readonly MessageParam[]): number =>
  messages.findLastIndex(
    (message) => message.role === 'user' && blocksOf(message).some(({ type }) => type === 'text')
  )

/** Old results without their texts; undefined if there is nothing to leave out. */
export function withoutOldResults(messages: readonly MessageParam[]): MessageParam[] | undefined {
  const last = lastSaid(messages)
  let isChanged = false
  const list = messages.map((message, i): MessageParam => {
    if (i >= last || message.role !== 'user') return message
    const content = blocksOf(message).map((block) => {
      if (block.type !== 'tool_result' || JSON.stringify(block.content ?? '').length < SHORT)
        return block
      isChanged = true
      return { ...block, content: DROPPED }
    })
    return { role: 'user', content }
  })
  return isChanged ? list : undefined
}

const tokensOf = (messages: readonly MessageParam[]): number =>
  JSON.stringify(messages).length / 3.5

/** Messages that fit, or undefined if they do as they are. */
export async function compacted(
  { messages, usage }: State,
  { ask, settings, window }: Compactor,
  signal: AbortSignal
): Promise<readonly MessageParam[] | undefined> {
  const { maxTokens } = settings()
  const room = (window - maxTokens) * FULL
  const measured =
    usage === null ? 0 : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  if (Math.max(measured, tokensOf(messages)) < room) return undefined
  const lighter = withoutOldResults(messages) ?? [...messages]
  if (tokensOf(lighter) < room * 0.6) return repaired(lighter)
  return await summarised(lighter, { ask, settings, window }, signal)
}

/** Older turns as a summary by the model, then what the person said last and all that followed. */
export async function summarised(
  messages: readonly MessageParam[],
  { ask, settings }: Compactor,
  signal: AbortSignal,
  focus = ''
): Promise<readonly MessageParam[]> {
  const last = lastSaid(messages)
  const old = repaired(messages.slice(0, last))
  if (old.length < 2) return repaired(messages)
  const request = `Summarise this conversation so that the work can continue from the summary alone. Keep word for word: what the person asked for and every
condition they set, names of feeds, symbols, days, files and runs, numbers that were found, decisions and denials. ${focus}`
  const asked: MessageParam[] = [
    ...old,
    { role: 'user', content: [{ type: 'text', text: request }] },
  ]
  const { tools: _, ...params } = requestOf(settings(), [], repaired(asked))
  const message = await ask({
    params: { ...params, max_tokens: Math.min(4096, settings().maxTokens) },
    signal,
    onText: () => {},
    onThinking: () => {},
    onRetry: () => {},
  })
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  const summary = `Summary of the conversation until here:\n${text}`
  return repaired([
    { role: 'user', content: [{ type: 'text', text: summary }] },
    ...messages.slice(last),
  ])
}
