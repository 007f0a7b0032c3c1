// The chart's copies of what stands in crds/: definitions, roles and policies as Helm templates. The text is taken as it
// is, with its comments; only names of namespaces, labels and conditions are put in.

const NOTE = (from: string) =>
  `{{- /* Generated from ${from} by \`npm run generate\`. Do not edit. */ -}}\n`

/** Text that Helm prints unchanged. */
const literal = (text: string): string => text.replaceAll('{{', '{{ "{{" }}')

const labels = (component: string, indent: number): string =>
  `{{- include "ssmd.labels" (dict "root" $ "component" "${component}") | nindent ${indent} }}`

/** Replaces each match; a text without one is no longer what this was written for. */
function put(text: string, what: RegExp, by: string): string {
  if (!what.test(text)) throw new Error(`the chart's copy: ${what} matches nothing any more`)
  return text.replaceAll(what, by)
}

/** `text`: the whole file of a CRD, its comments at the top included. */
export function renderChartCrd(file: string, text: string): string {
  const kept = [
    '  labels:',
    `    ${labels('definitions', 4)}`,
    '  {{- if .Values.crds.keep }}',
    '  annotations:',
    '    helm.sh/resource-policy: keep',
    '  {{- end }}',
  ].join('\n')
  const body = put(literal(text), /^metadata:\n {2}name: \S+$/gm, `$&\n${kept}`)
  return `${NOTE(`crds/${file}`)}{{- if .Values.crds.enabled }}\n${withoutHead(body)}{{- end }}\n`
}

const NAMESPACE = '{{ .Release.Namespace }}'

export function renderChartRoles(namespaced: string, clusterWide: string): string {
  const body = (text: string) => {
    const inNamespace = put(
      literal(text),
      /^metadata: \{ name: ([\w-]+)(, namespace: ssmd)? \}$/gm,
      `metadata:\n  name: $1$2\n  labels:\n    ${labels('operator', 4)}`
    )
    const own = put(inNamespace, /, namespace: ssmd$/gm, `\n  namespace: ${NAMESPACE}`)
    return put(own, /, namespace: ssmd \}\]$/gm, `, namespace: ${NAMESPACE} }]`)
  }
  return [
    NOTE('crds/roles/*.yaml'),
    '{{- if .Values.operator.allNamespaces }}\n',
    withoutHead(body(clusterWide)),
    '{{- else }}\n',
    withoutHead(body(namespaced)),
    '{{- end }}\n',
  ].join('')
}

export type ChartPolicy = {
  readonly file: string
  /** The value that switches it on, such as `.Values.policies.images.enabled`. */
  readonly when: string
}

export const CHART_POLICIES: readonly ChartPolicy[] = [
  { file: 'images.yaml', when: '.Values.policies.images.enabled' },
  { file: 'storage.yaml', when: '.Values.policies.hostPath.refused' },
]

const OWN_LIST = /^( {4}- name: allowed\n {6}expression: ).*$/gm
// With what ends the repository's name: ssmd must not let ssmd-of-somebody in.
const LIST =
  '{{ concat (list (print .Values.image.repository ":") (print .Values.image.repository "@")) ' +
  '.Values.policies.images.prefixes | toJson | quote }}'

/** The list of images becomes the chart's own image and what the values add. */
export function renderChartPolicy({ file, when }: ChartPolicy, text: string): string {
  const labelled = put(
    literal(text),
    /^metadata:\n {2}name: \S+$/gm,
    `$&\n  labels:\n    ${labels('policies', 4)}`
  )
  const body = file === 'images.yaml' ? put(labelled, OWN_LIST, `$1${LIST}`) : labelled
  return `${NOTE(`crds/policy/${file}`)}{{- if ${when} }}\n${withoutHead(body)}{{- end }}\n`
}

/** Without the comment at the top, which speaks of kubectl apply. */
const withoutHead = (text: string): string => text.replace(/^(#.*\n)+/, '')
