// Which real servers and programs the tests and `npm run cluster` need beside nats-server, in which version, and where
// each can come from. A new tool is an entry here and a Go module beside, whose go.mod and go.sum pin every source.

import { NATS_SERVER, type ToolSpec } from '../../operator/local/nats-server/spec.ts'

const ETCD = '3.6.8'
const KUBERNETES = '1.36.3'
const KWOK = '0.8.0'
const HELM = '4.3.1'
const CONTAINERD = '2.4.2'
const CNI = '1.9.1'
const COREDNS = '1.15.0'
const ARGOCD = '3.5.3'
const MINIREDIS = '2.38.0'
const KUSTOMIZE = '5.8.1'
/** As its module counts: Prometheus 3.16.0. */
const PROMETHEUS = '0.316.0'

const [KUBE_MAJOR, KUBE_MINOR] = KUBERNETES.split('.')
const KUBE_VERSION = 'k8s.io/component-base/version.'

/** The commands of one module. Built one after the other, each finds most of its packages compiled already. */
const kubernetes = <const Name extends string>(
  name: Name,
  seconds: number,
  versionArgs: readonly string[] = ['--version']
) => ({
  name,
  version: KUBERNETES,
  variable: `SSMD_${name.toUpperCase().replaceAll('-', '_')}`,
  versionArgs,
  go: {
    module: `${import.meta.dirname}/kubernetes`,
    package: `k8s.io/kubernetes/cmd/${name}`,
    // Without them the API server calls itself v0.0.0, and kubectl warns of the difference.
    ldflags: [
      `-X ${KUBE_VERSION}gitVersion=v${KUBERNETES}`,
      `-X ${KUBE_VERSION}gitMajor=${KUBE_MAJOR}`,
      `-X ${KUBE_VERSION}gitMinor=${KUBE_MINOR}`,
    ].join(' '),
    seconds,
  },
  release: {
    base: `https://dl.k8s.io/release/v${KUBERNETES}/bin/`,
    // Servers are published for Linux only.
    file: (os: string, arch: string) =>
      os === 'linux' || name === 'kubectl' ? `${os}/${arch}/${name}` : undefined,
    sums: (file: string) => `${file}.sha256`,
  },
})

/** The programs of a container runtime: for a node, which only Linux can be. */
const containerd = <const Name extends string>(
  name: Name,
  versionArg: string,
  seconds: number
) => ({
  name,
  version: CONTAINERD,
  variable: `SSMD_${name.toUpperCase().replaceAll('-', '_')}`,
  versionArgs: [versionArg],
  os: 'linux' as const,
  go: {
    module: `${import.meta.dirname}/containerd`,
    package: `github.com/containerd/containerd/v2/cmd/${name}`,
    ldflags: `-X github.com/containerd/containerd/v2/version.Version=${CONTAINERD}`,
    seconds,
  },
})

/** What containerd calls to give a pod its network. Their own names are too common to be looked for on PATH. */
const cniPlugin = <const Name extends string>(name: Name, folder: string) => ({
  name: `cni-${name}` as const,
  version: CNI,
  variable: `SSMD_CNI_${name.toUpperCase().replaceAll('-', '_')}`,
  // Without arguments a plugin says what it is.
  versionArgs: [],
  os: 'linux' as const,
  go: {
    module: `${import.meta.dirname}/cni`,
    package: `github.com/containernetworking/plugins/plugins/${folder}/${name}`,
    ldflags: `-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v${CNI}`,
    seconds: 5,
  },
})

export const TOOLS = {
  'nats-server': NATS_SERVER,
  etcd: {
    name: 'etcd',
    version: ETCD,
    variable: 'SSMD_ETCD',
    versionArgs: ['--version'],
    go: {
      module: `${import.meta.dirname}/etcd`,
      package: 'go.etcd.io/etcd/server/v3',
      seconds: 30,
    },
    release: {
      base: `https://github.com/etcd-io/etcd/releases/download/v${ETCD}/`,
      file: (os, arch) => `etcd-v${ETCD}-${os}-${arch}.${os === 'linux' ? 'tar.gz' : 'zip'}`,
      sums: () => 'SHA256SUMS',
      member: (os, arch) => `etcd-v${ETCD}-${os}-${arch}/etcd`,
    },
  },
  'kube-apiserver': kubernetes('kube-apiserver', 200),
  'kube-controller-manager': kubernetes('kube-controller-manager', 60),
  'kube-scheduler': kubernetes('kube-scheduler', 10),
  kubectl: kubernetes('kubectl', 30, ['version', '--client']),
  kwok: {
    name: 'kwok',
    version: KWOK,
    variable: 'SSMD_KWOK',
    versionArgs: ['--version'],
    go: {
      module: `${import.meta.dirname}/kwok`,
      package: 'sigs.k8s.io/kwok/cmd/kwok',
      seconds: 60,
    },
  },
  helm: {
    name: 'helm',
    version: HELM,
    variable: 'SSMD_HELM',
    versionArgs: ['version', '--short'],
    go: {
      module: `${import.meta.dirname}/helm`,
      package: 'helm.sh/helm/v4/cmd/helm',
      ldflags: `-X helm.sh/helm/v4/internal/version.version=v${HELM}`,
      seconds: 90,
    },
    release: {
      base: 'https://get.helm.sh/',
      file: (os, arch) => `helm-v${HELM}-${os}-${arch}.tar.gz`,
      sums: (file) => `${file}.sha256sum`,
      member: (os, arch) => `${os}-${arch}/helm`,
    },
  },
  kubelet: { ...kubernetes('kubelet', 60), os: 'linux' },
  'kube-proxy': { ...kubernetes('kube-proxy', 30), os: 'linux' },
  containerd: containerd('containerd', '--version', 60),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2', '-v', 10),
  ctr: containerd('ctr', '--version', 10),
  'cni-bridge': cniPlugin('bridge', 'main'),
  'cni-host-local': cniPlugin('host-local', 'ipam'),
  coredns: {
    name: 'coredns',
    version: COREDNS,
    variable: 'SSMD_COREDNS',
    versionArgs: ['-version'],
    os: 'linux',
    go: {
      module: `${import.meta.dirname}/coredns`,
      package: 'github.com/coredns/coredns',
      seconds: 90,
    },
  },
  // One program; the variable ARGOCD_BINARY_NAME says which of Argo CD's servers it is to be.
  argocd: {
    name: 'argocd',
    version: ARGOCD,
    variable: 'SSMD_ARGOCD',
    versionArgs: ['version', '--client', '--short'],
    go: {
      module: `${import.meta.dirname}/argocd`,
      package: 'github.com/argoproj/argo-cd/v3/cmd',
      ldflags: `-X github.com/argoproj/argo-cd/v3/common.version=${ARGOCD}`,
      seconds: 240,
    },
  },
  miniredis: {
    name: 'miniredis',
    version: MINIREDIS,
    variable: 'SSMD_MINIREDIS',
    versionArgs: ['--version'],
    go: {
      module: `${import.meta.dirname}/argocd`,
      package: './miniredis',
      of: 'github.com/alicebob/miniredis/v2',
      seconds: 5,
    },
  },
  // The version that this Argo CD ships.
  kustomize: {
    name: 'kustomize',
    version: KUSTOMIZE,
    variable: 'SSMD_KUSTOMIZE',
    versionArgs: ['version'],
    go: {
      module: `${import.meta.dirname}/kustomize`,
      package: 'sigs.k8s.io/kustomize/kustomize/v5',
      ldflags: `-X sigs.k8s.io/kustomize/api/provenance.version=v${KUSTOMIZE}`,
      seconds: 30,
    },
  },
  promtool: {
    name: 'promtool',
    version: PROMETHEUS,
    variable: 'SSMD_PROMTOOL',
    versionArgs: ['--version'],
    go: {
      module: `${import.meta.dirname}/prometheus`,
      package: 'github.com/prometheus/prometheus/cmd/promtool',
      // Without the clients of all clouds, which only find targets.
      tags: 'remove_all_sd',
      ldflags: `-X github.com/prometheus/common/version.Version=${PROMETHEUS}`,
      seconds: 90,
    },
  },
} as const satisfies Record<string, ToolSpec>

export type ToolName = keyof typeof TOOLS
