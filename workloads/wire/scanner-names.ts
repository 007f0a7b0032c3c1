// The names that a scanner looks for, laid out so that a name met in a frame is compared with few of them.

export type Name = {
  readonly slot: number
  readonly bytes: Uint8Array
  readonly children: Names | null
}
/** Wanted names of one object, by their length in bytes. */
export type Names = readonly (readonly Name[] | undefined)[]

/** The wanted name that stands between `start` and `end`. */
export function match(names: Names, b: Uint8Array, start: number, end: number): Name | null {
  const candidates = names[end - start]
  if (candidates === undefined) return null
  for (let i = 0; i < candidates.length; i++) {
    const name = candidates[i]!
    const bytes = name.bytes
    let k = bytes.length - 1
    while (k >= 0 && bytes[k] === b[start + k]) k--
    if (k < 0) return name
  }
  return null
}

/** The same for a name that holds escapes. */
export function matchEscaped(names: Names, b: Uint8Array, start: number, end: number): Name | null {
  const raw = Buffer.from(b.buffer, b.byteOffset + start, end - start).toString('utf8')
  const name = Buffer.from(JSON.parse(`"${raw}"`) as string)
  return match(names, name, 0, name.length)
}

/** Tables for paths of one or two names; each path's slot is its place in the list. */
export function namesOf(paths: readonly string[]): Names {
  const children = new Map<string, Map<string, number>>()
  const top = new Map<string, number>()
  paths.forEach((path, slot) => {
    const [first, second] = path.split('.') as [string, string?]
    if (second === undefined) top.set(first, slot)
    else {
      const inner = children.get(first) ?? new Map<string, number>()
      children.set(first, inner.set(second, slot))
    }
  })
  const table = (
    entries: Iterable<readonly [string, number]>,
    inner: (name: string) => Names | null
  ) => {
    const names: Name[][] = []
    for (const [name, slot] of entries) {
      const bytes = new TextEncoder().encode(name)
      const sameLength = names[bytes.length] ?? []
      sameLength.push({ slot, bytes, children: inner(name) })
      names[bytes.length] = sameLength
    }
    return names
  }
  for (const name of children.keys()) if (!top.has(name)) top.set(name, -1)
  return table(top, (name) => {
    const inner = children.get(name)
    return inner === undefined ? null : table(inner, () => null)
  })
}
