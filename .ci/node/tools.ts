// The programs of a node that .ci/tools pins. Apart from requirements.ts, for the runner builds what a test imports:
// asking whether a node can run here must not build a kubelet.

import { SsmdError } from '#crds/errors.ts'
import { missingTools } from '../../operator/testing/cluster.ts'
import { toolPath } from '../tools/tools.ts'
import { enclosed } from './namespaces.ts'
import { whyNoNode } from './requirements.ts'

/** Built where they are not here yet. */
export const nodeTools = async () => ({
  kubectl: await toolPath('kubectl'),
  kubelet: await toolPath('kubelet'),
  proxy: await toolPath('kube-proxy'),
  containerd: await toolPath('containerd'),
  shim: await toolPath('containerd-shim-runc-v2'),
  ctr: await toolPath('ctr'),
  bridge: await toolPath('cni-bridge'),
  hostLocal: await toolPath('cni-host-local'),
  dns: await toolPath('coredns'),
})

/** Why a test with a node cannot run here, or undefined: for `skip`. */
export async function missingNode(): Promise<SsmdError | undefined> {
  const why = await whyNoNode()
  if (why !== undefined) return why
  if (enclosed() === undefined) {
    return new SsmdError('SSMD_E_TOOL_MISSING', 'a node runs in namespaces of its own only', {
      hint: 'npm run test:cluster starts the tests there',
    })
  }
  return missingTools(nodeTools)
}
