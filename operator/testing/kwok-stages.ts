// What kwok does to nodes, pods and volumes: files below the folder `kwok-stages` of its module.

/** `fast`: nodes, pods and volumes are ready immediately. */
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
