// The outside of `npm run cluster -- --node`: gets the programs and images, for which a way out is needed, opens the
// namespaces, starts enclosed.ts in them, says how to get in, and takes away what is left when it has ended.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { systemPath } from '#testing/programs.ts'
import { givenImages, IMAGES_VARIABLE, makeImages } from '../node/images.ts'
import { type Enclosure, enclose } from '../node/namespaces.ts'
import { installNodePrograms, whyNoNode } from '../node/requirements.ts'
import { nodeTools } from '../node/tools.ts'
import { toolPath } from '../tools/tools.ts'
import type { Ready } from './enclosed.ts'

const ROOT = join(import.meta.dirname, '../..')

export type NodeRun = {
  readonly say: (line: string) => void
  /** Standard output: what a person is to paste. */
  readonly print: (line: string) => void
  /** The end, asked for. */
  readonly stopped: Promise<void>
}

/** Until the end; a failure inside has been said there already, and gives its exit code. */
export async function runNode(o: NodeRun): Promise<number> {
  await installNodePrograms(o.say)
  const why = await whyNoNode()
  if (why !== undefined) throw why
  await getTools()
  // A test has them already, and runs where they cannot be made.
  const images = process.env[IMAGES_VARIABLE]
    ? givenImages()
    : await makeImages(join(ROOT, '.image'), (line) => o.say(`  ${line}`))
  const place = await enclose([process.execPath, join(import.meta.dirname, 'enclosed.ts')], {
    ...process.env,
    PATH: systemPath(process.env),
    [IMAGES_VARIABLE]: JSON.stringify(images),
  })
  try {
    const child = spawn(place.file, place.args, {
      env: place.env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Ctrl-C in a terminal is for this process: the servers inside would end of it before they are stopped.
      detached: true,
    })
    child.once('message', (ready) => void sayHow(o, place, child, ready as Ready))
    const exit = once(child, 'exit')
    await Promise.race([exit, o.stopped])
    if (child.connected) child.send('stop')
    const [code] = (await exit) as [number | null]
    return code ?? 1
  } finally {
    await place.leave()
  }
}

/** All that is run inside, where nothing can be built or fetched. */
export async function getTools(): Promise<void> {
  await nodeTools()
  await toolPath('etcd')
  await toolPath('kube-apiserver')
  await toolPath('kube-controller-manager')
  await toolPath('kube-scheduler')
  await toolPath('helm')
}

async function sayHow(
  o: NodeRun,
  place: Enclosure,
  child: ChildProcess,
  ready: Ready
): Promise<void> {
  const shell = join(place.folder, 'shell')
  const first = await childOf(child.pid ?? 0)
  await writeFile(shell, shellScript(first, ready), { mode: 0o755 })
  o.say('\na shell in there, as root (Ctrl-C here ends all of it):\n')
  o.print(shell)
  o.say('\nor a command, for example:')
  o.say(`  ${shell} kubectl get feeds,environments,archives,signals,pods`)
  o.say(`  ${shell} kubectl describe feed kalshi`)
  o.say(`what pods keep lies in ${ready.volumes}`)
}

/** Enters where the node is, with the kubectl of its version and its kubeconfig. */
const shellScript = (pid: number, { kubeconfig, bin }: Ready): string =>
  [
    '#!/bin/sh',
    `[ $# -gt 0 ] || set -- "\${SHELL:-/bin/sh}"`,
    `exec nsenter --target ${pid} --net --mount --ipc --pid -- \\`,
    `  env -C "$PWD" KUBECONFIG=${kubeconfig} PATH="${bin}${delimiter}$PATH" "$@"`,
    '',
  ].join('\n')

/** The first process inside, by its number out here. */
async function childOf(parent: number): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // `pid (name) state ppid …`; the name may hold anything.
    const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (Number(ppid) === parent) return Number(pid)
  }
  throw new SsmdError('SSMD_E_INTERNAL', `process ${parent} has no child`)
}
