// What one package needs of a package-lock.json: itself and what it depends on, with the same versions and checksums. Pure.

export type LockEntry = {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}
/** By their folder, such as `node_modules/a` or `node_modules/a/node_modules/b`. */
export type LockPackages = Readonly<Record<string, LockEntry>>

/** The content of the two files that `npm ci` installs from, or undefined if the lock file does not have the package. */
export function closureOf(
  packages: LockPackages,
  name: string
): { readonly version: string; readonly manifest: object; readonly lock: object } | undefined {
  const start = `node_modules/${name}`
  const version = packages[start]?.version
  if (version === undefined) return undefined

  const needed = reach(packages, start, false)
  const all = reach(packages, start, true)
  const manifest = { name: 'ssmd-package', private: true, dependencies: { [name]: version } }
  const kept: Record<string, object> = { '': manifest }
  for (const path of [...all].sort()) {
    const entry = flagless(packages[path]!)
    kept[path] = needed.has(path) ? entry : { ...entry, optional: true }
  }
  const lock = { name: manifest.name, lockfileVersion: 3, requires: true, packages: kept }
  return { version, manifest, lock }
}

/** Folders of all packages that `start` needs, itself among them. */
function reach(packages: LockPackages, start: string, optional: boolean): Set<string> {
  const found = new Set([start])
  for (const path of found) {
    const entry = packages[path]!
    const needs = [
      ...Object.keys(entry.dependencies ?? {}),
      ...Object.keys(entry.peerDependencies ?? {}),
      ...(optional ? Object.keys(entry.optionalDependencies ?? {}) : []),
    ]
    for (const need of needs) {
      const place = placeOf(packages, path, need)
      if (place !== undefined) found.add(place)
    }
  }
  return found
}

/** Where Node finds `name` for a module of the folder `from`: below it, else beside it, else further out. */
function placeOf(packages: LockPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
    const up = folder.lastIndexOf('/node_modules/')
    folder = up === -1 ? '' : folder.slice(0, up)
  }
}

/** Whether development or an optional package brought it is said of the whole lock file, not of this part. */
function flagless(entry: LockEntry): object {
  const {
    dev: _,
    optional: __,
    devOptional: ___,
    peer: ____,
    ...rest
  } = entry as Record<string, unknown>
  return rest
}
