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
  Starting: 'kubectl describe its pods where it takes longer than a minute',
  Waiting: 'nothing; it is tried again by itself',
  Forbidden: 'give the operator the roles of crds/roles',
  NoReports: 'kubectl logs of the workload says more where this lasts',
  Connecting: 'kubectl logs of the workload says more where this lasts',
  Troubled: 'see what the workload says of itself',
  NatsUnreachable: 'check spec.transport of the Environment, and that NATS runs',
  StreamRefused: 'correct the stream, or spec.transport.stream of the Environment',
  RolloutPending: 'annotate the resource with a new value of ssmd.io/rollout to let it go ahead',
  // Nothing helps but a change.
  InvalidSpec: 'correct the field and apply the resource again; what runs goes on as it was',
  KeyIsLocal: 'name a Secret in source.secret: variables are for use without a cluster',
  WorkloadFailed: 'kubectl describe the Deployment and its pods, then correct what they name',
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
