// What kwok does to nodes, pods and volumes stands in Stage files that its program does not carry but its module does.

import { filesOfModule } from './module-files.ts'
import { TOOLS } from './specs.ts'

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
export const kwokStages = (env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  filesOfModule(
    {
      name: `kwok-${TOOLS.kwok.version}-stages`,
      what: 'the stages of kwok',
      spec: TOOLS.kwok,
      module: 'sigs.k8s.io/kwok',
      paths: { 'kustomize/stage': '.' },
    },
    env
  )
