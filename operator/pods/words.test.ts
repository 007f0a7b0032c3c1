// What is said of a pod, as a table over statuses as the API server has them: written by kubelet, scheduler and controllers of
// Kubernetes 1.36, field by field.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KubeObject } from '../kube/objects.ts'
import { messageOf } from '../status/reasons.ts'
import type { Fact } from '../status/status.ts'
import { newestOf, podEssentials, workloadOf } from './essentials.ts'
import { podWishes } from './wishes.ts'
import { podFact, saidOf } from './words.ts'
import { type Observation, workloadFact } from './workload.ts'

const test = suite('words about pods')

const NAME = 'connector-prod-kalshi'
const LABELS = {
  'app.kubernetes.io/name': 'ssmd',
  'app.kubernetes.io/component': 'connector',
  'app.kubernetes.io/managed-by': 'ssmd',
  'pod-template-hash': '5d8f9c7b4d',
  'ssmd.io/environment': 'prod',
  'ssmd.io/feed': 'kalshi',
}

const pod = (status: object, metadata: object = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${NAME}-5d8f9c7b4d-x2x9v`,
    namespace: 'ssmd',
    uid: 'u1',
    creationTimestamp: '2026-11-25T10:00:00Z',
    labels: LABELS,
    ...metadata,
  },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'connector',
        image: 'ssmd.local/ssmd:0.1.0',
        resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '192Mi' } },
      },
    ],
    volumes: [{ name: 'config', configMap: { name: NAME, defaultMode: 420 } }],
    ...spec,
  },
  status,
})

const at = (time: string) => `2026-11-25T10:${time}Z`
const UNREADY = {
  type: 'Ready',
  status: 'False',
  reason: 'ContainersNotReady',
  message: 'containers with unready status: [connector]',
  lastTransitionTime: at('00:00'),
}
const SCHEDULED = { type: 'PodScheduled', status: 'True', lastTransitionTime: at('00:00') }
const container = (state: object, rest: object = {}) => ({
  phase: 'Pending',
  qosClass: 'Burstable',
  conditions: [UNREADY, SCHEDULED],
  containerStatuses: [
    {
      name: 'connector',
      image: 'ssmd.local/ssmd:0.1.0',
      imageID: '',
      lastState: {},
      ready: false,
      restartCount: 0,
      started: false,
      state,
      ...rest,
    },
  ],
})
const waitingFor = (reason: string, message: string, rest: object = {}) =>
  container({ waiting: { reason, message } }, rest)
const ended = (exitCode: number, reason: string, message?: string) => ({
  terminated: {
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    startedAt: at('05:00'),
    finishedAt: at('05:02'),
    containerID: 'containerd://c',
  },
})
const crashing = (last: object, restarts: number) =>
  waitingFor(
    'CrashLoopBackOff',
    'back-off 40s restarting failed container=connector pod=connector-prod-kalshi-5d8f9c7b4d-x2x9v_ssmd(u1)',
    { lastState: last, restartCount: restarts }
  )
const SAID =
  '{"code":"SSMD_E_REFERENCE","message":"feed kalshi has no version in force","hint":"add one to spec.versions"}\n'
const BAD_KEY =
  '{"code":"SSMD_E_CREDENTIALS","message":"key kalshi has no field privateKey","hint":"add it to the Secret"}\n'

const TABLE: readonly (readonly [string, KubeObject, string, RegExp])[] = [
  [
    'an image that is not there',
    pod(
      waitingFor(
        'ErrImagePull',
        'rpc error: code = NotFound desc = failed to pull and unpack image "registry.test/ssmd:9": failed to resolve reference "registry.test/ssmd:9": registry.test/ssmd:9: not found'
      )
    ),
    'stalled ImagePullFailed',
    /image ssmd\.local\/ssmd:0\.1\.0 of pod connector-prod-kalshi-\S+ cannot be pulled: .*not found/,
  ],
  [
    'the same between two tries, with the error in the back-off',
    pod(
      waitingFor(
        'ImagePullBackOff',
        'Back-off pulling image "ssmd.local/ssmd:0.1.0": ErrImagePull: failed to resolve reference "ssmd.local/ssmd:0.1.0": ssmd.local/ssmd:0.1.0: not found'
      )
    ),
    'stalled ImagePullFailed',
    /cannot be pulled: failed to resolve reference .*not found/,
  ],
  [
    'the same on an older node',
    pod(waitingFor('ImagePullBackOff', 'Back-off pulling image "ssmd.local/ssmd:0.1.0"')),
    'stalled ImagePullFailed',
    /the node retries later/,
  ],
  [
    'a registry that does not let us in',
    pod(
      waitingFor(
        'ErrImagePull',
        'failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized'
      )
    ),
    'stalled ImagePullFailed',
    /401 Unauthorized/,
  ],
  [
    'a registry that is away',
    pod(
      waitingFor(
        'ImagePullBackOff',
        'Back-off pulling image "ssmd.local/ssmd:0.1.0": ErrImagePull: failed to do request: Head "https://registry.test/v2/": dial tcp 10.0.0.1:443: connect: connection refused'
      )
    ),
    'waiting ImageUnreachable',
    /connection refused/,
  ],
  [
    'an image that may not be pulled',
    pod(
      waitingFor(
        'ErrImageNeverPull',
        'Container image "ssmd.local/ssmd:0.1.0" is not present with pull policy of Never'
      )
    ),
    'stalled ImagePullFailed',
    /is not on node node-1/,
  ],
  [
    'a name that is none',
    pod(
      waitingFor(
        'InvalidImageName',
        'Failed to apply default image tag "SSMD:x": couldn\'t parse image name "SSMD:x": invalid reference format'
      )
    ),
    'stalled ImagePullFailed',
    /is not the name of an image/,
  ],
  [
    'a crash, at first',
    pod(container(ended(1, 'Error', SAID))),
    'waiting Crashing',
    /ended with exit code 1: feed kalshi has no version in force; add one to spec\.versions$/,
  ],
  [
    'a key that cannot be used, from the first end on',
    pod(container(ended(1, 'Error', BAD_KEY))),
    'stalled CredentialsRefused',
    /ended with exit code 1: key kalshi has no field privateKey; add it to the Secret$/,
  ],
  [
    'a crash, again and again',
    pod(crashing(ended(1, 'Error', SAID), 7)),
    'stalled Crashing',
    /ended with exit code 1: feed kalshi .* \(started again 7 times\)$/,
  ],
  [
    'a crash, while it is tried again',
    pod({
      ...container(
        { running: { startedAt: at('06:00') } },
        { lastState: ended(1, 'Error', SAID), restartCount: 7, started: true }
      ),
      phase: 'Running',
      conditions: [{ ...UNREADY, lastTransitionTime: at('05:02') }, SCHEDULED],
    }),
    'stalled Crashing',
    /started again 7 times/,
  ],
  [
    'an old crash of one that was ready since, and is not now',
    pod({
      ...container(
        { running: { startedAt: at('06:00') } },
        { lastState: ended(1, 'Error', SAID), restartCount: 1, started: true }
      ),
      phase: 'Running',
      conditions: [{ ...UNREADY, lastTransitionTime: at('30:00') }, SCHEDULED],
    }),
    'waiting NotReady',
    /runs but is not ready$/,
  ],
  [
    'memory',
    pod(crashing(ended(137, 'OOMKilled'), 2)),
    'stalled OutOfMemory',
    /was killed for memory \(its limit is 512Mi\) \(started again 2 times\)$/,
  ],
  [
    'heap',
    pod(
      crashing(
        ended(
          134,
          'Error',
          '<--- Last few GCs --->\n\n[1:0x7f] 4012 ms: Mark-Compact 253.9 (259.1) -> 253.5\n\nFATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n'
        ),
        1
      )
    ),
    'stalled OutOfMemory',
    /ran out of heap \(its limit is 512Mi\)/,
  ],
  [
    'a full disk at the end of a program',
    pod(
      crashing(
        ended(1, 'Error', '{"code":"SSMD_E_DISK_FULL","message":"could not write","hint":"h"}'),
        1
      )
    ),
    'stalled VolumeFull',
    /could not write; h/,
  ],
  [
    'a volume without writes',
    pod(
      crashing(
        ended(
          1,
          'Error',
          '{"code":"SSMD_E_READ_ONLY","message":"could not make /data/kalshi: EROFS: read-only file system","hint":"mount it for writing"}'
        ),
        1
      )
    ),
    'stalled VolumeReadOnly',
    /EROFS: read-only file system/,
  ],
  [
    'an end that left only log lines',
    pod(
      crashing(
        ended(
          1,
          'Error',
          'ut off"}\n{"level":"info","msg":"starting"}\n{"level":"fatal","code":"SSMD_E_USAGE","hint":"see --help","msg":"unknown option --x"}\n'
        ),
        4
      )
    ),
    'stalled Crashing',
    /exit code 1: unknown option --x; see --help/,
  ],
  [
    'a program that cannot be started',
    pod(
      crashing(
        ended(
          128,
          'StartError',
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "ssmd": executable file not found in $PATH: unknown'
        ),
        1
      )
    ),
    'stalled ContainerRefused',
    /executable file not found/,
  ],
  [
    'a user that the image does not allow',
    pod(
      waitingFor(
        'CreateContainerConfigError',
        'container has runAsNonRoot and image will run as root (pod: "x", container: connector)'
      )
    ),
    'stalled ContainerRefused',
    /runAsNonRoot/,
  ],
  [
    'a key that may come',
    pod(waitingFor('CreateContainerConfigError', 'secret "kalshi" not found')),
    'waiting VolumeNotMounted',
    /secret "kalshi" not found/,
  ],
  [
    'no room',
    pod(
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message:
              '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
            lastTransitionTime: at('00:00'),
          },
        ],
      },
      {},
      { nodeName: undefined }
    ),
    'waiting Unschedulable',
    /no node accepts pod \S+: 0\/1 nodes are available: 1 Insufficient memory/,
  ],
  [
    'a node that has fallen silent',
    pod({
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at('40:00') }, SCHEDULED],
      containerStatuses: [
        {
          name: 'connector',
          ready: true,
          started: true,
          restartCount: 0,
          lastState: {},
          state: { running: { startedAt: at('01:00') } },
        },
      ],
    }),
    'waiting NodeLost',
    /node node-1 of pod \S+ does not answer/,
  ],
  [
    'a pod that its silent node cannot end',
    pod(
      {
        phase: 'Running',
        conditions: [
          SCHEDULED,
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'DeletionByTaintManager',
            message: 'Taint manager: deleting due to NoExecute taint',
          },
        ],
      },
      { deletionTimestamp: at('45:00') }
    ),
    'waiting NodeLost',
    /does not answer/,
  ],
  [
    'one that was evicted',
    pod({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage.',
    }),
    'waiting Evicted',
    /given up \(Evicted\): The node was low on resource/,
  ],
  [
    'one that is being created',
    pod(waitingFor('ContainerCreating', '')),
    'waiting Starting',
    /node node-1 starts pod \S+ \(ContainerCreating\)$/,
  ],
]

const told = (fact: Fact | undefined): string => (fact ? `${fact.standing} ${fact.reason}` : 'good')

for (const [what, given, expected, words] of TABLE)
  test(what, () => {
    const fact = podFact(podEssentials(given))
    assert.is(told(fact), expected)
    assert.match(fact?.what ?? '', words)
    const message = messageOf(fact?.reason ?? 'Available', fact?.what ?? '')
    assert.ok(message.length > (fact?.what.length ?? 0), 'it says what to do')
  })

const READY = pod({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at('01:00') }, SCHEDULED],
  containerStatuses: [
    {
      name: 'connector',
      ready: true,
      started: true,
      restartCount: 3,
      lastState: ended(137, 'OOMKilled'),
      state: { running: { startedAt: at('01:00') } },
    },
  ],
})
const deployment = (conditions: readonly object[] = [], available = 0): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: NAME, namespace: 'ssmd', generation: 1 },
  status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: available, conditions },
})
const LATE = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "x" has timed out progressing.',
}
const workload = (observation: Partial<Observation>, conditions: readonly object[] = []) =>
  workloadFact(NAME, deployment(conditions), { pods: [], ...observation })
const UNSCHEDULABLE = podEssentials(TABLE.find(([what]) => what === 'no room')?.[1] as KubeObject)
const CREATING = podEssentials(pod(waitingFor('ContainerCreating', '')))

test('one that runs says nothing, but that it was started again and why', () => {
  assert.is(podFact(podEssentials(READY)), undefined)
  const { what } = workloadFact(NAME, deployment([], 1), { pods: [podEssentials(READY)] })
  assert.match(
    what,
    /is available; started again 3 times, .* killed for memory \(its limit is 512Mi\)/
  )
})

test('what heals by itself needs somebody once it had its time', () => {
  assert.is(told(workload({ pods: [UNSCHEDULABLE] })), 'waiting Unschedulable')
  assert.is(told(workload({ pods: [UNSCHEDULABLE] }, [LATE])), 'stalled Unschedulable')
  assert.is(told(workload({ pods: [CREATING] }, [LATE])), 'stalled WorkloadFailed')
})

const claim = (phase: string, storageClassName?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'archiver-keep', namespace: 'ssmd', uid: 'c' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Gi' } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  },
  status: { phase },
})

test('a claim without a volume says which, and why', () => {
  const of = (given: KubeObject | undefined, said: string) =>
    workload({ pods: [UNSCHEDULABLE], claim: { name: 'archiver-keep', claim: given, said } })
  const none = of(
    claim('Pending'),
    'no persistent volumes available for this claim and no storage class is set'
  )
  assert.is(told(none), 'stalled ClaimPending')
  assert.match(
    none.what,
    /claim archiver-keep \(10Gi, no StorageClass\) has no volume: no persistent/
  )
  const unknown = of(claim('Pending', 'fast'), 'storageclass.storage.k8s.io "fast" not found')
  assert.is(told(unknown), 'stalled ClaimPending')
  assert.match(unknown.what, /\(10Gi, StorageClass fast\)/)
  assert.is(told(of(claim('Pending', 'fast'), '')), 'waiting ClaimPending')
  assert.is(told(of(undefined, '')), 'waiting ClaimNotFound')
  // What binds with its first consumer waits for the pod, so the pod's trouble is the cause.
  const consumer = of(
    claim('Pending', 'fast'),
    'waiting for first consumer to be created before binding'
  )
  assert.is(told(consumer), 'waiting Unschedulable')
  assert.is(told(of(claim('Bound', 'fast'), '')), 'waiting Unschedulable')
})

test('a volume that cannot be mounted is named by its node', () => {
  const note = 'MountVolume.SetUp failed for volume "key" : secret "kalshi" not found'
  const fact = workload({ pods: [CREATING], warning: { reason: 'FailedMount', note } })
  assert.is(told(fact), 'waiting VolumeNotMounted')
  assert.match(fact.what, /waits on node node-1: MountVolume\.SetUp failed .* secret "kalshi"/)
  const other = { reason: 'FailedCreatePodSandBox', note: 'plugin type="bridge" failed (add)' }
  assert.is(told(workload({ pods: [CREATING], warning: other })), 'waiting Starting')
})

test('a ReplicaSet that is refused says by what', () => {
  const refused = (message: string) =>
    workload({}, [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }])
  const cases: readonly (readonly [string, string])[] = [
    [
      'pods "x-" is forbidden: exceeded quota: small, requested: requests.memory=192Mi, used: requests.memory=0, limited: requests.memory=100Mi',
      'stalled QuotaExceeded',
    ],
    [
      'pods "x-" is forbidden: violates PodSecurity "restricted:latest": hostPath volumes (volume "data")',
      'stalled PodRefused',
    ],
    [
      'pods "x-" is forbidden: error looking up service account ssmd/x: serviceaccount "x" not found',
      'waiting Starting',
    ],
    ['admission webhook "w.test" denied the request: no', 'stalled PodRefused'],
    ['Pod "x" is invalid: spec.containers[0].image: Required value', 'stalled WorkloadFailed'],
  ]
  for (const [message, expected] of cases) {
    assert.is(told(refused(message)), expected, message)
    assert.match(refused(message).what, message)
  }
})

test('the newest pod that stays speaks for its Deployment', () => {
  const named = (name: string, created: string, rest: object = {}) =>
    podEssentials(pod({ phase: 'Running' }, { name, creationTimestamp: created, ...rest }))
  const pods = [
    named('old', at('01:00')),
    named('going', at('05:00'), { deletionTimestamp: at('06:00') }),
    named('new', at('02:00')),
  ]
  assert.is(newestOf(pods)?.metadata.name, 'new')
  const evicted = podEssentials(
    pod({ phase: 'Failed' }, { name: 'e', creationTimestamp: at('09:00') })
  )
  assert.is(newestOf([...pods, evicted])?.metadata.name, 'new')
  assert.is(newestOf([evicted])?.metadata.name, 'e')
})

test('a pod belongs to a Deployment by its labels, and keeps no more than is needed', () => {
  assert.is(workloadOf(pod({})), NAME)
  assert.is(workloadOf(podEssentials(pod({}))), NAME)
  const archiver = { 'app.kubernetes.io/component': 'archiver', 'ssmd.io/archive': 'keep' }
  assert.is(workloadOf(pod({}, { labels: archiver })), 'archiver-keep')
  assert.is(workloadOf(pod({}, { labels: { app: 'other' } })), undefined)
  assert.is(workloadOf(pod({}, { labels: undefined })), undefined)
  const size = JSON.stringify(podEssentials(READY)).length
  assert.ok(size < 1400, `${size} characters for one pod`)
})

test('a start that goes well wakes nobody for each of its steps', () => {
  const steps = [
    pod({ phase: 'Pending' }, {}, { nodeName: undefined }),
    pod({ phase: 'Pending', conditions: [SCHEDULED] }),
    pod(waitingFor('ContainerCreating', '')),
    pod({ ...container({ running: { startedAt: at('01:00') } }), phase: 'Running' }),
    READY,
    { ...READY, metadata: { ...READY.metadata, resourceVersion: '9' } },
  ].map(podEssentials)
  const woken = steps.slice(1).flatMap((object, i) => {
    const old = steps[i] as KubeObject
    const change = { kind: 'updated', key: 'k', old, object } as const
    return podWishes(change, 'ssmd.io/feed', 'connector')
  })
  assert.ok(woken.length <= 3, `${woken.length} wishes`)
  for (const wish of woken) assert.is(`${wish.key} ${wish.scope}`, 'ssmd/kalshi status')
  const change = { kind: 'deleted', key: 'k', old: steps[0] as KubeObject } as const
  assert.is(podWishes(change, 'ssmd.io/feed', 'connector').length, 1)
  assert.is(podWishes(change, 'ssmd.io/environment', 'simulator').length, 0)
})

test('last words are read, whatever a container left', () => {
  assert.equal(saidOf({ message: '' }), { code: undefined, text: '' })
  assert.equal(saidOf({ message: '{"code":1}\nnode:internal\n' }).text, 'node:internal')
  const long = saidOf({ message: `{"code":"X","message":"${'y'.repeat(2000)}"}` })
  assert.is(long.text.length, 501)
})

test.run()
