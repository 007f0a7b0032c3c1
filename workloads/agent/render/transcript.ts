// A transcript as texts for people: what it cost, and the conversation as markdown. Pure.

import type { TranscriptLine } from '../session/transcript.ts'

type TranscriptLines = readonly TranscriptLine[]

/** Never nothing for a model whose price is not known. */
export function costText(lines: TranscriptLines): string {
  let [prompt, cached, output, dollars, unknown] = [0, 0, 0, 0, 0]
  for (const line of lines) {
    if (line.kind !== 'usage') continue
    const { usage, costUsd } = line
    prompt += usage.inputTokens + usage.cacheWriteTokens
    cached += usage.cacheReadTokens
    output += usage.outputTokens
    if (costUsd === null) unknown++
    else dollars += costUsd
  }
  const cost =
    unknown === 0
      ? `$${dollars.toFixed(4)}`
      : `$${dollars.toFixed(4)} and $? of ${unknown} calls of a model whose price is not known`
  return `${prompt + cached} tokens in (${cached} from the cache), ${output} out: ${cost}`
}

export function markdownOf(lines: TranscriptLines): string {
  return lines
    .flatMap((line) => {
      switch (line.kind) {
        case 'said':
          return [`**You:** ${line.text}`]
        case 'text':
          return [line.text]
        case 'tool-end':
          return [`\`${line.tool}\` ${line.ok ? '→' : '✗'} ${line.summary}`]
        case 'decided':
          return [`*${line.decision.decision}*`]
        default:
          return []
      }
    })
    .join('\n\n')
    .concat('\n')
}
