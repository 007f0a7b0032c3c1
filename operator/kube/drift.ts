// The differences between a live object and the desired one, over the fields that we own, compared as the API server merges
// them. Additions of others do not count: a field, an entry of a keyed list, a default.

/** Bound on the named paths. */
const LIMIT = 20

// Lists that the API server merges by key (x-kubernetes-list-map-keys of the built-in kinds); every other list
// is replaced as a whole. Ports have the protocol as a second key, with TCP as its default.
const LIST_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  imagePullSecrets: [['name']],
  secrets: [['name']],
  ownerReferences: [['uid']],
  conditions: [['type']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
}
// Lists that are sets: others may add to them.
const SETS = new Set(['finalizers'])
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: 'TCP' }
const QUANTITY_PARENTS = /\.(limits|requests|capacity|hard|allocatable)\./

/** Paths at which `live` differs from `desired`; empty if every desired field has its value. */
export function findDrift(desired: unknown, live: unknown): readonly string[] {
  const found: string[] = []
  compare(desired, live, '', '', found)
  return found
}

function compare(
  desired: unknown,
  live: unknown,
  path: string,
  field: string,
  found: string[]
): void {
  if (found.length >= LIMIT || desired === undefined) return
  if (Object.is(desired, live)) return
  if (Array.isArray(desired)) {
    compareLists(desired, live, path, field, found)
    return
  }
  if (typeof desired === 'object' && desired !== null) {
    // The API server drops empty collections.
    if (live === undefined && Object.keys(desired).length === 0) return
    if (typeof live !== 'object' || live === null || Array.isArray(live)) {
      found.push(path)
      return
    }
    for (const [name, value] of Object.entries(desired))
      compare(value, (live as Record<string, unknown>)[name], join(path, name), name, found)
    return
  }
  if (!sameQuantity(desired, live, path)) found.push(path)
}

function compareLists(
  desired: readonly unknown[],
  live: unknown,
  path: string,
  field: string,
  found: string[]
): void {
  if (live === undefined && desired.length === 0) return
  if (!Array.isArray(live)) {
    found.push(path)
    return
  }
  if (SETS.has(field)) {
    for (const value of desired) if (!live.includes(value)) found.push(`${path}[${String(value)}]`)
    return
  }
  const keys = keysFor(field, desired)
  if (!keys) {
    if (live.length !== desired.length) {
      found.push(path)
      return
    }
    for (let i = 0; i < desired.length; i++)
      compare(desired[i], live[i], `${path}[${i}]`, '', found)
    return
  }
  for (const entry of desired) {
    const id = idOf(entry, keys)
    const other = live.find((candidate) => idOf(candidate, keys) === id)
    compare(entry, other, `${path}[${id}]`, '', found)
  }
}

function keysFor(field: string, entries: readonly unknown[]): readonly string[] | undefined {
  // A field may have any name, including one that every JavaScript object inherits.
  const known = Object.hasOwn(LIST_KEYS, field) ? LIST_KEYS[field] : undefined
  return known?.find((keys) =>
    entries.every(
      (entry) =>
        typeof entry === 'object' && entry !== null && Object.hasOwn(entry, keys[0] as string)
    )
  )
}

const idOf = (entry: unknown, keys: readonly string[]): string =>
  typeof entry === 'object' && entry !== null
    ? keys
        .map((key) => String((entry as Record<string, unknown>)[key] ?? KEY_DEFAULTS[key]))
        .join('/')
    : ''

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

function sameQuantity(desired: unknown, live: unknown, path: string): boolean {
  if (!QUANTITY_PARENTS.test(`.${path}`)) return false
  const a = parseQuantity(desired)
  return a !== undefined && a === parseQuantity(live)
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A Kubernetes quantity as a number: `1000m` and `1` are the same, `1Gi` and `1024Mi` too. */
export function parseQuantity(value: unknown): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    String(value)
  )
  if (!match) return undefined
  const factor = match[2] === undefined ? SUFFIXES[match[3] ?? ''] : 10 ** Number(match[2])
  // Twelve digits are more than any quantity has and hide what binary fractions add.
  return Number((Number(match[1]) * (factor ?? Number.NaN)).toPrecision(12))
}
