// The name of the next version of a feed or a schema. Pure.

/** `v3` behind `v2`, and never one that is taken. */
export function nextVersionName(names: readonly string[]): string {
  const numbers = names.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0))
  return `v${Math.max(names.length, ...numbers) + 1}`
}
