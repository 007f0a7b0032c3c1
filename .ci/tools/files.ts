// Folders of files that a program needs beside itself and does not carry, by name.

import type { ModuleFiles } from './module-files.ts'
import { TOOLS } from './specs.ts'

export const FILES = {
  /** What kwok does to nodes, pods and volumes. */
  'kwok-stages': {
    name: `kwok-${TOOLS.kwok.version}-stages`,
    what: 'the stages of kwok',
    spec: TOOLS.kwok,
    module: 'sigs.k8s.io/kwok',
    paths: { 'kustomize/stage': '.' },
  },
  /**
   * `crds/`: the definitions of Argo CD's kinds. `bin/`, to be on PATH: a script that its repo-server runs for every
   * commit, whether signatures are asked for or not.
   */
  'argocd-files': {
    name: `argocd-${TOOLS.argocd.version}-files`,
    what: 'the kinds and scripts of Argo CD',
    spec: TOOLS.argocd,
    module: 'github.com/argoproj/argo-cd/v3',
    paths: {
      'manifests/crds/application-crd.yaml': 'crds/application-crd.yaml',
      'manifests/crds/appproject-crd.yaml': 'crds/appproject-crd.yaml',
      'hack/git-verify-wrapper.sh': 'bin/git-verify-wrapper.sh',
    },
    programs: ['bin/git-verify-wrapper.sh'],
  },
  /** The kinds that the chart makes on request and that are others': PodMonitor, PrometheusRule. */
  'monitoring-kinds': {
    name: 'monitoring-kinds-0.85.0',
    what: 'the kinds of the Prometheus Operator',
    spec: { go: { module: `${import.meta.dirname}/definitions` } },
    module: 'github.com/prometheus-operator/prometheus-operator',
    paths: {
      'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml': 'podmonitors.yaml',
      'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml':
        'prometheusrules.yaml',
    },
  },
  /** HTTPRoute. */
  'gateway-kinds': {
    name: 'gateway-kinds-1.6.3',
    what: 'the kinds of the Gateway API',
    spec: { go: { module: `${import.meta.dirname}/definitions` } },
    module: 'sigs.k8s.io/gateway-api',
    paths: { 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml': 'httproutes.yaml' },
  },
} as const satisfies Record<string, ModuleFiles>

export type FilesName = keyof typeof FILES
