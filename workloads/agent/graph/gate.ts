// Which calls of the model need an approval, and what it shows. Changes nothing: LangGraph runs it again after every decision.

import type { PendingCall } from '../agent-events.ts'
import type { Tools } from '../tools/call.ts'
import type { JsonObject, Preview, Tool, ToolContext } from '../tools/tool.ts'
import type { Decided, Grant } from './state.ts'

export type Shown = { readonly call: PendingCall; readonly preview: Preview }

const isDangerous = ({ class: kind }: Tool): boolean => kind === 'write' || kind === 'cluster-write'

/** A call that does not fit its tool needs none: it is not run. */
export async function pendingCalls(
  uses: readonly { readonly id: string; readonly name: string; readonly input: unknown }[],
  tools: Tools,
  context: ToolContext
): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const { id, name, input } of uses) {
    const checked = tools.check(name, input)
    if (!checked.ok || !isDangerous(checked.tool)) continue
    const { tool } = checked
    const preview = await previewOf(tool, checked.input, context)
    if (preview === undefined) continue
    const { title, text, sha256, target } = preview
    const call = { id, tool: name, class: tool.class, input: checked.input, title, text, target }
    shown.push({ call: sha256 === undefined ? call : { ...call, sha256 }, preview })
  }
  return shown
}

/** Without one if it fails: then the run of the tool fails the same way, and the model is told. */
async function previewOf(
  tool: Tool,
  input: JsonObject,
  context: ToolContext
): Promise<Preview | undefined> {
  if (tool.preview === undefined) {
    return { title: tool.name, text: JSON.stringify(input, null, 2), target: tool.name }
  }
  try {
    return await tool.preview(input, context)
  } catch {
    context.signal.throwIfAborted()
    return undefined
  }
}

export const isGranted = (grants: readonly Grant[], { tool, target }: PendingCall): boolean =>
  grants.some((grant) => grant.tool === tool && grant.target === target)

/** An approval holds for what was shown, and for nothing else. */
export const isSame = (approved: Preview, now: Preview): boolean =>
  approved.target === now.target && approved.sha256 === now.sha256 && approved.text === now.text

export type Permission =
  | { readonly kind: 'free' }
  | { readonly kind: 'approved'; readonly preview: Preview }
  | { readonly kind: 'denied'; readonly why: string }

/** Whether a call may run. Of class write only with an approval that was kept before. */
export function permissionOf(tool: Tool, decided: Decided | undefined): Permission {
  if (!isDangerous(tool)) return { kind: 'free' }
  if (decided === undefined) {
    return { kind: 'denied', why: 'it needs an approval, and what it would do cannot be shown' }
  }
  const { decision, preview } = decided
  if (decision.decision === 'approve') return { kind: 'approved', preview }
  const note = decision.decision === 'deny' && decision.note ? `: ${decision.note}` : ''
  return { kind: 'denied', why: `the person denied it${note}` }
}
