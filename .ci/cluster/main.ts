// `npm run cluster`: a whole Kubernetes control plane on this computer, for whoever wants to look at ssmd's resources
// with kubectl. Its pods do not run, except with `--node`, on Linux and as root (docs/cluster.md). Ctrl-C ends it and
// leaves nothing.

import { delimiter } from 'node:path'
import { describeError, exitCodeOf, SsmdError } from '#crds/errors.ts'
import { type DeveloperCluster, type Step, startDeveloperCluster } from './cluster.ts'
import { runNode } from './outside.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)
const since = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`

class Stopped extends Error {}

type Options = {
  readonly node: boolean
  readonly operator: boolean
  readonly natsPort: number | undefined
}

function readOptions(args: readonly string[]): Options {
  if (args.length === 1 && args[0] === '--node') {
    return { node: true, operator: true, natsPort: undefined }
  }
  let operator = true
  let natsPort: number | undefined
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--no-operator') operator = false
    else if (args[i] === '--nats-port' && /^\d{1,5}$/.test(args[i + 1] ?? '')) {
      natsPort = Number(args[++i])
    } else {
      throw new SsmdError('SSMD_E_USAGE', `${args[i]} is no option of npm run cluster`, {
        hint: 'npm run cluster [-- --no-operator] [--nats-port N, 0 for any free one], or npm run cluster -- --node',
      })
    }
  }
  return { node: false, operator, natsPort }
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  let isStopped = false
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        isStopped = true
        resolve()
      })
    }
  })
  if (options.node) return withNode(stopped)
  const start = performance.now()
  say('starting a control plane on this computer; its pods do not run (docs/cluster.md)')
  const step: Step = async (what, work) => {
    // A signal waits for the step at hand, so that nothing is left half made.
    if (isStopped) throw new Stopped()
    const begun = performance.now()
    const result = await work()
    say(`  ${what.padEnd(36)} ${since(begun)}`)
    return result
  }
  const cluster = await startDeveloperCluster({ ...options, step })
  say(`  ready in ${since(start)}\n`)
  printHow(cluster)
  const failure = await Promise.race([cluster.failed, stopped])
  const stopping = performance.now()
  await cluster.stop()
  if (failure !== undefined) {
    throw new SsmdError('SSMD_E_INTERNAL', `a process of the cluster ended by itself: ${failure}`)
  }
  say(`stopped in ${since(stopping)}; nothing is left`)
}

async function withNode(stopped: Promise<void>): Promise<void> {
  say('starting a Kubernetes cluster of one real node, in namespaces of its own (docs/cluster.md)')
  const code = await runNode({ say, print: (line) => console.log(line), stopped })
  if (code === 0) say('stopped; nothing is left')
  process.exitCode = code
}

function printHow(cluster: DeveloperCluster): void {
  say('paste into another shell (Ctrl-C here ends all of it):\n')
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`)
  console.log(`export PATH=${cluster.bin}${delimiter}$PATH   # kubectl of the same version`)
  say('\nthen, for example:\n  kubectl get feeds,environments,archives,signals,deployments')
  say(`NATS: ${cluster.natsUrl}`)
  if (cluster.operatorLog !== undefined) say(`log of the operator: ${cluster.operatorLog}`)
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof Stopped) {
    say('stopped while starting; nothing is left')
    return
  }
  say(`ssmd: ${describeError(error)}`)
  process.exitCode = exitCodeOf(error)
})
