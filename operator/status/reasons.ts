// Every reason that a condition of ours gives, and what a person does about it: the end of its message. Stable words: alerts
// and the runbook go by them.

export const REASONS = {
  // It is as declared.
  Captured: '',
  Archived: '',
  Running: '',
  Valid: '',
  Found: '',
  NotNeeded: '',
  Available: '',
  Flowing: '',
  Quiet: '',
  // It is so on purpose.
  Disabled: 'set spec.state to active to capture it',
  Suspended: 'remove spec.suspend of the Environment to go on',
  Paused: 'remove the annotation ssmd.io/paused to go on',
  // Something else comes first; it heals by itself.
  NotNamed: 'name it in spec.feeds of an Environment of this namespace',
  EnvironmentNotFound: 'apply an Environment of that name; all else follows by itself',
  EnvironmentInvalid: 'correct the Environment; what runs goes on as it was',
  FeedNotFound: 'apply a Feed of that name, or take the name out of spec.feeds',
  FeedNotCaptured: 'look at the conditions of these Feeds',
  SecretNotFound: 'make the Secret in this namespace; all else follows by itself',
  SecretIncomplete: 'add the missing fields to the Secret; all else follows by itself',
  SecretForbidden: 'let the service account of the operator get Secrets in this namespace',
  OwnerTerminating: 'it is made again once its predecessor is gone',
  NotReady: 'see DataFlowing; kubectl logs of the pod says more where this lasts',
  Unschedulable: 'free what is missing on the nodes, add a node, or ask for less',
  ClaimNotFound: 'make the claim in this namespace; all else follows by itself',
  ClaimInUse: 'nothing; it goes on once that pod has ended',
  ClaimPending: 'kubectl describe the claim; give it a StorageClass or a volume that fits',
  VolumeNotMounted: 'make what is missing; the node tries again by itself',
  ImageUnreachable: 'nothing where the registry comes back; the node tries again by itself',
  Evicted: 'nothing; another pod is made. Look after the node where it comes again',
  NodeLost: 'look after the node; delete it only where the machine is surely off',
  Starting: 'kubectl describe its pods where it takes longer than a minute',
  Waiting: 'nothing; it is tried again by itself',
  Forbidden: 'give the operator the roles of crds/roles',
  NoReports: 'kubectl logs of the workload says more where this lasts',
  Connecting: 'kubectl logs of the workload says more where this lasts',
  Troubled: 'see what the workload says of itself',
  NatsUnreachable: 'check spec.transport of the Environment, and that NATS runs',
  StreamRefused: 'correct the stream, or spec.transport.stream of the Environment',
  RolloutPending: 'annotate the resource with a new value of ssmd.io/rollout to let it go ahead',
  // What a workload reports of a part of itself (troubles.ts weighs them).
  NotDurable:
    'free space on the volume that the message names (NATS or archive); if JetStream keeps refusing, delete the NATS pod once',
  FramesDropped:
    'let JetStream acknowledge again (space on its volume, room in the stream), or raise max_payload of NATS if frames are too large',
  ChannelRefused:
    'correct spec.channels of the Feed, or give the key access to the channel; the connector retries automatically',
  SymbolLimit: 'narrow spec.symbols.include of the Feed, or add to spec.symbols.exclude',
  RateLimited:
    'wait until the exchange accepts requests again, or annotate the Feed with a new value of ssmd.io/rollout to retry now',
  GapStorm: 'check CPU and network of the node, then the status page of the exchange',
  SymbolsRefused:
    'remove symbols that no longer trade from spec.symbols.include of the Feed; the connector retries automatically',
  DiscoveryFailed:
    'check restEndpoint of the version in force; known symbols stay captured, and discovery retries automatically',
  SymbolsNotFound:
    'check spec.symbols.include of the Feed against the symbols of the exchange; discovery continues automatically',
  ProofLost:
    'update ssmd if the exchange has changed its protocol; frames are archived, their completeness is not proved',
  ClockStepped: 'synchronize the clock of the node (NTP or PTP); frames are archived',
  CredentialsRefused:
    'correct the key or the credentials in the Secret that the Environment names; they are then used automatically',
  // Nothing helps but a change.
  InvalidSpec: 'correct the field and apply the resource again; what runs goes on as it was',
  KeyIsLocal: 'name a Secret in source.secret: variables are for use without a cluster',
  WorkloadFailed: 'kubectl describe the Deployment and its pods, then correct what they name',
  ImagePullFailed: 'correct the image, or let the nodes pull it; then it goes on by itself',
  ContainerRefused: 'correct what the node names',
  Crashing: 'kubectl logs --previous of the pod says more',
  OutOfMemory:
    'raise the memory limit: spec.connector.resources of the Environment for a connector, spec.resources of the Archive for an archiver',
  VolumeFull:
    'free space or enlarge the volume; it goes on by itself, and until then blocks wait in the stream',
  VolumeReadOnly:
    'mount the volume for writing, after a check of its disk; until then blocks wait in the stream',
  PodRefused:
    'correct what the API server names, or label the namespace so that it lets the pod in',
  QuotaExceeded: 'raise the quota of the namespace, or free some of it',
  ImmutableField: 'undo the change, or delete the object that cannot take it',
  NameTaken: 'rename one of the two resources, or delete the object that is in the way',
  ApplyLoop: 'find who else writes it: kubectl get -o yaml --show-managed-fields',
  Refused: 'correct what the API server names',
} as const

export type Reason = keyof typeof REASONS

/** What is so, and what to do about it. */
export function messageOf(reason: Reason, what: string): string {
  const todo = REASONS[reason]
  if (todo === '') return what
  return what === '' ? todo : `${what}: ${todo}`
}

/** Reasons whose message quotes the workload, and so may change with every report. */
const QUOTING: ReadonlySet<string> = new Set<Reason>([
  'NotDurable',
  'FramesDropped',
  'ChannelRefused',
  'SymbolLimit',
  'RateLimited',
  'GapStorm',
  'SymbolsRefused',
  'DiscoveryFailed',
  'SymbolsNotFound',
  'ProofLost',
  'ClockStepped',
  'CredentialsRefused',
  'Troubled',
  'VolumeFull',
  'VolumeReadOnly',
])

export const quotesWorkload = (reason: string): boolean => QUOTING.has(reason)
