// The Kubernetes objects that ssmd creates, reduced to the fields that it sets: plain data that is applied to an API server
// unchanged, and from which `ssmd up` runs processes.

import type { ObjectMeta as AnyMeta, KubeObject as AnyObject } from '../kube/objects.ts'

export type Labels = Readonly<Record<string, string>>

/** All these objects have a namespace and labels. */
export type ObjectMeta = AnyMeta & { readonly namespace: string; readonly labels: Labels }

export type ConfigMap = {
  readonly apiVersion: 'v1'
  readonly kind: 'ConfigMap'
  readonly metadata: ObjectMeta
  readonly data: Readonly<Record<string, string>>
}

export type EnvVar =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string
      readonly valueFrom: {
        readonly secretKeyRef: { readonly name: string; readonly key: string }
      }
    }

export type Probe = {
  readonly httpGet: { readonly path: string; readonly port: string }
  readonly initialDelaySeconds?: number
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly failureThreshold: number
}

export type Quantities = Readonly<Record<string, string | number>>

export type ResourceRequirements = {
  readonly requests?: Quantities
  readonly limits?: Quantities
}

export type VolumeMount = {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
}

export type Container = {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy: 'IfNotPresent'
  readonly terminationMessagePolicy: 'FallbackToLogsOnError'
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env?: readonly EnvVar[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly resources: ResourceRequirements
  readonly startupProbe: Probe
  readonly livenessProbe: Probe
  readonly readinessProbe: Probe
  readonly securityContext: {
    readonly allowPrivilegeEscalation: false
    readonly readOnlyRootFilesystem: true
    readonly capabilities: { readonly drop: readonly ['ALL'] }
  }
  readonly volumeMounts: readonly VolumeMount[]
}

export type Volume = { readonly name: string } & (
  | { readonly configMap: { readonly name: string } }
  | {
      readonly secret: {
        readonly secretName: string
        readonly items?: readonly { readonly key: string; readonly path: string }[]
      }
    }
  | { readonly persistentVolumeClaim: { readonly claimName: string } }
  | { readonly hostPath: { readonly path: string; readonly type: 'DirectoryOrCreate' } }
)

export type PodTemplate = {
  readonly metadata: { readonly labels: Labels; readonly annotations: Labels }
  readonly spec: {
    readonly serviceAccountName: string
    readonly automountServiceAccountToken: false
    readonly enableServiceLinks: false
    readonly terminationGracePeriodSeconds: number
    readonly securityContext: {
      readonly runAsNonRoot: true
      readonly runAsUser: number
      readonly runAsGroup: number
      readonly fsGroup: number
      readonly fsGroupChangePolicy: 'OnRootMismatch'
      readonly seccompProfile: { readonly type: 'RuntimeDefault' }
    }
    readonly containers: readonly [Container]
    readonly volumes: readonly Volume[]
  }
}

export type Deployment = {
  readonly apiVersion: 'apps/v1'
  readonly kind: 'Deployment'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly replicas: number
    readonly revisionHistoryLimit: number
    readonly strategy: { readonly type: 'Recreate' }
    readonly selector: { readonly matchLabels: Labels }
    readonly template: PodTemplate
  }
}

export type Service = {
  readonly apiVersion: 'v1'
  readonly kind: 'Service'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly selector: Labels
    readonly ports: readonly {
      readonly name: string
      readonly port: number
      readonly targetPort: string
    }[]
  }
}

export type PersistentVolumeClaim = {
  readonly apiVersion: 'v1'
  readonly kind: 'PersistentVolumeClaim'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly accessModes: readonly ['ReadWriteOnce']
    readonly storageClassName?: string
    readonly resources: { readonly requests: { readonly storage: string } }
  }
}

export type ServiceAccount = {
  readonly apiVersion: 'v1'
  readonly kind: 'ServiceAccount'
  readonly metadata: ObjectMeta
  readonly automountServiceAccountToken: false
  readonly imagePullSecrets?: readonly { readonly name: string }[]
}

export type NetworkPolicy = {
  readonly apiVersion: 'networking.k8s.io/v1'
  readonly kind: 'NetworkPolicy'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Labels }
    readonly policyTypes: readonly ['Ingress'] | readonly ['Ingress', 'Egress']
    readonly ingress: readonly {
      readonly ports: readonly { readonly port: number; readonly protocol: 'TCP' }[]
    }[]
    /** A rule without ports allows everything. */
    readonly egress?: readonly {
      readonly ports?: readonly { readonly port: number; readonly protocol: 'TCP' | 'UDP' }[]
    }[]
  }
}

/** Objects for a cluster and for a laptop. */
export type KubeObject = AnyObject & (ConfigMap | Deployment | Service | PersistentVolumeClaim)
/** The isolation objects, for a cluster only. */
export type Child = AnyObject &
  (ConfigMap | Deployment | Service | PersistentVolumeClaim | ServiceAccount | NetworkPolicy)

/** Identifies an object in a namespace. */
export const keyOfObject = (object: Child): string => `${object.kind}/${object.metadata.name}`
