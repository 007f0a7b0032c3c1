// Every reason of our conditions, and what to do about it: the end of the condition's message. Names are stable, because
// alerts and the runbook depend on them.

export const REASONS = {
  // Healthy: as declared.
  Captured: '',
  Archived: '',
  Running: '',
  Valid: '',
  Found: '',
  NotNeeded: '',
  Available: '',
  Flowing: '',
  Quiet: '',
  // Intended.
  Disabled: 'set spec.state to active to capture it',
  Suspended: 'remove spec.suspend of the Environment to resume',
  Paused: 'remove the annotation ssmd.io/paused to resume',
  // Waits for a dependency; recovers automatically.
  NotNamed: 'name it in spec.feeds of an Environment of this namespace',
  EnvironmentNotFound: 'apply an Environment of that name; the rest follows automatically',
  EnvironmentInvalid: 'correct the Environment; what runs continues unchanged',
  FeedNotFound: 'apply a Feed of that name, or remove the name from spec.feeds',
  FeedNotCaptured: 'follow the conditions of these Feeds',
  SecretNotFound: 'create the Secret in this namespace; the rest follows automatically',
  SecretIncomplete: 'add the missing fields to the Secret; the rest follows automatically',
  SecretForbidden: 'allow the service account of the operator to get Secrets in this namespace',
  OwnerTerminating: 'no action needed; it is created again once its predecessor is gone',
  NotReady: 'see DataFlowing; if it persists, read kubectl logs of the pod',
  Unschedulable: 'free what is missing on the nodes, add a node, or request less',
  ClaimNotFound: 'create the claim in this namespace; the rest follows automatically',
  ClaimInUse: 'no action needed; the archiver starts once that pod has ended',
  ClaimPending: 'kubectl describe the claim; give it a StorageClass or a volume that fits',
  VolumeNotMounted: 'create what is missing; the node retries automatically',
  ImageUnreachable: 'no action needed if the registry recovers; the node retries automatically',
  Evicted: 'no action needed: the pod is replaced. If it recurs, check the node',
  NodeLost: 'check the node; delete it only if the machine is certainly off',
  Starting: 'if it takes longer than a minute, kubectl describe its pods',
  Waiting: 'no action needed; the operator retries automatically',
  Forbidden: 'give the operator the roles of crds/roles',
  NoReports: 'if it persists, read kubectl logs of the workload',
  Connecting: 'if it persists, read kubectl logs of the workload',
  Troubled: 'follow the message of the workload',
  NatsUnreachable: 'check spec.transport of the Environment, and that NATS runs',
  StreamRefused: 'correct the stream, or spec.transport.stream of the Environment',
  RolloutPending: 'annotate the resource with a new value of ssmd.io/rollout to apply the change',
  // Troubles that workloads report (troubles.ts orders them).
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
  WireDrift:
    'update ssmd if the exchange has changed its protocol, or declare the type in spec.messageTypes of the Feed; frames are archived',
  ClockStepped: 'synchronize the clock of the node (NTP or PTP); frames are archived',
  SinkFailing:
    'check that the sink is reachable, and its Secret; fires wait in the stream, and are sent when it answers',
  StateTooLarge:
    'let the signal keep less for each instrument, or give it fewer symbols; until then a restart repeats what it did since its last stored state',
  PositionLost:
    'raise transport.stream.maxAge of the Environment if the signal was down longer than the stream keeps its feeds',
  CredentialsRefused:
    'correct the key or the credentials in the Secret that the Environment names; they are then used automatically',
  // Needs a change.
  InvalidSpec: 'correct the field and apply the resource again; what runs continues unchanged',
  KeyIsLocal: 'name a Secret in source.secret: variables only work without a cluster',
  WorkloadFailed: 'kubectl describe the Deployment and its pods, then correct what they name',
  ImagePullFailed: 'correct the image, or allow the nodes to pull it; they retry automatically',
  ContainerRefused: 'correct what the node names',
  Crashing: 'read kubectl logs --previous of the pod',
  OutOfMemory:
    'raise the memory limit: spec.connector.resources of the Environment for a connector, spec.resources of the Archive for an archiver',
  VolumeFull:
    'free space or enlarge the volume; the archiver then continues automatically, and until then blocks wait in the stream',
  VolumeReadOnly:
    'check the disk, then mount the volume for writing; until then blocks wait in the stream',
  PodRefused: 'correct what the API server names, or label the namespace so that it admits the pod',
  QuotaExceeded: 'raise the quota of the namespace, or free some of it',
  ImmutableField: 'undo the change, or delete the object that cannot take it',
  NameTaken: 'rename one of the two resources, or delete the object that occupies the name',
  ApplyLoop: 'find the other writer: kubectl get -o yaml --show-managed-fields',
  Refused: 'correct what the API server names',
} as const

export type Reason = keyof typeof REASONS

/** What was found, and what to do about it. */
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
  'WireDrift',
  'ClockStepped',
  'SinkFailing',
  'StateTooLarge',
  'PositionLost',
  'CredentialsRefused',
  'Troubled',
  'VolumeFull',
  'VolumeReadOnly',
])

export const quotesWorkload = (reason: string): boolean => QUOTING.has(reason)
