// A Deployment as a command of this computer, pure: mounts become folders, addresses become loopback ports,
// Secrets become variables or folders. The process gets the arguments that the container would get.
import { join } from 'node:path'
import type { ConfigMap, Deployment } from '../render/objects.ts'
import type { Layout } from './layout.ts'

export type LocalCommand = {
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** Files to write before the start. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Folders to create. */
  readonly folders: readonly string[]
  /** Links to make: a folder of keys inside the folder of resources. */
  readonly links: readonly { readonly path: string; readonly target: string }[]
  /** Variables that the process needs and that are not set. */
  readonly missing: readonly string[]
}

export type Host = {
  readonly layout: Layout
  readonly env: NodeJS.ProcessEnv
  /** Loopback port for each port of the container. */
  readonly ports: ReadonlyMap<number, number>
}

/** Folder of a deployment's resolved resources. */
export const configFolder = (layout: Layout, deployment: string): string =>
  join(layout.run, deployment)

export function localCommand(
  deployment: Deployment,
  configMaps: ReadonlyMap<string, ConfigMap>,
  host: Host
): LocalCommand {
  const { name } = deployment.metadata
  const { containers, volumes } = deployment.spec.template.spec
  const [container] = containers
  const files: { path: string; text: string }[] = []
  const folders: string[] = []
  const links: { path: string; target: string }[] = []
  const mounted: { mountPath: string; folder: string }[] = []

  // Shorter paths first: what is mounted inside another mount is a link inside its folder.
  const mounts = [...container.volumeMounts].sort((a, b) => a.mountPath.length - b.mountPath.length)
  for (const { name: volumeName, mountPath } of mounts) {
    const volume = volumes.find((candidate) => candidate.name === volumeName)
    if (volume === undefined) continue
    let folder: string
    if ('configMap' in volume) {
      folder = configFolder(host.layout, name)
      folders.push(folder)
      const data = configMaps.get(volume.configMap.name)?.data ?? {}
      for (const [file, text] of Object.entries(data))
        files.push({ path: join(folder, file), text })
    } else if ('secret' in volume) {
      folder = join(host.layout.secrets, volume.secret.secretName)
    } else if ('hostPath' in volume) {
      folder = volume.hostPath.path
      folders.push(folder)
    } else {
      folder = join(host.layout.claims, volume.persistentVolumeClaim.claimName)
      folders.push(folder)
    }
    const outer = mounted.findLast((candidate) => isWithin(mountPath, candidate.mountPath))
    if (outer)
      links.push({ path: outer.folder + mountPath.slice(outer.mountPath.length), target: folder })
    else mounted.push({ mountPath, folder })
  }

  const variables: Record<string, string> = {}
  const missing: string[] = []
  for (const entry of container.env ?? []) {
    const value = 'value' in entry ? entry.value : host.env[entry.valueFrom.secretKeyRef.key]
    if (value === undefined || value.trim() === '') missing.push(entry.name)
    else variables[entry.name] = value
  }

  const args = container.args.map((arg, i) => {
    const before = container.args[i - 1]
    if (arg === '0.0.0.0') return '127.0.0.1'
    const address = /^0\.0\.0\.0:(\d+)$/.exec(arg)
    if (address) return `127.0.0.1:${portFor(Number(address[1]), host)}`
    if (before === '--port') return String(portFor(Number(arg), host))
    const mount = mounted.find((candidate) => isWithin(arg, candidate.mountPath))
    return mount ? mount.folder + arg.slice(mount.mountPath.length) : arg
  })
  return { args, variables, files, folders, links, missing }
}

const portFor = (port: number, host: Host): number => host.ports.get(port) ?? 0

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)
