// What kwok does to nodes, pods and volumes stands in Stage files that its program does not carry but its module does.
// They are taken from the module of the pinned version, checked by go.sum, and kept beside the tools.

import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { withLock } from '../lock.mjs'
import { findGo, goEnv } from './go.ts'
import { run } from './run.ts'
import { TOOLS } from './specs.ts'
import { cacheFolder } from './tools.ts'

/** Relative to the folder that `kwokStages` gives. `fast`: nodes, pods and volumes are ready at once. */
export const FAST_STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
  'volume/fast/pvc-provision.yaml',
  'volume/fast/pvc-delete.yaml',
  'volume/fast/pv-bind.yaml',
  'volume/fast/pv-delete.yaml',
] as const

/** Not a stage: the class that the volume stages look for, to be applied once. */
export const STORAGE_CLASS = 'volume/fast/storage-class.yaml'

/** The folder of stages; SSMD_E_TOOL_MISSING where it is not here yet and there is no Go. */
export async function kwokStages(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = cacheFolder(env)
  const folder = join(cache, `kwok-${TOOLS.kwok.version}-stages`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  return withLock(`${join(cache, '.kwok-stages')}.lock`, async () => {
    if (existsSync(folder)) return folder
    const temporary = `${folder}.${process.pid}.tmp`
    await rm(temporary, { recursive: true, force: true })
    await cp(join(await moduleFolder(env), 'kustomize', 'stage'), temporary, { recursive: true })
    await rename(temporary, folder)
    return folder
  })
}

async function moduleFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const go = findGo(env)
  const hint = 'install Go (https://go.dev/dl) and try again'
  if (go === undefined) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', 'the stages of kwok come from its Go module', {
      hint,
    })
  }
  const done = await run(go, ['mod', 'download', '-json', 'sigs.k8s.io/kwok'], {
    cwd: TOOLS.kwok.go.module,
    env: goEnv(env),
    limitMs: 300_000,
  })
  const found = done.code === 0 ? /"Dir": "([^"]+)"/.exec(done.output)?.[1] : undefined
  if (found === undefined) {
    const why = done.output.trim().slice(-300)
    throw new SsmdError('SSMD_E_TOOL_MISSING', `getting the module of kwok failed: ${why}`, {
      hint,
    })
  }
  return found
}
