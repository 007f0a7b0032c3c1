// Which lists of messages the Messages API accepts, and how any other becomes one: after an abort, a crash, a decision that never came or a
// file that was cut short, the session continues. Pure.

import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'

const NOT_RUN = 'not run: the session was interrupted before it ran, or before its result was kept'

/** Every tool_use is answered by exactly its results, first in the next message; roles alternate; nothing is empty. */
export function repaired(messages: readonly MessageParam[]): MessageParam[] {
  const list: MessageParam[] = []
  for (const message of messages) {
    const blocks = blocksOf(message).filter(isKept(message.role))
    const before = list.at(-1)
    if (message.role === 'assistant') {
      if (before?.role === 'user' && blocks.length > 0) {
        list.push({ role: 'assistant', content: withoutRepeats(blocks) })
      }
      continue
    }
    const used = before?.role === 'assistant' ? usesOf(before) : []
    const content = [...resultsFor(used, blocks), ...blocks.filter(isNoResult)]
    if (content.length === 0) continue
    if (before?.role === 'user') {
      list[list.length - 1] = {
        role: 'user',
        content: [...blocksOf(before), ...content.filter(isNoResult)],
      }
    } else list.push({ role: 'user', content })
  }
  const last = list.at(-1)
  const open = last?.role === 'assistant' ? usesOf(last) : []
  if (open.length > 0) list.push({ role: 'user', content: resultsFor(open, []) })
  return list
}

/** With what a person says now: behind the results, if the last message holds some. */
export function withUserText(messages: readonly MessageParam[], text: string): MessageParam[] {
  const list = repaired(messages)
  const last = list.at(-1)
  const block = { type: 'text', text } as const
  if (last?.role !== 'user') return [...list, { role: 'user', content: [block] }]
  return [...list.slice(0, -1), { role: 'user', content: [...blocksOf(last), block] }]
}

export const blocksOf = ({ content }: MessageParam): readonly ContentBlockParam[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

export const usesOf = (message: MessageParam): ToolUseBlockParam[] =>
  blocksOf(message).filter((block) => block.type === 'tool_use')

const isNoResult = ({ type }: ContentBlockParam): boolean => type !== 'tool_result'

const isKept =
  (role: string) =>
  (block: ContentBlockParam): boolean => {
    switch (block.type) {
      case 'text':
        return block.text.trim() !== ''
      case 'tool_use':
      case 'redacted_thinking':
        return role === 'assistant'
      case 'thinking':
        return role === 'assistant' && block.signature !== ''
      case 'tool_result':
        return role === 'user'
      default:
        return false
    }
  }

function withoutRepeats(blocks: readonly ContentBlockParam[]): ContentBlockParam[] {
  const seen = new Set<string>()
  return blocks.filter((block) => {
    if (block.type !== 'tool_use') return true
    const isNew = !seen.has(block.id)
    seen.add(block.id)
    return isNew
  })
}

/** One result for each use, in the order of the uses. */
function resultsFor(
  uses: readonly ToolUseBlockParam[],
  blocks: readonly ContentBlockParam[]
): ToolResultBlockParam[] {
  return uses.map(({ id }) => {
    const found = blocks.find((block) => block.type === 'tool_result' && block.tool_use_id === id)
    return (
      (found as ToolResultBlockParam | undefined) ?? {
        type: 'tool_result',
        tool_use_id: id,
        is_error: true,
        content: NOT_RUN,
      }
    )
  })
}
