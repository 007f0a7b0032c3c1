// Volumes of the node: a default class that binds a claim when its pod is placed, and a few local volumes for it, each
// a folder that a test can look into. One may be small (a full disk), or not writable.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from './must-run.ts'

export type VolumeOptions = {
  readonly name: string
  /** A class beside the default one, so that a claim gets this volume and no other. Default: `local`. */
  readonly storageClass?: string
  /** In memory and no larger than this: `16Mi`. Default: a folder, and as large as the disk. */
  readonly size?: string
  readonly readOnly?: boolean
}

export const STORAGE_CLASS = 'local'
/** More than any claim asks for: nobody measures it. */
const LARGE = '1Ti'
/** User and group of our image: what a kubelet would give the volume, where it can write to it. */
const USER = 65532

export const DEFAULT_VOLUMES: readonly VolumeOptions[] = Array.from({ length: 8 }, (_, index) => ({
  name: `volume-${index + 1}`,
}))

export async function makeVolumeFolder(folder: string, volume: VolumeOptions): Promise<string> {
  const path = join(folder, volume.name)
  await mkdir(path, { recursive: true })
  if (volume.size === undefined && volume.readOnly !== true) return path
  const options = [
    `mode=2775,uid=${USER},gid=${USER}`,
    `size=${bytesOf(volume.size ?? '1Mi')}`,
    ...(volume.readOnly ? ['ro'] : []),
  ]
  await mustRun('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', path])
  return path
}

/** The classes and volumes, as objects to apply. */
export function volumeObjects(
  nodeName: string,
  volumes: readonly VolumeOptions[],
  folders: Readonly<Record<string, string>>
): unknown[] {
  const classes = new Set([STORAGE_CLASS, ...volumes.map(classOf)])
  return [
    ...[...classes].map((name) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name,
        annotations: {
          'storageclass.kubernetes.io/is-default-class': String(name === STORAGE_CLASS),
        },
      },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    })),
    ...volumes.map((volume) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume.name },
      spec: {
        capacity: { storage: volume.size ?? LARGE },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: classOf(volume),
        local: { path: folders[volume.name] },
        nodeAffinity: { required: { nodeSelectorTerms: [onNode(nodeName)] } },
      },
    })),
  ]
}

const classOf = (volume: VolumeOptions): string => volume.storageClass ?? STORAGE_CLASS

const onNode = (name: string) => ({
  matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }],
})

/** As `mount` reads it: `16Mi` is `16m`. */
const bytesOf = (size: string): string =>
  size.replace(/^(\d+)([KMG])i$/, (_, n, unit) => n + unit.toLowerCase())
