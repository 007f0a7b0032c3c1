// Which builders a signal asks for: each by its kind, with parameters as the registry has them. What is not known is refused with the
// nearest name, before anything runs.

import { nearest } from '#crds/suggest.ts'
import type { EventKind } from '#events/history.ts'
import { BUILDERS } from '#market/builders/registry.ts'
import { FieldError, fieldsOf } from './fields.ts'
import type { BuilderChoice } from './views/open.ts'

/** An instrument that a builder joins with another one. */
export type JoinedLeg = { readonly feed: string; readonly symbol: string }

const MOST = 16

/** `value`: an object, or a function of the parameters that returns one. */
export function readBuilders(value: unknown, params: object): BuilderChoice[] {
  const made: unknown = typeof value === 'function' ? value(params) : value
  if (made === undefined) return []
  const choices = Object.entries(fieldsOf('builders', made)).map(([name, one]) =>
    choiceOf(name, one)
  )
  if (choices.length > MOST) throw new FieldError('builders', `are more than ${MOST}`)
  return choices
}

function choiceOf(name: string, value: unknown): BuilderChoice {
  const place = `builders.${name}`
  if (!/^[a-zA-Z][a-zA-Z0-9_]{0,31}$/.test(name)) {
    throw new FieldError(place, 'must be a name of letters and digits')
  }
  const { kind, ...given } = fieldsOf(place, value)
  const definition = BUILDERS.find((one) => one.name === kind)
  if (definition === undefined) {
    const kinds = BUILDERS.map((one) => one.name)
    const near = typeof kind === 'string' ? nearest(kind, kinds) : undefined
    const hint = near === undefined ? `one of ${kinds.join(', ')}` : `did you mean ${near}?`
    const what = typeof kind === 'string' ? `${kind} is no builder` : 'must name a builder'
    throw new FieldError(`${place}.kind`, `${what}: ${hint}`)
  }
  const known = definition.parameters.map((one) => one.name)
  const values: Record<string, string> = {}
  for (const [parameter, one] of Object.entries(given)) {
    if (!known.includes(parameter)) {
      const near = nearest(parameter, known)
      const hint = near === undefined ? `it has ${known.join(', ')}` : `did you mean ${near}?`
      throw new FieldError(
        `${place}.${parameter}`,
        `is no parameter of ${definition.name}: ${hint}`
      )
    }
    if (!['string', 'number', 'boolean'].includes(typeof one)) {
      throw new FieldError(`${place}.${parameter}`, 'must be a text, a number or a flag')
    }
    values[parameter] = String(one)
  }
  try {
    definition.create(values, () => {})
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    const parameter = /^([a-z]+):/i.exec(thrown.message)?.[1]
    const isNamed = parameter !== undefined && Object.hasOwn(values, parameter)
    throw new FieldError(isNamed ? `${place}.${parameter}` : place, thrown.message)
  }
  return { name, kind: definition.name, values }
}

/** Kinds of events that builders take; gaps always come. */
export const inputsOf = (choices: readonly BuilderChoice[]): EventKind[] =>
  choices.flatMap(({ kind }) =>
    BUILDERS.find(({ name }) => name === kind)!.inputs.filter(
      (one): one is EventKind => one !== 'gap'
    )
  )

export const isJoin = ({ kind }: BuilderChoice): boolean => kind === 'as-of-join'

export const legsOf = (choices: readonly BuilderChoice[]): JoinedLeg[] =>
  choices.filter(isJoin).flatMap(({ values }) =>
    [values.left!, values.right!].map((text) => {
      const at = text.indexOf(' ')
      return { feed: text.slice(0, at), symbol: text.slice(at + 1) }
    })
  )
