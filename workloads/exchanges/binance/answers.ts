// What the exchange says to a command: `{"result":null,"id":1}`, or an error in one of the forms that it has used.

export type Reply = {
  /** null: it does not say which command it answers. */
  readonly id: number | null
  /** Why it refuses; null: it does not. */
  readonly words: string | null
}

/** Reads an answer; never throws. */
export function readReply(payload: Buffer): Reply {
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8').replace(/^\uFEFF/, ''))
  } catch {
    return { id: null, words: null }
  }
  const { id, error, code, msg } = (value ?? {}) as Readonly<Record<string, unknown>>
  const number = typeof id === 'number' && Number.isSafeInteger(id) ? id : null
  if (error !== undefined && error !== null) {
    const inner = (typeof error === 'object' ? error : { msg: error }) as Readonly<
      Record<string, unknown>
    >
    return { id: number, words: words(inner.code, inner.msg) }
  }
  return { id: number, words: code === undefined ? null : words(code, msg) }
}

function words(code: unknown, msg: unknown): string {
  const text = typeof msg === 'string' && msg.trim() !== '' ? msg.trim().slice(0, 300) : 'refused'
  return code === undefined ? text : `${text} (code ${String(code)})`
}
