// A kubelet in small: runs the container of a Deployment as a process of this computer, with the files of its ConfigMap as the
// operator wrote them. Nothing about the workload comes from the test.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../kube/client.ts'
import { CONFIG_MAPS, DEPLOYMENTS } from '../kube/objects.ts'
import type { Deployment } from '../render/objects.ts'

const SSMD = new URL('../../cli/main.ts', import.meta.url).pathname

export type TestPod = { readonly data: string; readonly child: ChildProcess; stop(): Promise<void> }

export async function runPod(client: Client, key: string): Promise<TestPod> {
  const deployment = (await client.get(DEPLOYMENTS, key)) as unknown as Deployment
  const files = (await client.get(CONFIG_MAPS, key)).data as Readonly<Record<string, string>>
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-pod-'))
  const config = join(folder, 'config')
  const data = join(folder, 'data')
  mkdirSync(config)
  mkdirSync(data)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(config, name), text)
  const args = deployment.spec.template.spec.containers[0].args.map((arg) =>
    arg
      .replace('/etc/ssmd', config)
      .replace(/^\/data$/, data)
      .replace('0.0.0.0:8080', '127.0.0.1:0')
  )
  const child = spawn(process.execPath, [SSMD, ...args], {
    stdio: ['ignore', process.env.SSMD_TEST_LOG ? 'inherit' : 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  return {
    data,
    child,
    async stop() {
      process.removeListener('exit', onExit)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await exited
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
