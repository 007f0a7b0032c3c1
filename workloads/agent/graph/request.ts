// The request to the model: tools and system first and the same bytes in every turn, so that its cache of the prompt holds; what changes comes
// last. Pure.

import type {
  ContentBlockParam,
  MessageParam,
  MessageStreamParams,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { Tool } from '../tools/tool.ts'
import { blocksOf } from './conversation.ts'

export type ModelSettings = {
  readonly model: string
  readonly maxTokens: number
  readonly system: string
}

export function requestOf(
  { model, maxTokens, system }: ModelSettings,
  tools: readonly Tool[],
  messages: readonly MessageParam[]
): MessageStreamParams {
  return {
    model,
    max_tokens: maxTokens,
    system: [
      {
        type: 'text',
        text: system,
        cache_control: { type: 'ephemeral', ttl: '1h' },
      } satisfies TextBlockParam,
    ],
    tools: [...tools]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, description, input }) => ({
        name,
        description,
        input_schema: input as { type: 'object' },
      })),
    messages: withBreakpoint(messages),
  }
}

/** The cache reaches up to the last block of the person or of a tool; the next turn begins there. */
function withBreakpoint(messages: readonly MessageParam[]): MessageParam[] {
  const at = messages.findLastIndex(({ role }) => role === 'user')
  return messages.map((message, i) => {
    if (i !== at) return message
    const blocks = blocksOf(message)
    const last = blocks.length - 1
    const content = blocks.map((block, k) =>
      k === last ? ({ ...block, cache_control: { type: 'ephemeral' } } as ContentBlockParam) : block
    )
    return { role: 'user', content }
  })
}
