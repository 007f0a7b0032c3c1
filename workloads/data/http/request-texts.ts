// The parameters of a request as texts: those of its path and those of its query string. Names and values that are not UTF-8 or hold
// control characters are refused before anything is made of them.

import { ParametersError, shown, type Texts } from '../model/parameters.ts'
import { RequestError } from './problem.ts'
import type { ApiContext } from './route.ts'

/** Pairs of a query string: more are no question. */
const MOST = 200

export function textsOf(ctx: ApiContext): Texts {
  const texts = new Map<string, string[]>()
  const { querystring } = ctx
  const params = (ctx as unknown as { params?: Readonly<Record<string, string>> }).params ?? {}
  for (const [name, value] of Object.entries(params)) texts.set(name, [checked(name, value)])
  const inPath = new Set(texts.keys())
  if (querystring === '') return texts
  const pairs = querystring.split('&')
  if (pairs.length > MOST)
    throw new RequestError(400, `${pairs.length} parameters, at most ${MOST} are taken`)
  for (const pair of pairs) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decoded(at < 0 ? pair : pair.slice(0, at))
    // A name alone is a flag: `?raw`.
    const value = at < 0 ? '1' : decoded(pair.slice(at + 1))
    if (inPath.has(name)) {
      const message = `${name} stands in the path`
      throw new ParametersError([{ parameter: name, message }])
    }
    const known = texts.get(name)
    if (known === undefined) texts.set(name, [checked(name, value)])
    else known.push(checked(name, value))
  }
  return texts
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new RequestError(400, `${shown(text)} is not percent-encoded UTF-8`)
  }
}

function checked(name: string, value: string): string {
  for (const text of [name, value]) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x20 || code === 0x7f || code === 0xfffd)
        throw new RequestError(400, `${shown(name)} holds a control character`)
    }
  }
  return value
}
