// The common part of our pods: they meet Pod Security *restricted*, write only to their volumes, answer probes, and have one
// annotation for each cause that may roll them out.
import { stringify } from 'yaml'
import { shortHashOf } from '#crds/canonical.ts'
import type {
  ConfigMap,
  Deployment,
  EnvVar,
  Labels,
  PodTemplate,
  Probe,
  ResourceRequirements,
  Volume,
  VolumeMount,
} from './objects.ts'
import type { Platform } from './platform.ts'

/** Changes only with a deliberate change of the templates below: see rollout.ts. */
export const TEMPLATE_REVISION = '3'

export const ANNOTATIONS = {
  config: 'ssmd.io/config-hash',
  resources: 'ssmd.io/resources-hash',
  secret: 'ssmd.io/secret-hash-',
  revision: 'ssmd.io/template-revision',
  /** On the template: the last value of ssmd.io/rollout that was applied. */
  asked: 'ssmd.io/rollout-hash',
  /** On the Deployment: the image that we chose. */
  image: 'ssmd.io/image',
} as const

/** Where a pod finds its resolved resources, and the Secrets that it uses: keys of exchanges, credentials of NATS. */
export const CONFIG_DIR = '/etc/ssmd'
export const KEYS_DIR = '/etc/ssmd/keys'
export const DATA_DIR = '/data'
export const HEALTH_PORT = 8080

// An unprivileged id that owns no files on common images and nodes.
const USER = 65532

export type Component = 'connector' | 'archiver' | 'simulator' | 'signal'

/** Our own labels without the resource's, because a tool that labels a Feed must not claim its pods (argo-cd#8683). */
export const labelsFor = (component: Component, own: Labels): Labels => ({
  'app.kubernetes.io/name': 'ssmd',
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/managed-by': 'ssmd',
  ...own,
})

export function renderConfigMap(
  name: string,
  labels: Labels,
  files: Readonly<Record<string, object>>,
  platform: Platform
): ConfigMap {
  const data: Record<string, string> = {}
  for (const [file, content] of Object.entries(files)) data[file] = stringify(content, YAML)
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: platform.namespace, labels },
    data,
  }
}

const YAML = { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 }

export type PodInput = {
  readonly name: string
  readonly component: Component
  readonly labels: Labels
  readonly args: readonly string[]
  /** The configuration of the container: its hash is the cause `config`. */
  readonly config: unknown
  /** Hash of each Secret it uses, by name. */
  readonly secrets?: Readonly<Record<string, string | undefined>>
  readonly env?: readonly EnvVar[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  /** As declared by the user; `defaults` where there is none. */
  readonly resources?: ResourceRequirements | undefined
  readonly defaults: ResourceRequirements
  readonly volumes?: readonly Volume[]
  readonly mounts?: readonly VolumeMount[]
}

// More than the 25 s after which a role forces its own end (workloads/role/run.ts).
const GRACE_SECONDS = 30

const probe = (
  path: string,
  times: { period: number; timeout: number; failures: number }
): Probe => ({
  httpGet: { path, port: 'health' },
  periodSeconds: times.period,
  timeoutSeconds: times.timeout,
  failureThreshold: times.failures,
})

// The same objects in every template: ten thousand of them are kept.
const PROBES = {
  // Recovering an archive after a crash may take long: liveness counts after five minutes.
  startupProbe: probe('/livez', { period: 5, timeout: 5, failures: 60 }),
  livenessProbe: probe('/livez', { period: 10, timeout: 5, failures: 6 }),
  readinessProbe: probe('/readyz', { period: 5, timeout: 5, failures: 2 }),
}
const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const

/** Mounts the Secret with the NATS credentials. Roles read it at each dial, so that a rotation restarts nothing. */
export function addNatsCredentials(
  secret: string,
  pod: { volumes: Volume[]; mounts: VolumeMount[] }
): void {
  pod.volumes.push({ name: 'nats', secret: { secretName: secret } })
  pod.mounts.push({ name: 'nats', mountPath: `${KEYS_DIR}/${secret}`, readOnly: true })
}

export function renderDeployment(input: PodInput, platform: Platform): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: input.name, namespace: platform.namespace, labels: input.labels },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      // Two connectors of a feed would record every frame twice, two archivers need the same lock, and two runners of a signal
      // would tell each fire twice.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: input.labels },
      template: renderTemplate(input, platform),
    },
  }
}

function renderTemplate(input: PodInput, platform: Platform): PodTemplate {
  const annotations: Record<string, string> = {
    [ANNOTATIONS.config]: shortHashOf(input.config),
    [ANNOTATIONS.revision]: TEMPLATE_REVISION,
  }
  if (input.resources !== undefined)
    annotations[ANNOTATIONS.resources] = shortHashOf(input.resources)
  for (const [secret, hash] of Object.entries(input.secrets ?? {}))
    if (hash !== undefined) annotations[ANNOTATIONS.secret + secret] = hash
  return {
    metadata: { labels: input.labels, annotations: sorted(annotations) },
    spec: {
      serviceAccountName: input.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: POD_SECURITY,
      containers: [
        {
          name: input.component,
          image: platform.image,
          // A restarted capture must not depend on a registry that may be down.
          imagePullPolicy: 'IfNotPresent',
          // A role writes its last error there; otherwise the end of its log is used.
          terminationMessagePolicy: 'FallbackToLogsOnError',
          command: ['ssmd'],
          args: [...input.args, '--health-addr', `0.0.0.0:${HEALTH_PORT}`],
          ...(input.env && input.env.length > 0 ? { env: input.env } : {}),
          ports: [{ name: 'health', containerPort: HEALTH_PORT }, ...(input.ports ?? [])],
          resources: input.resources ?? input.defaults,
          ...PROBES,
          securityContext: CONTAINER_SECURITY,
          volumeMounts: [
            { name: 'config', mountPath: CONFIG_DIR, readOnly: true },
            ...(input.mounts ?? []),
          ],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: input.name } }, ...(input.volumes ?? [])],
    },
  }
}

const sorted = (record: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
