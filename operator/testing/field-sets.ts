// Server-side apply as far as the fake API server needs it: who owns which leaf, conflicts, and the removal of what a
// manager no longer wants. Lists of objects with names are merged by name; every other list is one leaf.

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** Leaves by path; a path's parts are joined by the null character. */
export type Leaves = ReadonlyMap<string, Json>

const NOT_OWNED = new Set([
  'apiVersion',
  'kind',
  'metadata\0name',
  'metadata\0namespace',
  'metadata\0uid',
  'metadata\0resourceVersion',
  'metadata\0generation',
  'metadata\0creationTimestamp',
  'metadata\0managedFields',
])

export function leavesOf(
  value: Json,
  path = '',
  found = new Map<string, Json>()
): Map<string, Json> {
  const at = (part: string) => (path === '' ? part : `${path}\0${part}`)
  if (NOT_OWNED.has(path)) return found
  if (isNamedList(value)) for (const entry of value) leavesOf(entry, at(`[${entry.name}]`), found)
  else if (isObject(value) && Object.keys(value).length > 0)
    for (const [key, part] of Object.entries(value)) leavesOf(part, at(key), found)
  else if (path !== '') found.set(path, value)
  return found
}

type Named = { readonly name: string; readonly [key: string]: Json }

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamedList = (value: Json): value is readonly Named[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((entry) => isObject(entry) && typeof entry.name === 'string')

/** `live` with the leaves of `applied` put in and the `removed` paths taken out. */
export function merge(live: Json, applied: Leaves, removed: Iterable<string>): Json {
  const result = structuredClone(live) as Json
  for (const path of removed) remove(result, path.split('\0'))
  for (const [path, value] of applied) put(result, path.split('\0'), value)
  return result
}

type Open = { [key: string]: Json } & Json[]

function put(root: Json, path: readonly string[], value: Json): void {
  let node = root as Open
  for (let i = 0; i < path.length; i++) {
    const part = path[i] as string
    const last = i === path.length - 1
    if (part.startsWith('[')) {
      const name = part.slice(1, -1)
      let entry = node.find((other) => isObject(other) && other.name === name)
      if (!entry) {
        entry = { name }
        node.push(entry)
      }
      node = entry as Open
      continue
    }
    if (last) {
      node[part] = value
      return
    }
    const wantsList = path[i + 1]?.startsWith('[') ?? false
    const next = node[part]
    if (next === undefined || next === null || typeof next !== 'object')
      node[part] = wantsList ? [] : {}
    node = node[part] as Open
  }
}

function remove(root: Json, path: readonly string[]): void {
  let node = root as Open | undefined
  const parents: [Open, string][] = []
  for (const part of path.slice(0, -1)) {
    if (!node) return
    parents.push([node, part])
    node = part.startsWith('[')
      ? (node.find((other) => isObject(other) && other.name === part.slice(1, -1)) as Open)
      : (node[part] as Open)
  }
  if (!node) return
  delete node[path.at(-1) as string]
  // An object or entry that holds nothing any more goes with its last field.
  for (const [parent, part] of parents.reverse()) {
    const child = part.startsWith('[')
      ? (parent.find((other) => isObject(other) && other.name === part.slice(1, -1)) as Json)
      : (parent[part] as Json)
    if (!isObject(child)) continue
    const keys = Object.keys(child)
    if (part.startsWith('[')) {
      if (keys.length === 1 && keys[0] === 'name') parent.splice(parent.indexOf(child), 1)
    } else if (keys.length === 0) delete parent[part]
  }
}
