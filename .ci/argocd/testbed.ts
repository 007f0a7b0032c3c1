// Everything that a change in git meets on its way: a control plane with kwok, nats-server, a repository, a real Argo CD and
// our operator from these sources. Only loopback is to be around it (see argocd.ts).

import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { startNats, type TestNats } from '#testing/nats.ts'
import type { SkipReason } from '#testing/skip.ts'
import { missingTools } from '../../operator/testing/cluster.ts'
import {
  type ControlPlane,
  missingPlaneTools,
  startControlPlane,
} from '../../operator/testing/control-plane.ts'
import {
  makeRepository,
  missingGit,
  type Repository,
} from '../../operator/testing/git-repository.ts'
import { isRunning, type Running } from '../../operator/testing/processes.ts'
import { applyCrds, OPERATOR_ACCOUNT, type Step, startOperator } from '../cluster/cluster.ts'
import { type Argo, type ArgoOptions, argoTools, startArgo } from './argocd.ts'
import { auditWrites, type Writes } from './writes.ts'

export type Testbed = {
  readonly plane: ControlPlane
  readonly nats: TestNats
  readonly argo: Argo
  readonly repository: Repository
  readonly writes: Writes
  readonly operator: {
    /** Starts it where it does not run. */
    up(): Promise<void>
    down(): Promise<void>
  }
  stop(): Promise<void>
}

/** Where the operator of the shipped role works. */
export const NAMESPACE = 'ssmd'

// The API server looks for its own address on a route that is not there in a network of one's own.
const WITHOUT_ROUTE = [
  ...['--advertise-address', '192.0.2.1'],
  ...['--endpoint-reconciler-type', 'none'],
] as const

/** Why this cannot be started here, or undefined. What takes long to build is asked for last. */
export async function missingTestbed(): Promise<SkipReason | undefined> {
  const outside = Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.internal === false)
  if (outside) {
    return "Argo CD's controller would listen on every address: it wants a network namespace, and this system gives none"
  }
  return (await missingGit()) ?? (await missingPlaneTools()) ?? (await missingTools(argoTools))
}

export type TestbedOptions = Pick<ArgoOptions, 'config' | 'server' | 'timing'> & {
  readonly step?: Step
  /** The API server is left without our kinds and roles. */
  readonly bare?: boolean
}

/** For a suite's `before`: of what fails there uvu does not say why. */
export const said =
  (work: () => Promise<void>): (() => Promise<void>) =>
  async () => {
    try {
      await work()
    } catch (thrown) {
      console.error(thrown)
      throw thrown
    }
  }

/** Says how long each step of the start took. */
export const stepsPrinted: Step = async (what, work) => {
  const from = performance.now()
  const result = await work()
  console.log(`  ${what}: ${Math.round(performance.now() - from)} ms`)
  return result
}

export async function startTestbed(o: TestbedOptions = {}): Promise<Testbed> {
  const step: Step = o.step ?? ((_what, work) => work())
  const token = randomBytes(16).toString('hex')
  const writes = auditWrites()
  const plane = await startControlPlane({
    step,
    apiServerArgs: [...WITHOUT_ROUTE, ...writes.apiServerArgs],
    users: [{ token, name: OPERATOR_ACCOUNT, groups: ['system:serviceaccounts'] }],
    ...(o.bare ? {} : { prepare: applyCrds }),
  }).catch((thrown: unknown) => {
    writes.stop()
    throw thrown
  })
  let nats: TestNats | undefined
  let argo: Argo | undefined
  let operator: Running | undefined
  const down = async () => {
    await operator?.stop('SIGTERM')
    operator = undefined
  }
  const stop = async () => {
    await argo?.stop()
    await down()
    await nats?.stop()
    await plane.stop()
    writes.stop()
  }
  try {
    nats = await startNats()
    const repository = await makeRepository(plane.folder)
    argo = await startArgo({
      step,
      kubeconfig: plane.kubeconfig,
      folder: plane.folder,
      ...(o.config ? { config: o.config } : {}),
      ...(o.server ? { server: true } : {}),
      ...(o.timing ? { timing: o.timing } : {}),
    })
    const up = async () => {
      if (operator && isRunning(operator.child)) return
      operator = await startOperator(plane, token)
    }
    return { plane, nats, argo, repository, writes, operator: { up, down }, stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}
