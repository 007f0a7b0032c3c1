// The two kinds of patch that a kustomization holds, on plain values: RFC 6902, and the merge that kustomize does for kinds it does not know:
// maps are merged, null removes, everything else is replaced. Pure; the argument is never changed.

export type Fields = Readonly<Record<string, unknown>>

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function merged(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const result: Record<string, unknown> = isMap(value) ? { ...value } : {}
  for (const [name, next] of Object.entries(patch)) {
    if (next === null) delete result[name]
    else result[name] = merged(result[name], next)
  }
  return result
}

export type Operation = {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: unknown
}

/** Throws an Error that names what cannot be done. */
export function patched(value: unknown, operations: readonly Operation[]): unknown {
  let root: unknown = structuredClone(value)
  for (const { op, path, from, value: given } of operations) {
    const where = stepsOf(path)
    switch (op) {
      case 'add':
        root = put(root, where, given, path)
        break
      case 'replace':
        get(root, where, path)
        root = set(root, where, given, path)
        break
      case 'remove':
        root = removed(root, where, path)
        break
      case 'copy':
        root = put(root, where, get(root, stepsOf(from), from), path)
        break
      case 'move': {
        const moved = get(root, stepsOf(from), from)
        root = put(removed(root, stepsOf(from), from), where, moved, path)
        break
      }
      case 'test': {
        if (JSON.stringify(get(root, where, path)) !== JSON.stringify(given))
          throw new Error(`${String(path)} is not what the patch tests for`)
        break
      }
      default:
        throw new Error(`a patch has no operation ${JSON.stringify(op)}`)
    }
  }
  return root
}

function stepsOf(pointer: unknown): string[] {
  if (pointer === '') return []
  if (typeof pointer !== 'string' || !pointer.startsWith('/'))
    throw new Error(`expected a path that begins with /, found ${JSON.stringify(pointer)}`)
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const missing = (path: unknown) => new Error(`${String(path)} does not exist`)

function get(value: unknown, [step, ...rest]: readonly string[], path: unknown): unknown {
  if (step === undefined) return value
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, step)
  if (!isThere) throw missing(path)
  return get((value as Fields)[step], rest, path)
}

/** The value with what `change` makes of the holder of the last step. */
function within(
  value: unknown,
  [step, ...rest]: readonly string[],
  path: unknown,
  change: (holder: unknown, name: string) => unknown
): unknown {
  if (step === undefined) throw missing(path)
  if (rest.length === 0) return change(value, step)
  const inner = within(get(value, [step], path), rest, path, change)
  return Array.isArray(value)
    ? value.with(Number(step), inner)
    : { ...(value as Fields), [step]: inner }
}

const set = (root: unknown, where: readonly string[], next: unknown, path: unknown): unknown =>
  where.length === 0
    ? next
    : within(root, where, path, (holder, name) =>
        Array.isArray(holder)
          ? holder.with(Number(name), next)
          : { ...(holder as Fields), [name]: next }
      )

const put = (root: unknown, where: readonly string[], next: unknown, path: unknown): unknown =>
  where.length === 0
    ? next
    : within(root, where, path, (holder, name) => {
        if (isMap(holder)) return { ...holder, [name]: next }
        if (!Array.isArray(holder)) throw missing(path)
        const index = name === '-' ? holder.length : Number(name)
        if (!(index >= 0 && index <= holder.length)) throw missing(path)
        return holder.toSpliced(index, 0, next)
      })

const removed = (root: unknown, where: readonly string[], path: unknown): unknown =>
  within(root, where, path, (holder, name) => {
    get(holder, [name], path)
    if (Array.isArray(holder)) return holder.toSpliced(Number(name), 1)
    const { [name]: _gone, ...others } = holder as Record<string, unknown>
    return others
  })
