// Names of places in a resource. A path is what people read, `spec.versions[0].endpoint`; a shape path names the same
// field of every entry, `spec.versions[].endpoint`, `spec.keys.*.fields[]`.

export type Path = readonly (string | number)[]

export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z0-9_-]+$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** The path of a text that `formatPath` wrote; what it cannot read it leaves out. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = []
  for (const match of text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)) {
    if (match[1] !== undefined) path.push(Number(match[1]))
    else if (match[2] !== undefined) path.push(String(JSON.parse(match[2])))
    else if (match[3] !== undefined) path.push(match[3])
  }
  return path
}

/** The path of a JSON pointer, with numbers where the value has a list. */
export function pathOfPointer(pointer: string, root: unknown): Path {
  const path: (string | number)[] = []
  let value = root
  for (const escaped of pointer.split('/').slice(1)) {
    const part = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(part) : part)
    value = memberOf(value, part)
  }
  return path
}

/** The shape path of a place; `fields` are the shape paths that the kind has, which tell names from fields. */
export function shapeOf(path: Path, fields: Readonly<Record<string, string>>): string {
  let shape = ''
  for (const part of path) {
    const named = shape === '' ? String(part) : `${shape}.${part}`
    if (typeof part === 'number') shape += '[]'
    else if (!Object.hasOwn(fields, named) && Object.hasOwn(fields, `${shape}.*`)) shape += '.*'
    else shape = named
  }
  return shape
}

export type Instance = { readonly path: Path; readonly value: unknown }

/** Every place of `root` that has this shape, with its value. */
export function instancesOf(root: unknown, shape: string): Instance[] {
  const found: Instance[] = []
  descend(root, shape.match(/\[\]|[^.[\]]+/g) ?? [], 0, [], found)
  return found
}

function descend(
  value: unknown,
  steps: readonly string[],
  depth: number,
  path: Path,
  found: Instance[]
): void {
  const step = steps[depth]
  if (step === undefined) {
    found.push({ path, value })
  } else if (step === '[]') {
    if (!Array.isArray(value)) return
    for (const [i, item] of value.entries()) descend(item, steps, depth + 1, [...path, i], found)
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const names = step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : []
    for (const name of names) {
      const member = (value as Readonly<Record<string, unknown>>)[name]
      descend(member, steps, depth + 1, [...path, name], found)
    }
  }
}

/** The member of an object or list, if it is its own. */
export function memberOf(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
  return (value as Readonly<Record<string, unknown>>)[part]
}

/** The value at a path, or undefined. */
export const valueAt = (root: unknown, path: Path): unknown => path.reduce(memberOf, root)
