// Where `ssmd up` keeps things on this computer: archives in the data folder itself, everything else below
// `<data>/.ssmd`. Nothing outside the data folder is ever written.
import { isAbsolute, join, resolve, sep } from 'node:path'

export type Layout = {
  /** The `--data` folder, absolute. */
  readonly data: string
  readonly home: string
  /** Resolved resources of each process, as its ConfigMap would hold them. */
  readonly run: string
  readonly logs: string
  /** The JetStream store. */
  readonly nats: string
  /** NKey seeds of this folder's NATS, one file a user: `<users>/<name>.nk`. */
  readonly users: string
  /** Stand-in for Secrets: `<secrets>/<name>/<field>`. */
  readonly secrets: string
  /** Stand-in for PersistentVolumeClaims. */
  readonly claims: string
  readonly lock: string
}

export function layoutOf(data: string): Layout {
  const root = resolve(data)
  const home = join(root, '.ssmd')
  return {
    data: root,
    home,
    run: join(home, 'run'),
    logs: join(home, 'logs'),
    nats: join(home, 'nats'),
    users: join(home, 'users'),
    secrets: join(home, 'secrets'),
    claims: join(root, 'claims'),
    lock: join(home, 'up.lock'),
  }
}

/** The folder that a storage path means: a relative one whose first part is `data` lies in the data folder. */
export function storageFolder(layout: Layout, path: string, current: string): string {
  if (isAbsolute(path)) return resolve(path)
  const [first, ...rest] = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.')
  if (first === 'data') return join(layout.data, ...rest)
  return resolve(current, path)
}

/** A path as a person would write it from the current folder. */
export function shownPath(path: string, current: string): string {
  if (path === current) return '.'
  return path.startsWith(current + sep) ? `.${sep}${path.slice(current.length + 1)}` : path
}
