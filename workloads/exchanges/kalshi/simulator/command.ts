// Reads a client's frame as one of Kalshi's commands. Anything that does not fit is an error code, as the
// exchange answers it; nothing throws. Pure.
import type { KalshiErrorCode } from './errors.ts'

export type Params = Readonly<Record<string, unknown>>

export type Command =
  | { readonly cmd: 'subscribe'; readonly id: number; readonly params: Params }
  | { readonly cmd: 'update_subscription'; readonly id: number; readonly params: Params }
  | { readonly cmd: 'unsubscribe'; readonly id: number; readonly params: Params }
  | { readonly cmd: 'list_subscriptions'; readonly id: number }

export type Refusal = { readonly id: number; readonly refused: KalshiErrorCode }

const isObject = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A frame as a command, or why not. */
export function readCommand(text: string): Command | Refusal {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { id: 0, refused: 1 }
  }
  if (!isObject(value)) return { id: 0, refused: 1 }
  const id = value.id ?? 0
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return { id: 0, refused: 1 }
  if (typeof value.cmd !== 'string') return { id, refused: value.cmd === undefined ? 5 : 1 }
  switch (value.cmd) {
    case 'list_subscriptions':
      return { cmd: 'list_subscriptions', id }
    case 'subscribe':
    case 'update_subscription':
    case 'unsubscribe':
      if (value.params === undefined || value.params === null) return { id, refused: 2 }
      if (!isObject(value.params)) return { id, refused: 1 }
      return { cmd: value.cmd, id, params: value.params }
    default:
      return { id, refused: 5 }
  }
}

/** A list of texts under `name`; undefined where it is absent; null where it is something else. */
export function textList(params: Params, name: string): string[] | undefined | null {
  const value = params[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== ''))
    return null
  return value as string[]
}

/** A list of subscription ids under `name`, with the same three answers. */
export function idList(params: Params, name: string): number[] | undefined | null {
  const value = params[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every((item) => Number.isSafeInteger(item))) return null
  return value as number[]
}

/** Markets named by `one` or by `many`; both together, or of a wrong type, is null; an empty list counts as absent. */
export function namesOf(params: Params, one: string, many: string): string[] | undefined | null {
  const list = textList(params, many)
  if (list === null) return null
  const single = params[one]
  if (single === undefined || single === null || single === '')
    return list && list.length > 0 ? list : undefined
  if (typeof single !== 'string' || list !== undefined) return null
  return [single]
}
