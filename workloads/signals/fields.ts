// Fields of what a signal says of itself, read with care.

/** Names the field that does not fit. */
export class FieldError extends Error {
  readonly field: string

  constructor(field: string, why: string) {
    super(why)
    this.field = field
  }
}

/** The members of an object; with `known` no others. An unknown field is refused: it would do nothing. */
export function fieldsOf(
  name: string,
  value: unknown,
  known?: readonly string[]
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FieldError(name, 'must be an object')
  }
  const unknown = known && Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const field = name === 'export default' ? unknown : `${name}.${unknown}`
    throw new FieldError(field, `is no field of ${name}: it has ${known!.join(', ')}`)
  }
  return { ...value }
}

export function textsOf(name: string, value: unknown): string[] {
  const isList = Array.isArray(value) && value.length > 0
  if (isList && value.every((one) => typeof one === 'string' && one !== '')) return [...value]
  throw new FieldError(name, 'must be a list of names')
}
