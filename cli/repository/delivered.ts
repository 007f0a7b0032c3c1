// Who delivers the resources of a namespace from git: what such a program has put there, a person does not apply beside it. Pure.

import type { KubeObject } from '../../operator/kube/objects.ts'

const MARKS: Readonly<Record<string, string>> = {
  'argocd.argoproj.io/tracking-id': 'Argo CD',
  'argocd.argoproj.io/instance': 'Argo CD',
  'kustomize.toolkit.fluxcd.io/name': 'Flux',
  'helm.toolkit.fluxcd.io/name': 'Flux',
}
const MANAGERS: Readonly<Record<string, string>> = {
  'argocd-controller': 'Argo CD',
  'argocd-application-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
}

/** `Argo CD`, `Flux`, or undefined. */
export function deliveredBy({ metadata }: KubeObject): string | undefined {
  const names = [...Object.keys(metadata.annotations ?? {}), ...Object.keys(metadata.labels ?? {})]
  const managers = ((metadata.managedFields ?? []) as readonly { readonly manager?: string }[]).map(
    ({ manager }) => manager ?? ''
  )
  const found = [
    ...names.map((name) => MARKS[name]),
    ...managers.map((manager) => MANAGERS[manager]),
  ]
  return found.find((one) => one !== undefined)
}
