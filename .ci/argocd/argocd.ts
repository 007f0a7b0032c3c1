// A real Argo CD as processes of this computer, for an API server that runs already: repo-server, application controller
// and their cache, on request the server with the webhook. It takes a kubeconfig and nothing else of the cluster.
// The controller's figures listen on every address and no flag says otherwise: start it inside a network namespace.

import { mkdir, rm, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import type { Client } from '../../operator/kube/client.ts'
import {
  freePorts,
  isRunning,
  type Running,
  startProcess,
} from '../../operator/testing/processes.ts'
import type { Step } from '../cluster/cluster.ts'
import { toolPath } from '../tools/tools.ts'
import { clientOf, prepareCluster } from './prepare.ts'
import { type ArgoTiming, argoSettings, type SettingFiles, settingFiles } from './settings.ts'

export type ArgoOptions = {
  readonly step: Step
  readonly kubeconfig: string
  /** Its state goes into `argocd` below it, which `stop` removes. */
  readonly folder: string
  /** Also argocd-server, for the webhook. Default: no. */
  readonly server?: boolean
  /** Entries of argocd-cm, such as health checks. */
  readonly config?: Readonly<Record<string, string>>
  readonly timing?: Partial<ArgoTiming>
}

export type Argo = {
  /** Applications live here. */
  readonly namespace: string
  readonly client: Client
  /** Of argocd-server, where it was asked for. */
  readonly url: string | undefined
  readonly parts: readonly Running[]
  /** The file with all that a part has said. */
  logOf(part: 'repo-server' | 'application-controller' | 'server'): string
  stop(): Promise<void>
}

export const ARGO_NAMESPACE = 'argocd'
const READY_MS = 120_000

export const argoTools = async () => ({
  argocd: await toolPath('argocd'),
  redis: await toolPath('miniredis'),
  helm: await toolPath('helm'),
  kustomize: await toolPath('kustomize'),
  files: await toolPath('argocd-files'),
})

export async function startArgo(o: ArgoOptions): Promise<Argo> {
  const tools = await argoTools()
  const home = join(o.folder, 'argocd')
  const files = await makeHome(home, tools)
  const client = await clientOf(o.kubeconfig)
  const parts: Running[] = []
  const stop = async () => {
    // First whoever writes to the cluster, then what it asks.
    for (const part of [...parts].reverse()) await part.stop('SIGTERM')
    client.transport.close()
    await rm(home, { recursive: true, force: true })
  }
  try {
    await o.step("Argo CD's kinds and settings", () =>
      prepareCluster(client, { crds: join(tools.files, 'crds'), config: o.config ?? {} })
    )
    const url = await o.step('Argo CD', () => startParts(o, tools, files, parts))
    return {
      namespace: ARGO_NAMESPACE,
      client,
      url,
      parts,
      logOf: (part) => files.log(part),
      stop,
    }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** Everything that Argo CD writes lies in folders of ours; its own defaults are /app and the common temporary folder. */
async function makeHome(
  home: string,
  tools: { readonly helm: string; readonly kustomize: string; readonly files: string }
): Promise<SettingFiles> {
  const files = settingFiles(home)
  for (const folder of files.folders) await mkdir(folder, { recursive: true, mode: 0o700 })
  await symlink(tools.helm, join(files.bin, 'helm'))
  await symlink(tools.kustomize, join(files.bin, 'kustomize'))
  await symlink(
    join(tools.files, 'bin', 'git-verify-wrapper.sh'),
    join(files.bin, 'git-verify-wrapper.sh')
  )
  return files
}

async function startParts(
  o: ArgoOptions,
  tools: { readonly argocd: string; readonly redis: string },
  files: SettingFiles,
  parts: Running[]
): Promise<string | undefined> {
  const ports = await freePorts(
    ...(['redis', 'repo', 'repoFigures', 'controllerFigures', 'server', 'serverFigures'] as const)
  )
  const path = [files.bin, process.env.PATH ?? ''].join(delimiter)
  const { env, args } = argoSettings({
    files,
    ports,
    timing: o.timing ?? {},
    kubeconfig: o.kubeconfig,
    path,
  })
  const start = (name: keyof typeof args) => {
    const part = startProcess(name, tools.argocd, args[name], {
      env: { ...env, ARGOCD_BINARY_NAME: `argocd-${name}` },
      logFile: files.log(name),
    })
    parts.push(part)
    return part
  }
  parts.push(startProcess('miniredis', tools.redis, [`127.0.0.1:${ports.redis}`], { env }))
  const at = (port: number) => `http://127.0.0.1:${port}`
  const waits = [
    untilHealthy(start('repo-server'), `${at(ports.repoFigures)}/healthz?full=true`),
    untilHealthy(start('application-controller'), `${at(ports.controllerFigures)}/healthz`),
  ]
  if (o.server) waits.push(untilHealthy(start('server'), `${at(ports.server)}/healthz`))
  await Promise.all(waits)
  return o.server ? at(ports.server) : undefined
}

async function untilHealthy(part: Running, url: string): Promise<void> {
  const end = performance.now() + READY_MS
  while (isRunning(part.child) && performance.now() < end) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await sleep(100)
  }
  const what = isRunning(part.child) ? 'is not healthy' : 'ended at once'
  throw new SsmdError('SSMD_E_INTERNAL', `Argo CD's ${what}: ${part.lastWords()}`)
}
