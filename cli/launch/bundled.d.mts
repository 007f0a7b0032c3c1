import type { Script } from 'node:vm'

export const bundleFolder: (root: string) => string
export const findBundle: (root: string, args: readonly string[]) => string
export const loadBundle: (
  folder: string,
  onPart?: (name: string, script: Script) => void
) => (args: readonly string[]) => Promise<void>
export const makeBundle: (root: string) => Promise<boolean>
