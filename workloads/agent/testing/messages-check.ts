// What the real Messages API refuses, as checks of a request: a list of what is wrong, empty if it would be accepted. Pure.

export type Block = {
  readonly type: string
  readonly [member: string]: unknown
}
export type Message = { readonly role: string; readonly content: string | readonly Block[] }
export type MessagesRequest = {
  readonly model?: unknown
  readonly max_tokens?: unknown
  readonly messages?: unknown
  readonly system?: unknown
  readonly tools?: unknown
  readonly stream?: unknown
  readonly [member: string]: unknown
}

const MEMBERS = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'stream',
  'stop_sequences',
  'thinking',
  'output_config',
  'metadata',
  'cache_control',
])
/** They are gone since version 2026-10-21. */
const GONE = ['temperature', 'top_p', 'top_k']
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/
const MOST_BREAKPOINTS = 4

export function problemsOf(request: MessagesRequest): string[] {
  const problems: string[] = []
  for (const name of Object.keys(request)) {
    if (GONE.includes(name)) problems.push(`${name}: this parameter is no longer accepted`)
    else if (!MEMBERS.has(name)) problems.push(`${name}: Extra inputs are not permitted`)
  }
  if (typeof request.model !== 'string') problems.push('model: Field required')
  const { max_tokens: most } = request
  if (!Number.isSafeInteger(most) || (most as number) < 1)
    problems.push('max_tokens: Field required')
  problems.push(...toolProblems(request.tools), ...systemProblems(request.system))
  if (Array.isArray(request.messages) && request.messages.length > 0) {
    problems.push(...messageProblems(request.messages as Message[]))
  } else problems.push('messages: at least one message is required')
  const points = breakpoints(request)
  if (points > MOST_BREAKPOINTS) {
    problems.push(
      `A maximum of ${MOST_BREAKPOINTS} blocks with cache_control may be provided. Found ${points}.`
    )
  }
  return problems
}

function breakpoints(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = !Array.isArray(value) && 'cache_control' in value ? 1 : 0
  return Object.values(value).reduce((sum: number, member) => sum + breakpoints(member), own)
}

function toolProblems(tools: unknown): string[] {
  if (tools === undefined) return []
  if (!Array.isArray(tools)) return ['tools: Input should be a valid list']
  const problems: string[] = []
  const names = new Set<string>()
  for (const [i, tool] of (tools as Record<string, unknown>[]).entries()) {
    const name = String(tool.name)
    if (!TOOL_NAME.test(name))
      problems.push(`tools.${i}.name: String should match ${TOOL_NAME.source}`)
    if (names.has(name)) problems.push(`tools: Tool names must be unique: ${name}`)
    names.add(name)
    const schema = tool.input_schema as { type?: unknown } | undefined
    if (schema?.type !== 'object') problems.push(`tools.${i}.input_schema.type: Field required`)
  }
  return problems
}

function systemProblems(system: unknown): string[] {
  if (system === undefined || typeof system === 'string') return []
  const isBlocks =
    Array.isArray(system) &&
    system.every((block: Block) => block.type === 'text' && block.text !== '')
  return isBlocks ? [] : ['system: text content blocks must be non-empty']
}

const blocksOf = ({ content }: Message): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

function messageProblems(messages: readonly Message[]): string[] {
  const problems: string[] = []
  if (messages[0]?.role !== 'user')
    problems.push('messages: first message must use the "user" role')
  for (const [i, message] of messages.entries()) {
    const at = `messages.${i}`
    if (message.role !== 'user' && message.role !== 'assistant')
      problems.push(`${at}.role: unexpected ${message.role}`)
    const blocks = blocksOf(message)
    if (blocks.length === 0) problems.push(`${at}: all messages must have non-empty content`)
    if (typeof message.content === 'string' && message.content === '')
      problems.push(`${at}: all messages must have non-empty content`)
    for (const [k, block] of blocks.entries())
      problems.push(...blockProblems(`${at}.content.${k}`, message.role, block))
    problems.push(...resultProblems(at, messages, i))
  }
  const last = messages.at(-1)
  if (last?.role === 'assistant')
    problems.push('messages: the conversation must end with a user message')
  return problems
}

function blockProblems(at: string, role: string, block: Block): string[] {
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' && block.text.trim() !== ''
        ? []
        : [`${at}: text content blocks must contain non-whitespace text`]
    case 'tool_use': {
      const isFit =
        role === 'assistant' && typeof block.id === 'string' && TOOL_NAME.test(String(block.name))
      const isObject =
        typeof block.input === 'object' && block.input !== null && !Array.isArray(block.input)
      return isFit && isObject ? [] : [`${at}.tool_use: Input should be a valid dictionary`]
    }
    case 'tool_result':
      return role === 'user' && typeof block.tool_use_id === 'string'
        ? []
        : [`${at}: unexpected tool_result`]
    case 'thinking': {
      const isSigned = typeof block.signature === 'string' && block.signature !== ''
      return role === 'assistant' && isSigned
        ? []
        : [`${at}: Invalid \`signature\` in \`thinking\` block`]
    }
    case 'redacted_thinking':
      return role === 'assistant' ? [] : [`${at}: unexpected redacted_thinking`]
    default:
      return [
        `${at}: Input tag '${block.type}' found using 'type' does not match any of the expected tags`,
      ]
  }
}

/** Each tool_use is answered in the very next message, results first, each once; and no result stands alone. */
function resultProblems(at: string, messages: readonly Message[], i: number): string[] {
  const message = messages[i]!
  const problems: string[] = []
  if (message.role === 'assistant') {
    const used = blocksOf(message)
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => String(id))
    if (new Set(used).size !== used.length) problems.push(`${at}: \`tool_use\` ids must be unique`)
    const next = messages[i + 1]
    if (used.length === 0 || next === undefined) return problems
    const answered = new Set(
      blocksOf(next)
        .filter(({ type }) => type === 'tool_result')
        .map(({ tool_use_id: id }) => String(id))
    )
    const orphans = used.filter((id) => next.role !== 'user' || !answered.has(id))
    if (orphans.length > 0) {
      problems.push(
        `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${orphans.join(', ')}`
      )
    }
    return problems
  }
  const before = messages[i - 1]
  const used =
    before?.role === 'assistant'
      ? blocksOf(before)
          .filter(({ type }) => type === 'tool_use')
          .map(({ id }) => String(id))
      : []
  const blocks = blocksOf(message)
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map(({ tool_use_id: id }) => String(id))
  for (const id of results) {
    if (!used.includes(id))
      problems.push(`${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}`)
  }
  if (new Set(results).size !== results.length)
    problems.push(`${at}: each tool_use must have a single result`)
  const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result')
  const isBehind = blocks.some(
    ({ type }, k) => type === 'tool_result' && firstOther >= 0 && k > firstOther
  )
  if (isBehind) problems.push(`${at}: \`tool_result\` blocks must come first`)
  return problems
}
