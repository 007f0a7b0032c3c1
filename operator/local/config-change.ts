// Which fields two versions of a ConfigMap differ in, for the line that says why something restarts. Only paths
// are named, never values.
import { parse } from 'yaml'
import { canonical } from '#crds/canonical.ts'
import type { ConfigMap } from '../render/objects.ts'

const SHOWN = 3

/** `spec.channels, spec.versions[0].endpoint and 2 more`; empty where nothing differs. */
export function describeConfigChange(before: ConfigMap, after: ConfigMap): string {
  const paths: string[] = []
  for (const file of new Set([...Object.keys(before.data), ...Object.keys(after.data)])) {
    const old = before.data[file]
    const now = after.data[file]
    if (old === now) continue
    collect(
      old === undefined ? undefined : parse(old),
      now === undefined ? undefined : parse(now),
      '',
      paths
    )
  }
  if (paths.length <= SHOWN) return paths.join(', ')
  return `${paths.slice(0, SHOWN).join(', ')} and ${paths.length - SHOWN} more`
}

function collect(before: unknown, after: unknown, path: string, paths: string[]): void {
  if (canonical(before) === canonical(after)) return
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      collect(before[key], after[key], path === '' ? key : `${path}.${key}`, paths)
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, i) => {
      collect(item, after[i], `${path}[${i}]`, paths)
    })
  } else paths.push(path)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
