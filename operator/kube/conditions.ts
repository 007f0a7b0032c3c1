// Conditions as KEP-1623 wants them: one of a type, a reason in CamelCase, the generation it speaks of, and a
// transition time that moves only when the status flips. Pure: the caller says what time it is.

import { rfc3339Seconds } from '#crds/rfc3339.ts'

export type Condition = {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  readonly lastTransitionTime: string
}

export type Judgement = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>

const MESSAGE_LIMIT = 32_768

/**
 * The conditions for what was judged now, in the order given, with the transition times of `before` where the status
 * is the same. A type that was not judged is gone: abnormal conditions are present only while they are true.
 */
export function conditionsOf(
  judged: readonly Judgement[],
  before: readonly Condition[],
  generation: number,
  wallMs: number
): readonly Condition[] {
  return judged.map(({ type, status, reason, message }) => {
    const old = before.find((condition) => condition.type === type)
    return {
      type,
      status,
      reason,
      message: message.length > MESSAGE_LIMIT ? `${message.slice(0, MESSAGE_LIMIT - 1)}…` : message,
      observedGeneration: generation,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : rfc3339Seconds(wallMs),
    }
  })
}
