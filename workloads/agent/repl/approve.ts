// Asks a person about calls that change something: yes, no with a note, another input, or yes for the rest of the session.

import type { Decision, PendingCall } from '../agent-events.ts'

/** Undefined: the person ended the input. */
export type Question = (prompt: string) => Promise<string | undefined>

const HELP =
  'y: yes, once · n [why]: no · e <json>: with this input instead · a: yes, and for the rest of the session'

export async function askDecisions(
  calls: readonly PendingCall[],
  ask: Question,
  say: (line: string) => void
): Promise<Readonly<Record<string, Decision>>> {
  const decisions: Record<string, Decision> = {}
  for (const call of calls) decisions[call.id] = await askOne(call, ask, say)
  return decisions
}

async function askOne(
  call: PendingCall,
  ask: Question,
  say: (line: string) => void
): Promise<Decision> {
  for (;;) {
    const answer = await ask(`${call.tool} → ${call.target}: [y]es [n]o [e]dit [a]lways? `)
    if (answer === undefined) return { decision: 'deny', note: 'the person left' }
    const decision = decisionOf(answer)
    if (typeof decision !== 'string') return decision
    say(decision)
  }
}

/** Or what to say to the person. */
export function decisionOf(answer: string): Decision | string {
  const [word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(answer)?.slice(1) ?? []
  switch (word.toLowerCase()) {
    case 'y':
    case 'yes':
      return { decision: 'approve', scope: 'once' }
    case 'a':
    case 'always':
      return { decision: 'approve', scope: 'session' }
    case 'n':
    case 'no':
      return rest.trim() === '' ? { decision: 'deny' } : { decision: 'deny', note: rest.trim() }
    case 'e':
    case 'edit':
      try {
        return { decision: 'edit', input: JSON.parse(rest) as unknown }
      } catch {
        return 'write the input as JSON behind e, such as e {"name": "other"}'
      }
    default:
      return HELP
  }
}
