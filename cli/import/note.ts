// What an import says of a file of the original: the fields that mean something else here, or nothing. Pure.

/** A field of the original without a counterpart, and what replaced it. */
export type Note = { readonly field: string; readonly note: string }

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

/** A list of maps; anything else is none. */
export const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isFields) : []

/** Without the fields that have no value. */
export const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** A name as Kubernetes takes it. */
export function nameOf(text: string, field: string, notes: Note[]): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  if (name !== text) notes.push({ field, note: `names are lower-case letters and dashes: ${name}` })
  return name
}

/** Notes the fields of a map that no rule names. */
export function noteOthers(map: Fields, known: readonly string[], at: string, notes: Note[]): void {
  for (const key of Object.keys(map)) {
    if (!known.includes(key))
      notes.push({ field: `${at}${key}`, note: 'not known to ssmd: left out' })
  }
}

/** Notes each of these fields that the map has. */
export function noteGone(
  map: Fields,
  gone: Readonly<Record<string, string>>,
  at: string,
  notes: Note[]
): void {
  for (const [key, note] of Object.entries(gone)) {
    if (map[key] !== undefined) notes.push({ field: `${at}${key}`, note })
  }
}
