// The part of Argo CD's ConfigMap argocd-cm that knows our kinds: health and actions, the same for all three.

import { stringify } from 'yaml'

const HEAD = `# Generated from health.lua and actions/ by \`npm run generate\`. Do not edit.
# Only our keys; apply them beside the existing ones:
#   kubectl apply --server-side --field-manager=ssmd -f charts/argocd/argocd-cm.yaml
`

export const ACTIONS = ['pause', 'resume', 'roll-out'] as const

export type Scripts = {
  readonly health: string
  readonly discovery: string
  readonly actions: Readonly<Record<(typeof ACTIONS)[number], string>>
}

export function renderArgoSettings(group: string, kinds: readonly string[], of: Scripts): string {
  const options = { lineWidth: 0, aliasDuplicateObjects: false }
  const actions = stringify(
    {
      'discovery.lua': of.discovery,
      definitions: ACTIONS.map((name) => ({ name, 'action.lua': of.actions[name] })),
    },
    options
  )
  const data = Object.fromEntries(
    kinds.flatMap((kind) => [
      [`resource.customizations.health.${group}_${kind}`, of.health],
      [`resource.customizations.actions.${group}_${kind}`, actions],
    ])
  )
  const metadata = { name: 'argocd-cm', namespace: 'argocd' }
  return HEAD + stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, options)
}
